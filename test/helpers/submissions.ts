/** Submissions as their publishers send them, and what somebody on the way may make of them. */
import { canonicalJsonBytes, type JsonValue } from "../../src/core/codec/canonical-json.js";
import { sha256Digest } from "../../src/core/codec/digest.js";

export interface SubmissionJson {
  readonly manifest: string;
  readonly blobs: Readonly<Record<string, string>>;
  readonly bundles: readonly unknown[];
  readonly force?: boolean;
}

interface ManifestJson {
  readonly config: { readonly digest: string; readonly size: number };
  readonly layers: readonly { readonly digest: string; readonly annotations: object }[];
}

export function decodeManifest(manifest: string): ManifestJson {
  return JSON.parse(Buffer.from(manifest, "base64").toString("utf8")) as ManifestJson;
}

export function configDigest({ manifest }: SubmissionJson): string {
  return decodeManifest(manifest).config.digest;
}

export function configBlob(json: SubmissionJson): string {
  return json.blobs[configDigest(json)] ?? "";
}

/** The first layer's bytes changed, under the digest that the manifest names. */
export function withBlob(
  json: SubmissionJson,
  change: (bytes: Buffer) => Uint8Array,
): SubmissionJson {
  const digest = decodeManifest(json.manifest).layers[0]?.digest ?? "";
  const changed = change(Buffer.from(json.blobs[digest] ?? "", "base64"));
  return { ...json, blobs: { ...json.blobs, [digest]: Buffer.from(changed).toString("base64") } };
}

export function withManifest(
  json: SubmissionJson,
  change: (manifest: ManifestJson) => object,
): SubmissionJson {
  const changed = canonicalJsonBytes(change(decodeManifest(json.manifest)) as JsonValue);
  return { ...json, manifest: Buffer.from(changed).toString("base64") };
}

export function withTitle(json: SubmissionJson, title: string): SubmissionJson {
  return withManifest(json, (manifest) => ({
    ...manifest,
    layers: manifest.layers.map((layer) => ({
      ...layer,
      annotations: { "org.opencontainers.image.title": title },
    })),
  }));
}

/** Another config, named by the manifest as it should be. */
export function withConfig(json: SubmissionJson, config: JsonValue): SubmissionJson {
  const bytes = canonicalJsonBytes(config);
  const digest = sha256Digest(bytes);
  const { [configDigest(json)]: _, ...blobs } = json.blobs;
  const named = withManifest(json, (manifest) => ({
    ...manifest,
    config: { ...manifest.config, digest, size: bytes.length },
  }));
  return { ...named, blobs: { ...blobs, [digest]: Buffer.from(bytes).toString("base64") } };
}
