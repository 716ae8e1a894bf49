/**
 * A signature as an OCI referrer of the version that it signs (image-spec 1.1, "subject"), laid out
 * as cosign v3 stores its bundles, so that `cosign verify --key` finds it.
 */
import { canonicalJsonBytes } from "../codec/canonical-json.js";
import { sha256Digest } from "../codec/digest.js";
import { BUNDLE_TYPE, EMPTY_TYPE, MANIFEST_TYPE } from "./media-types.js";

export interface Referrer {
  readonly manifest: Uint8Array;
  /** Digest of `manifest`. */
  readonly digest: string;
  /** The empty config and the bundle, by digest. */
  readonly blobs: ReadonlyMap<string, Uint8Array>;
}

const EMPTY_CONFIG = new TextEncoder().encode("{}");

/** The referrer of the version with the manifest `subject`; `bundle` goes in as it is. */
export function buildReferrer(
  subject: Uint8Array,
  bundle: Uint8Array,
  predicateType: string,
): Referrer {
  const bundleDigest = sha256Digest(bundle);
  const configDigest = sha256Digest(EMPTY_CONFIG);
  const manifest = canonicalJsonBytes({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    artifactType: BUNDLE_TYPE,
    config: { mediaType: EMPTY_TYPE, digest: configDigest, size: EMPTY_CONFIG.length },
    layers: [{ mediaType: BUNDLE_TYPE, digest: bundleDigest, size: bundle.length }],
    subject: {
      mediaType: MANIFEST_TYPE,
      digest: sha256Digest(subject),
      size: subject.length,
    },
    annotations: {
      "dev.sigstore.bundle.content": "dsse-envelope",
      "dev.sigstore.bundle.predicateType": predicateType,
    },
  });
  const blobs = new Map([
    [configDigest, EMPTY_CONFIG],
    [bundleDigest, bundle],
  ]);
  return { manifest, digest: sha256Digest(manifest), blobs };
}
