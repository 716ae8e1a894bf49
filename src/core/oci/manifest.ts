/**
 * A version as an OCI image manifest (image-spec 1.1): the config is the metadata, each file one
 * layer named by its title, provisioners first. Built deterministically: canonical JSON (RFC 8785),
 * a fixed order, no times. The digest of the manifest is the digest of the version.
 */
import type { Problem } from "../../errors.js";
import { canonicalJsonBytes, type JsonValue } from "../codec/canonical-json.js";
import { sha256Digest } from "../codec/digest.js";
import { locateInMetadata } from "../recipe/check.js";
import { throwFindings } from "../recipe/findings.js";
import {
  formatMetadata,
  inspectMetadataJson,
  parseMetadataJson,
  type RecipeMetadata,
} from "../recipe/metadata.js";
import { refuseDigest } from "../recipe/names.js";
import type { InspectedPackage, RecipePackage } from "../recipe/package.js";
import {
  inspectFiles,
  MAX_FILE_BYTES,
  MAX_FILES,
  MAX_PACKAGE_BYTES,
  type RecipeFile,
} from "../recipe/recipe-file.js";
import { type JsonProblem, parseCanonicalJson, StrictObject } from "../recipe/strict-json.js";
import { OciError, type OciErrorCode } from "./error.js";
import {
  CONFIG_TYPE,
  LAYER_TYPES,
  MANIFEST_TYPE,
  RECIPE_TYPE,
  TITLE_ANNOTATION,
} from "./media-types.js";

/** A version as bytes. */
export interface RecipeArtifact {
  readonly manifest: Uint8Array;
  /** Digest of `manifest`; the version's digest. */
  readonly digest: string;
  /** The config's bytes; they are in `blobs` too. */
  readonly config: Uint8Array;
  /** Config and layers by digest. */
  readonly blobs: ReadonlyMap<string, Uint8Array>;
}

/** A version read from its bytes. */
export interface ParsedRecipe extends RecipePackage {
  readonly digest: string;
  /** The config's JSON, as it is signed. */
  readonly config: JsonValue;
  /** Digests that the manifest names: the config's first, then those of the layers, in order. */
  readonly blobDigests: readonly string[];
}

/** A version read from its bytes, whose recipe may have faults. */
export interface InspectedArtifact extends InspectedPackage {
  readonly digest: string;
  readonly config: JsonValue;
  readonly blobDigests: readonly string[];
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly title: string;
}

/** Longest manifest and longest config. */
export const MAX_MANIFEST_BYTES = 256 * 1024;
export const MAX_CONFIG_BYTES = 512 * 1024;

/** Builds the artifact of `recipe`. */
export function buildManifest(recipe: RecipePackage): RecipeArtifact {
  const blobs = new Map<string, Uint8Array>();
  const store = (content: Uint8Array) => {
    const digest = sha256Digest(content);
    blobs.set(digest, content);
    return { digest, size: content.length };
  };
  const config = canonicalJsonBytes(formatMetadata(recipe.metadata));
  const manifest = canonicalJsonBytes({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    artifactType: RECIPE_TYPE,
    config: { mediaType: CONFIG_TYPE, ...store(config) },
    layers: recipe.files.map(({ title, role, content }) => ({
      mediaType: LAYER_TYPES[role.kind],
      ...store(content),
      annotations: { [TITLE_ANNOTATION]: title },
    })),
  });
  return { manifest, digest: sha256Digest(manifest), config, blobs };
}

/**
 * Reads a version from its manifest and blobs, trusting nothing: every digest, size, media type and
 * title is checked, and that nothing is missing or left over.
 * @throws {OciError} oci_* ; {RecipeError} recipe_metadata, recipe_file_*, recipe_check
 */
export function parseManifest(
  manifest: Uint8Array,
  blobs: ReadonlyMap<string, Uint8Array>,
): ParsedRecipe {
  return soundArtifact(inspectManifest(manifest, blobs));
}

