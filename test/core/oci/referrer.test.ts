import { expect, test } from "vitest";
import { sha256Digest } from "../../../src/core/codec/digest.js";
import { buildReferrer } from "../../../src/core/oci/referrer.js";

const subject = new TextEncoder().encode('{"schemaVersion":2}');
const bundle = new TextEncoder().encode('{"mediaType":"x"}');
const referrer = buildReferrer(subject, bundle, "urn:backbar:predicate:publish:v1");

test("a signature refers to its version and carries the bundle as its one layer", () => {
  const manifest = JSON.parse(Buffer.from(referrer.manifest).toString());
  expect(manifest.subject).toEqual({
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    digest: sha256Digest(subject),
    size: subject.length,
  });
  expect(manifest.artifactType).toBe("application/vnd.dev.sigstore.bundle.v0.3+json");
  expect(manifest.layers).toHaveLength(1);
  expect(referrer.blobs.get(manifest.layers[0].digest)).toEqual(bundle);
  expect(referrer.blobs.get(manifest.config.digest)).toEqual(new TextEncoder().encode("{}"));
  expect(referrer.digest).toBe(sha256Digest(referrer.manifest));
});
