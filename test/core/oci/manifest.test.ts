import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJsonBytes, type JsonValue } from "../../../src/core/codec/canonical-json.js";
import { sha256Digest } from "../../../src/core/codec/digest.js";
import { blobDigests, buildManifest, parseManifest } from "../../../src/core/oci/manifest.js";
import { packProvisionersFile, packRecipe } from "../../../src/core/recipe/package.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const recipe = packRecipe(
  new Map([
    ["examples/counter/score.yaml", bytes("apiVersion: score.dev/v1b1\n")],
    ["README.md", bytes("# Redis\n")],
    ["b.k8s.tpl", bytes("b")],
    ["a.compose.tpl", bytes("a")],
    ["k8s.provisioners.yaml", bytes("[]\n")],
    ["compose.provisioners.yaml", bytes("- uri: template://x\n  type: redis\n")],
    [
      "recipe.yaml",
      bytes(
        "name: dapr/redis\nversion: 1.2.0\nresources:\n  redis:\n    params: {type: object}\n    secretOutputs: [password]\n",
      ),
    ],
  ]),
);
const artifact = buildManifest(recipe);

type Descriptor = { mediaType: string; digest: string; size: number; annotations?: object };
type Manifest = { [key: string]: unknown; config: Descriptor; layers: Descriptor[] };
const manifestOf = (): Manifest => JSON.parse(Buffer.from(artifact.manifest).toString());
const encode = (value: unknown) =>
  canonicalJsonBytes(JSON.parse(JSON.stringify(value)) as JsonValue);

describe("the manifest of a recipe", () => {
  test("is an image manifest with provisioners first, then patches, documents, examples", () => {
    const { schemaVersion, mediaType, artifactType, config, layers } = manifestOf();
    expect({ schemaVersion, mediaType, artifactType, config: config.mediaType }).toEqual({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      artifactType: "application/vnd.backbar.recipe.v1",
      config: "application/vnd.backbar.recipe.config.v1+json",
    });
    expect(layers.map(({ annotations }) => Object.values(annotations ?? {}))).toEqual([
      ["compose.provisioners.yaml"],
      ["k8s.provisioners.yaml"],
      ["a.compose.tpl"],
      ["b.k8s.tpl"],
      ["README.md"],
      ["examples/counter/score.yaml.example"],
    ]);
  });

  test("binds name and version in its config", () => {
    expect(JSON.parse(Buffer.from(artifact.config).toString())).toEqual({
      name: "dapr/redis",
      version: "1.2.0",
      resources: { redis: { params: { type: "object" }, secretOutputs: ["password"] } },
    });
  });

  test("is the same bytes every time: this digest stands in logs", () => {
    expect(buildManifest(recipe).manifest).toEqual(artifact.manifest);
    expect(artifact.digest).toBe(sha256Digest(artifact.manifest));
    expect(artifact.digest).toMatchInlineSnapshot(
      `"sha256:fde5fc495b4ac4f804c6222b741cb366df5d797b66bbb1272758b5bbaecaa473"`,
    );
  });

  test("reads back to the package", () => {
    const parsed = parseManifest(artifact.manifest, artifact.blobs);
    expect(parsed.metadata).toEqual(recipe.metadata);
    expect(parsed.files).toEqual(recipe.files);
    expect(parsed.digest).toBe(artifact.digest);
    expect(parsed.blobDigests).toEqual(blobDigests(artifact.manifest));
  });

  test("reads back whatever the content is", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (content) => {
        const bare = packProvisionersFile({
          name: "a/b",
          version: "0.0.1-rc.1",
          target: "k8s",
          content,
        });
        const { manifest, blobs } = buildManifest(bare);
        expect(parseManifest(manifest, blobs).files).toEqual(bare.files);
      }),
    );
  });
});

describe("attack 8: bytes that are not what the manifest names", () => {
  const [digest = "", content = bytes("")] =
    [...artifact.blobs].find(([, blob]) => Buffer.from(blob).equals(bytes("a"))) ?? [];
  test.each([
    { name: "other bytes of one size", blobs: [[digest, bytes("b")]], code: "oci_blob_digest" },
    { name: "a byte too many", blobs: [[digest, bytes("aa")]], code: "oci_blob_size" },
    { name: "a byte too few", blobs: [[digest, bytes("")]], code: "oci_blob_size" },
    {
      name: "a blob that nothing names",
      blobs: [[`sha256:${"0".repeat(64)}`, content]],
      code: "oci_blob_unknown",
    },
  ] as const)("$name", ({ blobs, code }) => {
    const changed = new Map([...artifact.blobs, ...blobs.map(([d, c]) => [d, c] as const)]);
    expect(() => parseManifest(artifact.manifest, changed)).toThrow(
      expect.objectContaining({ code }),
    );
  });

  test("a blob left out", () => {
    const fewer = new Map([...artifact.blobs].filter(([name]) => name !== digest));
    expect(() => parseManifest(artifact.manifest, fewer)).toThrow(
      expect.objectContaining({ code: "oci_blob_missing" }),
    );
  });
});

function withLayer(index: number, change: object): Manifest {
  const manifest = manifestOf();
  return {
    ...manifest,
    layers: manifest.layers.map((layer, i) => (i === index ? { ...layer, ...change } : layer)),
  };
}
const title = (text: string) => ({ annotations: { "org.opencontainers.image.title": text } });