/**
 * `artifact` as a version without a fault.
 * @throws {RecipeError} recipe_check, with every fault in `problems`
 */
export function soundArtifact(artifact: InspectedArtifact): ParsedRecipe {
  const { metadata, files, problems, digest, config, blobDigests } = artifact;
  throwFindings("the recipe", problems);
  if (metadata === undefined) throw new TypeError("metadata without a fault was not read");
  return { metadata, files, digest, config, blobDigests };
}

/**
 * As `parseManifest`, with the faults of metadata and files as problems; the envelope around them,
 * which tools make and no author, must be sound.
 * @throws {OciError} oci_*
 */
export function inspectManifest(
  manifest: Uint8Array,
  blobs: ReadonlyMap<string, Uint8Array>,
): InspectedArtifact {
  const { config, layers } = readManifest(manifest);
  const descriptors = [config, ...layers];
  checkBlobs(descriptors, blobs);
  const value = readConfig(blobOf(config, blobs));
  const metadata = inspectMetadataJson(value);
  const titles = new Map<string, Uint8Array>();
  for (const layer of layers) {
    if (titles.has(layer.title)) {
      throw new OciError("oci_title", `two layers have the title '${layer.title}'`);
    }
    titles.set(layer.title, blobOf(layer, blobs));
  }
  const { files, problems } = inspectFiles(titles);
  if (problems.length === 0) checkLayers(layers, files);
  return {
    metadata: metadata.value,
    files,
    problems: [...metadata.problems, ...problems],
    locate: locateInMetadata,
    digest: sha256Digest(manifest),
    config: value,
    blobDigests: descriptors.map(({ digest }) => digest),
  };
}

/** @throws {OciError} oci_title, oci_media_type */
function checkLayers(layers: readonly Descriptor[], files: readonly RecipeFile[]): void {
  for (const [i, { title, role }] of files.entries()) {
    const layer = layers[i];
    if (layer?.title !== title) {
      throw new OciError("oci_title", `layer ${i} has to be '${title}': the order is fixed`);
    }
    if (layer.mediaType !== LAYER_TYPES[role.kind]) {
      throw new OciError("oci_media_type", `'${title}' has to be a ${LAYER_TYPES[role.kind]}`);
    }
  }
}

/**
 * Reads the config blob of a version.
 * @throws {OciError} oci_config, oci_limit; {RecipeError} recipe_metadata
 */
export function parseConfig(bytes: Uint8Array): { metadata: RecipeMetadata; value: JsonValue } {
  const value = readConfig(bytes);
  return { metadata: parseMetadataJson(value), value };
}

function readConfig(bytes: Uint8Array): JsonValue {
  if (bytes.length > MAX_CONFIG_BYTES) {
    throw new OciError("oci_limit", `the config takes more than ${MAX_CONFIG_BYTES} bytes`);
  }
  const parsed = parseCanonicalJson(bytes);
  if ("fault" in parsed) throw new OciError("oci_config", `the config is ${parsed.fault}`);
  return parsed.value;
}

/**
 * The digests of the blobs that a manifest names: the config's first, then those of the layers.
 * @throws {OciError} oci_manifest, oci_media_type, oci_limit
 */
export function blobDigests(manifest: Uint8Array): string[] {
  const { config, layers } = readManifest(manifest);
  return [config, ...layers].map(({ digest }) => digest);
}

/**
 * The sizes in bytes of the blobs that a manifest names, by digest; each is within what a file, or
 * the config, may take.
 * @throws {OciError} oci_manifest, oci_media_type, oci_limit
 */
export function blobSizes(manifest: Uint8Array): Map<string, number> {
  const { config, layers } = readManifest(manifest);
  return new Map([config, ...layers].map(({ digest, size }) => [digest, size]));
}

