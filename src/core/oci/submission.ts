/**
 * What a publisher sends: the manifest, the blobs that it names and the signatures, as one JSON
 * document (docs/decisions/0002). Bytes are base64 (RFC 4648 §4, padded); signatures are Sigstore
 * bundles, as they are.
 *
 *     { "manifest": "…", "blobs": { "sha256:…": "…" }, "bundles": [ {…} ], "force": false }
 */
import { canonicalJsonBytes, type JsonValue } from "../codec/canonical-json.js";
import { CodecError } from "../codec/error.js";
import { formatYamlPath } from "../codec/yaml-path.js";
import { isSha256Digest } from "../recipe/names.js";
import { MAX_FILES, MAX_PACKAGE_BYTES } from "../recipe/recipe-file.js";
import {
  type JsonProblem,
  MAX_JSON_DEPTH,
  nestsDeeper,
  StrictObject,
} from "../recipe/strict-json.js";
import { OciError } from "./error.js";
import { MAX_CONFIG_BYTES, MAX_MANIFEST_BYTES, type RecipeArtifact } from "./manifest.js";

export interface Submission {
  readonly manifest: Uint8Array;
  /** Config and layers by the digest under which they were sent; not checked yet. */
  readonly blobs: ReadonlyMap<string, Uint8Array>;
  /** Sigstore bundles, each as canonical JSON. */
  readonly bundles: readonly Uint8Array[];
  /** Whether a changed `uri` is meant. */
  readonly force: boolean;
}

export const MAX_BUNDLES = 8;
const MAX_BUNDLE_BYTES = 64 * 1024;

/** Longest body that a submission can take: base64 of the largest version, and room for the rest. */
export const MAX_SUBMISSION_BYTES =
  Math.ceil((MAX_PACKAGE_BYTES + MAX_CONFIG_BYTES + MAX_MANIFEST_BYTES) / 3) * 4 +
  MAX_BUNDLES * MAX_BUNDLE_BYTES +
  MAX_FILES * 128;

/** The submission of `artifact`, signed by `bundles`. */
export function buildSubmission(
  artifact: RecipeArtifact,
  bundles: readonly Uint8Array[],
  options: { readonly force?: boolean } = {},
): Submission {
  const { manifest, blobs } = artifact;
  return { manifest, blobs, bundles, force: options.force ?? false };
}

/** The JSON form. */
export function formatSubmission({ manifest, blobs, bundles, force }: Submission): JsonValue {
  return {
    manifest: toBase64(manifest),
    blobs: Object.fromEntries([...blobs].map(([digest, content]) => [digest, toBase64(content)])),
    bundles: bundles.map((bundle) => JSON.parse(Buffer.from(bundle).toString("utf8")) as JsonValue),
    force,
  };
}

/**
 * Reads the JSON form. Only its shape is checked here: `parseManifest` checks the content and the
 * trust room the bundles.
 * @throws {OciError} submission_form, submission_limit
 */
export function parseSubmission(value: JsonValue): Submission {
  const problems: JsonProblem[] = [];
  const fields = new StrictObject(value, [], problems);
  const manifest = readBytes(fields, "manifest", MAX_MANIFEST_BYTES);
  const blobs = readBlobs(fields, problems);
  const bundles = readBundles(fields);
  const force = fields.boolean("force", false);
  fields.done();
  const [first] = problems;
  if (first !== undefined) {
    const at = formatYamlPath(first.path);
    throw new OciError("submission_form", `the submission: ${at} ${first.message}`, {
      place: { path: at },
      problems: problems.map(({ path, message }) => ({
        code: "submission_form",
        message: `${formatYamlPath(path)} ${message}`,
        place: { path: formatYamlPath(path) },
      })),
    });
  }
  const total = [...blobs.values()].reduce((sum, { length }) => sum + length, 0);
  if (total > MAX_PACKAGE_BYTES + MAX_CONFIG_BYTES) {
    throw new OciError(
      "submission_limit",
      `the blobs take ${total} bytes, more than a version may`,
    );
  }
  return { manifest, blobs, bundles, force };
}

function readBlobs(fields: StrictObject, problems: JsonProblem[]): Map<string, Uint8Array> {
  const blobs = new Map<string, Uint8Array>();
  const members = fields.object("blobs") ?? new StrictObject({}, ["blobs"], problems);
  if (!fields.has("blobs")) fields.fault(["blobs"], "is missing");
  const digests = members.keys();
  if (digests.length > MAX_FILES + 1) {
    members.fault([], `holds more than ${MAX_FILES + 1} blobs`);
    return blobs;
  }
  for (const digest of digests) {
    const content = readBytes(members, digest, MAX_PACKAGE_BYTES);
    if (isSha256Digest(digest)) blobs.set(digest, content);
    else members.fault([digest.slice(0, 100)], "must be a sha256 digest");
  }
  return blobs;
}

function readBundles(fields: StrictObject): Uint8Array[] {
  if (!fields.has("bundles")) fields.fault(["bundles"], "is missing");
  const bundles = fields.raw("bundles");
  if (!Array.isArray(bundles)) {
    fields.fault(["bundles"], "must be a list");
    return [];
  }
  if (bundles.length > MAX_BUNDLES) {
    fields.fault(["bundles"], `holds more than ${MAX_BUNDLES} bundles`);
    return [];
  }
  return bundles.map((bundle: JsonValue, i) => {
    const bytes = encodeBundle(bundle);
    if (bytes.length > MAX_BUNDLE_BYTES) {
      fields.fault(["bundles", i], `takes more than ${MAX_BUNDLE_BYTES} bytes`);
    } else if (bytes.length === 0) fields.fault(["bundles", i], "has no canonical form");
    return bytes;
  });
}

/** Empty for what canonical JSON cannot say: half surrogate pairs, nesting without end. */
function encodeBundle(bundle: JsonValue): Uint8Array {
  if (nestsDeeper(bundle, MAX_JSON_DEPTH)) return new Uint8Array();
  try {
    return canonicalJsonBytes(bundle);
  } catch (error) {
    if (error instanceof CodecError) return new Uint8Array();
    throw error;
  }
}

function readBytes(fields: StrictObject, key: string, maxBytes: number): Uint8Array {
  const text = fields.text(key, { maxLength: Math.ceil(maxBytes / 3) * 4 });
  const bytes = Buffer.from(text, "base64");
  // Decoding skips what is no base64; encoding again shows whether anything was.
  if (bytes.toString("base64") !== text) fields.fault([key], "must be padded base64");
  return new Uint8Array(bytes);
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
