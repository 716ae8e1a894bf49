import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BackbarClient } from "../../src/client/client.js";
import { publishPackage } from "../../src/client/publish-folder.js";
import { canonicalJsonBytes, type JsonValue } from "../../src/core/codec/canonical-json.js";
import { sha256Digest } from "../../src/core/codec/digest.js";
import { buildManifest } from "../../src/core/oci/manifest.js";
import { formatSubmission, type Submission } from "../../src/core/oci/submission.js";
import { signVersion } from "../../src/core/trust/bundle.js";
import { formatPublicKey } from "../../src/core/trust/keys.js";
import {
  cache,
  labels,
  makeNamespace,
  publishAll,
  type RecipeText,
  recipe,
  submission,
} from "../helpers/recipes.js";
import { makeKey, startServer, type TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";
import {
  configBlob,
  configDigest,
  decodeManifest,
  type SubmissionJson,
  withConfig,
  withManifest,
} from "../helpers/submissions.js";

describe.each(STORES)("publish on $name", (kind) => {
  let server: TestServer;
  let client: BackbarClient;
  beforeAll(async () => {
    server = await startServer(kind);
    client = server.client;
    await makeNamespace(server, "acme");
  });
  afterAll(() => server?.close());

  const signed = (text: RecipeText) => submission(text, server.publisher);
  const put = (path: string, sent: Submission | JsonValue) =>
    server.admin(`/v1/recipes/${path}`, {
      method: "PUT",
      body: isSubmission(sent) ? formatSubmission(sent) : sent,
    });

  test("takes a signed version, and the same content again without a change", async () => {
    const text = cache("1.0.0");
    const before = await server.logSize();
    const receipt = await publishPackage(client, recipe(text), server.publisher);
    expect(receipt).toEqual({
      recipe: "acme/cache",
      version: "1.0.0",
      digest: buildManifest(recipe(text)).digest,
      logIndex: before,
      created: true,
      warnings: [],
    });
    const again = await publishPackage(client, recipe(text), server.publisher);
    expect(again).toEqual({ ...receipt, created: false });
    expect(await server.logSize()).toBe(before + 1);
  });

  test("describes what was published", async () => {
    await publishAll(server, [cache("1.4.0")]);
    const reply = await server.call("/v1/recipes/acme/cache/versions/1.4.0");
    const { digest, blobs } = buildManifest(recipe(cache("1.4.0")));
    expect(reply.headers.etag).toBe(`"${digest}"`);
    const body = reply.json<{ manifest: JsonValue; files: { digest: string; path: string }[] }>();
    expect(body).toMatchObject({
      recipe: "acme/cache",
      version: "1.4.0",
      digest,
      title: "A cache",
      publishedAt: server.clock.now().toISOString(),
      metadata: { name: "acme/cache", resources: { cache: { secretOutputs: ["password"] } } },
      provides: [
        { target: "compose", type: "cache", uri: "template://acme/cache" },
        { target: "k8s", type: "cache", uri: "template://acme/cache" },
      ],
      signatures: [{ keyFingerprint: server.publisher.publicKey.fingerprint }],
    });
    expect(sha256Digest(canonicalJsonBytes(body.manifest))).toBe(digest);
    expect(body.files.map(({ path }) => path)).toEqual([
      "compose.provisioners.yaml",
      "k8s.provisioners.yaml",
      "README.md",
      "examples/plain/score.yaml",
    ]);
    for (const file of body.files) expect(blobs.has(file.digest)).toBe(true);
  });

  describe("signatures", () => {
    const text = labels("1.0.0");
    const artifact = buildManifest(recipe(text));
    const stated = { recipe: "acme/labels", version: "1.0.0", digest: artifact.digest };
    test.each([
      { name: "none", bundles: () => [], code: "bundle_signature", status: 403 },
      {
        name: "one by an unknown key (attack 9)",
        bundles: () => [signVersion(stated, makeKey())],
        code: "bundle_signature",
        status: 403,
      },
      {
        name: "one by an unknown key beside a good one",
        bundles: () => [signVersion(stated, server.publisher), signVersion(stated, makeKey())],
        code: "bundle_signature",
        status: 403,
      },
      {
        name: "one for another version",
        bundles: () => [signVersion({ ...stated, version: "1.0.1" }, server.publisher)],
        code: "bundle_subject",
        status: 403,
      },
      {
        name: "something that is no bundle",
        bundles: () => [canonicalJsonBytes({ mediaType: "application/json" })],
        code: "bundle_form",
        status: 422,
      },
    ])("refuses $name", async ({ bundles, code, status }) => {
      const before = await server.logSize();
      const { manifest, blobs } = artifact;
      const sent = { manifest, blobs, bundles: bundles(), force: false };
      await expect(client.publish(sent)).rejects.toMatchObject({ code, status });
      expect(await server.logSize()).toBe(before);
      expect((await server.call("/v1/recipes/acme/labels")).status).toBe(404);
    });

    test("takes several by keys of the namespace, Ed25519 too", async () => {
      const second = makeKey("Ed25519");
      const keys = [server.publisher, second].map(({ publicKey }) => formatPublicKey(publicKey));
      await client.putNamespace("twokeys", keys);
      const text = { ...labels(), name: "twokeys/labels" };
      const { manifest, blobs, digest } = buildManifest(recipe(text));
      const version = { recipe: "twokeys/labels", version: "1.0.0", digest };
      const bundles = [signVersion(version, second), signVersion(version, server.publisher)];
      await client.publish({ manifest, blobs, bundles, force: false });
      const reply = await server.call("/v1/recipes/twokeys/labels/versions/1.0.0");
      const { signatures } = reply.json<{ signatures: { keyFingerprint: string }[] }>();
      expect(new Set(signatures.map(({ keyFingerprint }) => keyFingerprint))).toEqual(
        new Set([server.publisher.publicKey.fingerprint, second.publicKey.fingerprint]),
      );
    });

    test("of a key that was taken off the list no longer count (attack 9)", async () => {
      const gone = makeKey();
      await client.putNamespace("rotated", [formatPublicKey(gone.publicKey)]);
      await publishPackage(client, recipe({ ...labels(), name: "rotated/labels" }), gone);
      await client.putNamespace("rotated", [formatPublicKey(server.publisher.publicKey)]);
      const next = recipe({ ...labels("1.0.1"), name: "rotated/labels" });
      await expect(publishPackage(client, next, gone)).rejects.toMatchObject({
        code: "key_revoked",
        status: 403,
      });
      await publishPackage(client, next, server.publisher);
    });
  });

  describe("content that is not what the manifest names", () => {
    const path = "acme/labels/versions/2.0.0";
    const good = () => formatSubmission(signed(labels("2.0.0"))) as unknown as SubmissionJson;
    const layerOf = ({ manifest }: SubmissionJson) => decodeManifest(manifest).layers[0];
    test.each<{
      name: string;
      change: (json: SubmissionJson) => SubmissionJson;
      code: string;
      status: number;
    }>([
      {
        name: "a missing blob",
        change: (json) => ({ ...json, blobs: { [configDigest(json)]: configBlob(json) } }),
        code: "oci_blob_missing",
        status: 400,
      },
      {
        name: "a blob that nothing names",
        change: (json) => ({ ...json, blobs: { ...json.blobs, [sha256Digest("x")]: "eA==" } }),
        code: "oci_blob_unknown",
        status: 400,
      },
      {
        name: "a layer of another media type",
        change: (json) =>
          withManifest(json, (manifest) => ({
            ...manifest,
            layers: [{ ...layerOf(json), mediaType: "text/plain" }],
          })),
        code: "oci_media_type",
        status: 422,
      },
      {
        name: "a manifest with an unknown field",
        change: (json) => withManifest(json, (manifest) => ({ ...manifest, subject: null })),
        code: "oci_manifest",
        status: 422,
      },
      {
        name: "a manifest that is no JSON",
        change: (json) => ({ ...json, manifest: "eA==" }),
        code: "oci_manifest",
        status: 422,
      },
      {
        name: "a manifest that is no base64",
        change: (json) => ({ ...json, manifest: "*" }),
        code: "submission_form",
        status: 400,
      },
      {
        name: "an unknown field",
        change: (json) => ({ ...json, forced: true }),
        code: "http_request_invalid",
        status: 400,
      },
    ])("is refused: $name", async ({ change, code, status }) => {
      const before = await server.logSize();
      const reply = await put(path, change(good()) as unknown as JsonValue);
      expect({ status: reply.status, ...reply.json<object>() }).toMatchObject({ status, code });
      expect(await server.logSize()).toBe(before);
      expect((await server.call(`/v1/recipes/${path}`)).status).toBe(404);
    });

    test.each([
      ["acme/labels/versions/2.0.1", "publish_name"],
      ["acme/other/versions/2.0.0", "publish_name"],
    ])("is refused at %s: the request names something else", async (where, code) => {
      const reply = await put(where, signed(labels("2.0.0")));
      expect({ status: reply.status, ...reply.json<object>() }).toMatchObject({
        status: 422,
        code,
      });
    });
  });

  test("refuses a namespace that is not there", async () => {
    const sent = signed({ ...labels(), name: "nobody/labels" });
    await expect(client.publish(sent)).rejects.toMatchObject({
      status: 404,
      code: "namespace_unknown",
    });
  });

  test("needs the admin token", async () => {
    const body = formatSubmission(signed(labels("3.0.0")));
    const path = "/v1/recipes/acme/labels/versions/3.0.0";
    const reply = await server.call(path, { method: "PUT", body });
    expect({ status: reply.status, ...reply.json<object>() }).toMatchObject({
      status: 401,
      code: "http_token_required",
    });
  });

  test.each<{ name: string; params: JsonValue }>([
    { name: "a schema that is none", params: { type: "nosuch" } },
    { name: "a character that no database keeps", params: { description: "a\\\0b" } },
  ])("refuses metadata with $name", async ({ params }) => {
    const honest = signed({ ...cache("9.0.0"), metadata: "resources: {cache: {params: {}}}\n" });
    const json = formatSubmission(honest) as unknown as SubmissionJson;
    const config = JSON.parse(Buffer.from(configBlob(json), "base64").toString());
    config.resources = { cache: { params } };
    const sent = withConfig(json, config) as unknown as JsonValue;
    const reply = await put("acme/cache/versions/9.0.0", sent);
    expect({ status: reply.status, ...reply.json<object>() }).toMatchObject({
      status: 422,
      code: "recipe_metadata",
    });
  });

  test.each([
    ["type", '- {uri: "template://x", type: "a\\0b"}\n'],
    ["class", '- {uri: "template://x", type: a, class: "\\0"}\n'],
    ["id", '- {uri: "template://x", type: a, id: "\\0"}\n'],
  ])("refuses a provisioner with a control character in its %s", async (_key, text) => {
    const sent = signed({ ...labels("9.1.0"), files: { "k8s.provisioners.yaml": text } });
    await expect(client.publish(sent)).rejects.toMatchObject({ status: 422, code: "recipe_check" });
  });
});

function isSubmission(sent: Submission | JsonValue): sent is Submission {
  return typeof sent === "object" && sent !== null && "manifest" in sent && "blobs" in sent
    ? sent.blobs instanceof Map
    : false;
}