test.each([
  {
    name: "an index",
    change: () => ({ ...manifestOf(), mediaType: "application/vnd.oci.image.index.v1+json" }),
    code: "oci_media_type",
  },
  {
    name: "another artifact type",
    change: () => ({ ...manifestOf(), artifactType: "application/vnd.other" }),
    code: "oci_media_type",
  },
  {
    name: "another config type",
    change: () => ({
      ...manifestOf(),
      config: { ...manifestOf().config, mediaType: "application/json" },
    }),
    code: "oci_media_type",
  },
  {
    name: "another layer type",
    change: () => withLayer(0, { mediaType: "text/plain" }),
    code: "oci_media_type",
  },
  {
    name: "schema version 1",
    change: () => ({ ...manifestOf(), schemaVersion: 1 }),
    code: "oci_manifest",
  },
  {
    name: "a subject",
    change: () => ({ ...manifestOf(), subject: manifestOf().config }),
    code: "oci_manifest",
  },
  {
    name: "annotations",
    change: () => ({ ...manifestOf(), annotations: {} }),
    code: "oci_manifest",
  },
  {
    name: "a layer without a title",
    change: () => withLayer(0, { annotations: undefined }),
    code: "oci_manifest",
  },
  {
    name: "a layer with urls",
    change: () => withLayer(0, { urls: ["https://attacker.example"] }),
    code: "oci_manifest",
  },
  {
    name: "a sha512 digest",
    change: () => withLayer(0, { digest: `sha512:${"0".repeat(128)}` }),
    code: "oci_manifest",
  },
  { name: "a negative size", change: () => withLayer(0, { size: -1 }), code: "oci_manifest" },
  {
    name: "a layer over a megabyte",
    change: () => withLayer(0, { size: 1024 * 1024 + 1 }),
    code: "oci_manifest",
  },
  {
    name: "layers out of order",
    change: () => ({ ...manifestOf(), layers: manifestOf().layers.reverse() }),
    code: "oci_title",
  },
  {
    name: "one title twice",
    change: () => withLayer(1, title("compose.provisioners.yaml")),
    code: "oci_title",
  },
  {
    name: "attack 6: a title that ends in .yml",
    change: () => withLayer(1, title("k8s.provisioners.yml")),
    code: "recipe_file_unknown",
  },
  {
    name: "attack 27: a title that climbs",
    change: () => withLayer(1, title("../../x.yaml")),
    code: "recipe_file_path",
  },
  {
    name: "an absolute title",
    change: () => withLayer(1, title("/etc/passwd")),
    code: "recipe_file_path",
  },
  {
    name: "a title with a control character",
    change: () => withLayer(1, title("a\u0007.compose.tpl")),
    code: "recipe_file_path",
  },
  {
    name: "a title with U+0000",
    change: () => withLayer(1, title("a\u0000.compose.tpl")),
    code: "oci_manifest",
  },
  {
    name: "twins but for case",
    change: () => withLayer(3, title("A.compose.tpl")),
    code: "recipe_file_path",
  },
  {
    name: "an example that looks like a provisioners file",
    change: () => withLayer(5, title("examples/counter/score.yaml")),
    code: "recipe_file_unknown",
  },
])("refuses $name", ({ change, code }) => {
  expect(() => parseManifest(encode(change()), artifact.blobs)).toThrow(
    expect.objectContaining({ code }),
  );
});

test.each([
  { name: "spaces", text: () => Buffer.from(artifact.manifest).toString().replace("{", "{ ") },
  {
    name: "a key twice",
    text: () => Buffer.from(artifact.manifest).toString().replace("{", '{"artifactType":"x",'),
  },
  { name: "no JSON", text: () => "{" },
  { name: "nesting without end", text: () => "[".repeat(10_000) },
])("refuses a manifest with $name", ({ text }) => {
  expect(() => parseManifest(bytes(text()), artifact.blobs)).toThrow(
    expect.objectContaining({ code: "oci_manifest" }),
  );
});

test("refuses a manifest that is too long to read", () => {
  expect(() => parseManifest(new Uint8Array(300_000), artifact.blobs)).toThrow(
    expect.objectContaining({ code: "oci_limit" }),
  );
});

test("refuses layers over eight megabytes together", () => {
  const layers = Array.from({ length: 9 }, (_, i) => ({
    ...manifestOf().layers[0],
    size: 1024 * 1024,
    ...title(`a${i}.compose.tpl`),
  }));
  expect(() => parseManifest(encode({ ...manifestOf(), layers }), artifact.blobs)).toThrow(
    expect.objectContaining({ code: "oci_limit" }),
  );
});

test.each([
  { name: "says less than a name", config: {}, code: "recipe_metadata" },
  {
    name: "says more than is known",
    config: { name: "a/b", version: "1.0.0", x: 1 },
    code: "recipe_metadata",
  },
])("refuses a config that $name", ({ config, code }) => {
  const content = encode(config);
  const digest = sha256Digest(content);
  const manifest = {
    ...manifestOf(),
    config: { ...manifestOf().config, digest, size: content.length },
  };
  const blobs = new Map(artifact.blobs);
  blobs.delete(manifestOf().config.digest);
  blobs.set(digest, content);
  expect(() => parseManifest(encode(manifest), blobs)).toThrow(expect.objectContaining({ code }));
});