function readManifest(manifest: Uint8Array): { config: Descriptor; layers: Descriptor[] } {
  if (manifest.length > MAX_MANIFEST_BYTES) {
    throw new OciError("oci_limit", `the manifest takes more than ${MAX_MANIFEST_BYTES} bytes`);
  }
  const parsed = parseCanonicalJson(manifest);
  if ("fault" in parsed) throw new OciError("oci_manifest", `the manifest is ${parsed.fault}`);
  const problems: JsonProblem[] = [];
  const fields = new StrictObject(parsed.value, [], problems);
  if (fields.raw("schemaVersion") !== 2) fields.fault(["schemaVersion"], "must be 2");
  const types = [fields.text("mediaType"), fields.text("artifactType")];
  const config = readDescriptor(fields.object("config"), MAX_CONFIG_BYTES, fields, "config");
  const layers = fields
    .objects("layers", MAX_FILES)
    .map((layer, i) => readDescriptor(layer, MAX_FILE_BYTES, fields, `layers.${i}`));
  fields.done();
  if (types[0] !== MANIFEST_TYPE || types[1] !== RECIPE_TYPE) {
    throw new OciError(
      "oci_media_type",
      `a version is an image manifest (${MANIFEST_TYPE}) of the type ${RECIPE_TYPE}`,
    );
  }
  throwProblems("oci_manifest", problems);
  if (config.mediaType !== CONFIG_TYPE) {
    throw new OciError("oci_media_type", `the config has to be a ${CONFIG_TYPE}`);
  }
  const total = layers.reduce((sum, { size }) => sum + size, 0);
  if (total > MAX_PACKAGE_BYTES) {
    throw new OciError(
      "oci_limit",
      `the layers take ${total} bytes; a version may take up to ${MAX_PACKAGE_BYTES}`,
    );
  }
  return { config, layers };
}

function readDescriptor(
  fields: StrictObject | undefined,
  maxBytes: number,
  parent: StrictObject,
  name: string,
): Descriptor {
  if (fields === undefined) {
    parent.fault([name], "is missing");
    return { mediaType: "", digest: "", size: 0, title: "" };
  }
  const mediaType = fields.text("mediaType");
  const digest = fields.text("digest", { refuse: refuseDigest });
  const size = fields.integer("size", 0, maxBytes);
  const annotations = name === "config" ? undefined : fields.object("annotations");
  const title = annotations?.text(TITLE_ANNOTATION) ?? "";
  if (annotations === undefined && name !== "config") {
    fields.fault(["annotations"], `must hold ${TITLE_ANNOTATION}`);
  }
  annotations?.done();
  fields.done();
  return { mediaType, digest, size, title };
}

function checkBlobs(
  descriptors: readonly Descriptor[],
  blobs: ReadonlyMap<string, Uint8Array>,
): void {
  const named = new Set(descriptors.map(({ digest }) => digest));
  for (const digest of blobs.keys()) {
    if (!named.has(digest)) {
      throw new OciError("oci_blob_unknown", `the manifest does not name the blob ${digest}`);
    }
  }
  for (const descriptor of descriptors) {
    const content = blobOf(descriptor, blobs);
    const { digest, size } = descriptor;
    if (content.length !== size) {
      throw new OciError(
        "oci_blob_size",
        `the blob ${digest} has ${content.length} bytes, not ${size}`,
      );
    }
    const actual = sha256Digest(content);
    if (actual !== digest) {
      throw new OciError("oci_blob_digest", `the blob given as ${digest} is ${actual}`);
    }
  }
}

function blobOf({ digest }: Descriptor, blobs: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const content = blobs.get(digest);
  if (content !== undefined) return content;
  throw new OciError("oci_blob_missing", `the blob ${digest} is missing`);
}

function throwProblems(code: OciErrorCode, found: readonly JsonProblem[]): void {
  const problems = found.map(({ path, message }): Problem => {
    const at = path.join(".");
    return { code, message: `${at} ${message}`.trim(), place: { path: at } };
  });
  const [first] = problems;
  if (first === undefined) return;
  throw new OciError(code, `the manifest: ${first.message}`, { problems });
}
