/** Rows 1, 5, 6, 8, 10 and 37: what a publisher, or somebody between him and the service, may try. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ServerProblem } from "../../src/client/error.js";
import type { JsonValue } from "../../src/core/codec/canonical-json.js";
import { sha256Digest } from "../../src/core/codec/digest.js";
import { buildManifest } from "../../src/core/oci/manifest.js";
import { formatSubmission, type Submission } from "../../src/core/oci/submission.js";
import { signVersion } from "../../src/core/trust/bundle.js";
import { getBlob } from "../../src/store/blobs.js";
import { define } from "../helpers/environments.js";
import {
  cache,
  labels,
  publishAll,
  queue,
  type RecipeText,
  recipe,
  startWith,
  submission,
} from "../helpers/recipes.js";
import type { TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";
import {
  configBlob,
  type SubmissionJson,
  withBlob,
  withConfig,
  withManifest,
  withTitle,
} from "../helpers/submissions.js";
import { readRegistry } from "../helpers/tables.js";

describe.each(STORES)("on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startWith(kind, []);
  });
  afterAll(() => server?.close());

  const signed = (text: RecipeText) => submission(text, server.publisher);
  const jsonOf = (sent: Submission) => formatSubmission(sent) as unknown as SubmissionJson;
  const put = (path: string, body: object) =>
    server.admin(`/v1/recipes/${path}`, { method: "PUT", body });
  /** Sends it, and holds that the answer is this and that the store is as it was. */
  const expectRefused = async (path: string, body: object, status: number, code: string) => {
    const before = await readRegistry(server.registry.db);
    const reply = await put(path, body);
    expect({ status: reply.status, ...reply.json<object>() }).toMatchObject({ status, code });
    expect(await readRegistry(server.registry.db)).toEqual(before);
  };

  test("attack 1: a version pushed again with other bytes is 409, and the log stays; the same bytes change nothing", async () => {
    await publishAll(server, [queue("1.0.0")]);
    const path = "acme/queue/versions/1.0.0";
    const other = { ...queue("1.0.0"), metadata: "title: Other\n" };
    await expectRefused(path, jsonOf(signed(other)), 409, "publish_conflict");
    // Nor with `force`, which is for a changed uri.
    const forced = { ...jsonOf(signed(other)), force: true };
    await expectRefused(path, forced, 409, "publish_conflict");

    const before = await readRegistry(server.registry.db);
    const again = await put(path, jsonOf(signed(queue("1.0.0"))));
    expect(again.status).toBe(200);
    expect(await readRegistry(server.registry.db)).toEqual(before);
    expect((await server.call(`/v1/recipes/${path}`)).json()).toMatchObject({ title: "Queues" });
  });

  test("attack 5: a changed uri is refused and said why, unless it is meant; resolve then says which", async () => {
    const at = (version: string, uri: string): RecipeText => ({
      name: "acme/moved",
      version,
      files: {
        "compose.provisioners.yaml": `- uri: ${uri}\n  type: moved\n  outputs: "{}"\n`,
      },
    });
    await publishAll(server, [at("1.0.0", "template://acme/a")]);
    const moved = at("1.1.0", "template://acme/b");
    const path = "acme/moved/versions/1.1.0";
    await expectRefused(path, jsonOf(signed(moved)), 422, "recipe_uri_changed");
    const fault = await server.client.publish(signed(moved)).catch((error: ServerProblem) => error);
    const { problems } = fault as ServerProblem;
    expect(problems.map(({ place }) => place)).toMatchObject([
      { file: "compose.provisioners.yaml", line: 1 },
    ]);
    expect(problems[0]?.message).toContain("template://acme/a");
    expect(problems[0]?.message).toContain("template://acme/b");

    expect(await server.client.publish({ ...signed(moved), force: true })).toMatchObject({
      created: true,
    });
    // The previous version is the highest lower one, not the last one published.
    const back = at("1.2.0", "template://acme/a");
    await expectRefused(
      "acme/moved/versions/1.2.0",
      jsonOf(signed(back)),
      422,
      "recipe_uri_changed",
    );
    await publishAll(server, [at("1.0.1", "template://acme/a"), at("1.2.0", "template://acme/b")]);

    await define(server, "moved", [{ recipe: "acme/moved", range: "*" }]);
    await server.client.cutRelease("moved");
    const reply = await server.call("/v1/environments/moved/resolve?type=moved");
    expect(reply.json()).toMatchObject({
      targets: [{ match: { uri: "template://acme/b", recipe: { version: "1.2.0" } } }],
    });
  });

  describe("attack 6: what the clients could not read is refused with their own reason", () => {
    test.each<{ name: string; change: (json: SubmissionJson) => object; code: string }>([
      {
        name: "a title in .yml",
        change: (json) => withTitle(json, "compose.provisioners.yml"),
        code: "recipe_file_unknown",
      },
      {
        name: "an image index",
        change: (json) =>
          withManifest(json, (manifest) => ({
            ...manifest,
            mediaType: "application/vnd.oci.image.index.v1+json",
          })),
        code: "oci_media_type",
      },
    ])("attack 6: $name", async ({ change, code }) => {
      const json = jsonOf(signed(labels("6.0.0")));
      await expectRefused("acme/labels/versions/6.0.0", change(json), 422, code);
    });

    test("attack 6: an unknown field, and every other fault with its file and line", async () => {
      const text: RecipeText = {
        name: "acme/broken",
        version: "1.0.0",
        files: {
          "compose.provisioners.yaml": [
            "- uri: template://acme/broken",
            "  type: broken",
            "  outputs: |",
            "    a: {{ nosuch . }}",
            "  state: |",
            "    b: 1",
            "    c: {{ if }}",
            "",
          ].join("\n"),
          "k8s.provisioners.yaml": "- uri: template://acme/broken\n  type: broken\n  nosuch: 1\n",
          "extra.compose.tpl": "- op: set\n  path: {{ .x\n",
        },
      };
      const fault = await server.client
        .publish(signed(text))
        .catch((error: ServerProblem) => error);
      expect(fault).toMatchObject({ status: 422, code: "recipe_check" });
      const { problems } = fault as ServerProblem;
      const places = problems.map(({ code, place }) => [code, place?.file, place?.line]);
      expect(places).toEqual(
        expect.arrayContaining([
          ["recipe_template", "compose.provisioners.yaml", 4],
          ["recipe_template", "compose.provisioners.yaml", 7],
          ["provisioners_key", "k8s.provisioners.yaml", 3],
          ["recipe_template", "extra.compose.tpl", 3],
        ]),
      );
      expect(places).toHaveLength(4);
    });
  });

  describe("attack 8: bytes that are not what their digest says", () => {
    const path = "acme/labels/versions/8.0.0";
    test.each<{ name: string; change: (json: SubmissionJson) => object; code: string }>([
      {
        name: "a blob with other bytes",
        change: (json) => withBlob(json, (bytes) => bytes.map((byte) => byte ^ 1)),
        code: "oci_blob_digest",
      },
      {
        name: "a blob that is short",
        change: (json) => withBlob(json, (bytes) => bytes.subarray(1)),
        code: "oci_blob_size",
      },
      {
        name: "a blob that is long",
        change: (json) => withBlob(json, (bytes) => Buffer.concat([bytes, Buffer.from("x")])),
        code: "oci_blob_size",
      },
      {
        name: "a blob under a digest that it has not",
        change: (json) => ({ ...json, blobs: { ...json.blobs, [sha256Digest("x")]: "eQ==" } }),
        code: "oci_blob_unknown",
      },
    ])("attack 8: $name is 400, and nothing is stored", async ({ change, code }) => {
      await expectRefused(path, change(jsonOf(signed(labels("8.0.0")))), 400, code);
    });

    test("attack 8: a manifest other than the one that was signed is 403, and nothing is stored", async () => {
      const honest = signed(labels("8.0.0"));
      const other = signed({ ...labels("8.0.0"), metadata: "title: Other\n" });
      const mixed = { ...other, bundles: honest.bundles };
      await expectRefused(path, jsonOf(mixed), 403, "bundle_subject");
      const { digest } = buildManifest(recipe({ ...labels("8.0.0"), metadata: "title: Other\n" }));
      await expect(getBlob(server.registry.db, digest)).rejects.toMatchObject({
        code: "store_blob_missing",
      });
    });
  });

  test.each([
    { name: "digest", change: { digest: sha256Digest("other") } },
    { name: "recipe name", change: { recipe: "acme/cache" } },
    { name: "version", change: { version: "1.0.1" } },
  ])("attack 10: a valid signature for another $name is refused", async ({ change }) => {
    const { digest, manifest, blobs } = buildManifest(recipe(labels("10.0.0")));
    const stated = { recipe: "acme/labels", version: "10.0.0", digest, ...change };
    const bundles = [signVersion(stated, server.publisher)];
    const sent = jsonOf({ manifest, blobs, bundles, force: false });
    await expectRefused("acme/labels/versions/10.0.0", sent, 403, "bundle_subject");
  });

  test.each<{ name: string; params: JsonValue }>([
    { name: "a remote reference", params: { $ref: "http://127.0.0.1:1/x" } },
    { name: "a reference to a file", params: { $ref: "file:///etc/passwd" } },
    {
      name: "a reference to itself",
      params: { $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/a" } } },
    },
    {
      name: "a huge enum",
      params: { enum: Array.from({ length: 20_000 }, (_, i) => `value-${i}`) },
    },
  ])(
    "attack 37: a JSON schema with $name is refused in bounded time, and nothing is fetched",
    async ({ params }) => {
      const honest = signed({ ...cache("37.0.0"), metadata: "resources: {cache: {params: {}}}\n" });
      const json = jsonOf(honest);
      const config = JSON.parse(Buffer.from(configBlob(json), "base64").toString());
      config.resources = { cache: { params } };
      const started = performance.now();
      const reply = await put("acme/cache/versions/37.0.0", withConfig(json, config));
      expect(performance.now() - started).toBeLessThan(10_000);
      expect({ status: reply.status, ...reply.json<object>() }).toMatchObject({
        status: 422,
        code: "recipe_metadata",
      });
    },
  );
});
