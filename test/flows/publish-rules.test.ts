/** What a namespace and the version before have to say about a publish, and what its examples tell. */
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildManifest } from "../../src/core/oci/manifest.js";
import type { Submission } from "../../src/core/oci/submission.js";
import { parseExampleRendering } from "../../src/core/recipe/example-rendering.js";
import { signVersion } from "../../src/core/trust/bundle.js";
import { formatPublicKey, type PrivateKey } from "../../src/core/trust/keys.js";
import {
  type NamespaceChange,
  putNamespace,
  tombstoneNamespace,
} from "../../src/flows/namespace.js";
import { publish } from "../../src/flows/publish.js";
import { getBlob } from "../../src/store/blobs.js";
import { versionExamples, versions } from "../../src/store/schema.js";
import { queue, type RecipeText, recipe, scoreFile, submission } from "../helpers/recipes.js";
import { makeKey, startServer, type TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

const ADMIN = { actor: "admin", grants: [{ role: "admin" as const }] };

describe.each(STORES)("a publish on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(kind, { renderTimeoutSeconds: 5 });
  });
  afterAll(() => server?.close());

  const signed = (text: RecipeText) => submission(text, server.publisher);
  const send = (text: RecipeText, force = false) =>
    server.client.publish({ ...signed(text), force });
  const namespace = (name: string, change: Omit<NamespaceChange, "name"> = {}) => {
    const publicKeys = [formatPublicKey(server.publisher.publicKey)];
    return putNamespace(server.registry, { name, publicKeys, ...change }, { caller: ADMIN });
  };

  describe("asks the namespace", () => {
    const text = (name: string) => ({ ...queue(), name: `${name}/queue` });
    const as = (actor: string, name: string, sent: Submission = signed(text(name))) =>
      publish(server.registry, {
        recipe: `${name}/queue`,
        version: "1.0.0",
        submission: sent,
        caller: { actor, grants: [] },
      });

    test("for its owners", async () => {
      await namespace("owned", { owners: ["carol"] });
      await expect(as("mallory", "owned")).rejects.toMatchObject({ code: "namespace_owner" });
      expect(await as("carol", "owned")).toMatchObject({ created: true });
      await expect(as("mallory", "owned")).rejects.toMatchObject({ code: "namespace_owner" });
    });

    test("whether there is a name to go by", async () => {
      await namespace("named");
      const reply = await server.call("/v1/recipes/named/queue/versions/1.0.0", {
        method: "PUT",
        body: { manifest: "", blobs: {}, bundles: [] },
      });
      expect(reply.status).toBe(401);
    });

    test("whether it was given up", async () => {
      await namespace("given-up");
      await tombstoneNamespace(server.registry, "given-up", { caller: ADMIN });
      await expect(send(text("given-up"))).rejects.toMatchObject({
        code: "namespace_tombstoned",
        status: 410,
      });
    });

    test("attack 12: for signatures of as many different keys", async () => {
      const second = makeKey();
      const publicKeys = [server.publisher, second].map((key) => formatPublicKey(key.publicKey));
      await namespace("twice", { publicKeys, signatures: 2 });
      const { manifest, blobs, digest } = buildManifest(recipe(text("twice")));
      const by = (...keys: PrivateKey[]) => ({
        manifest,
        blobs,
        bundles: keys.map((key) =>
          signVersion({ recipe: "twice/queue", version: "1.0.0", digest }, key),
        ),
        force: false,
      });
      for (const keys of [[second], [second, second]]) {
        await expect(server.client.publish(by(...keys))).rejects.toMatchObject({
          code: "publish_signatures",
          status: 403,
          message: expect.stringMatching(/by 1 key, and twice needs 2/),
        });
      }
      expect(await server.client.publish(by(second, server.publisher))).toMatchObject({
        created: true,
      });
    });

    test("for programs: where it takes them, each is a warning with its place", async () => {
      const programs: RecipeText = {
        name: "programs/run",
        version: "1.0.0",
        files: {
          "compose.provisioners.yaml":
            "- {uri: 'template://a', type: aa}\n- {uri: 'cmd://bash', type: bb}\n- {uri: 'cmd://sh', type: cc}\n",
          "examples/one/score.yaml": scoreFile("one", { one: { type: "bb" } }),
        },
      };
      await namespace("programs", { commands: true });
      const { warnings } = await send(programs);
      expect(warnings.map(({ code, place }) => [code, place?.line])).toEqual([
        ["recipe_command", 2],
        ["recipe_command", 3],
        // It is never run, so the example has no rendering.
        ["recipe_example", expect.any(Number)],
      ]);
    });
  });

  describe("asks the version before", () => {
    const db = (version: string, outputs: string, params = "{}"): RecipeText => ({
      name: "promise/db",
      version,
      metadata: `resources: {db: {params: ${params}}}\n`,
      files: {
        "k8s.provisioners.yaml": `- {uri: 'template://promise/db', type: db, expected_outputs: [${outputs}]}\n`,
      },
    });

    test("for its outputs and params, unless the major version rises", async () => {
      await namespace("promise");
      await send(db("1.0.0", "host, port"));
      await send(db("3.0.0", "host"));
      const before = await server.logSize();
      await expect(send(db("1.1.0", "host"), true)).rejects.toMatchObject({
        code: "recipe_output_dropped",
        status: 422,
        place: { file: "k8s.provisioners.yaml", line: 1 },
        hint: "keep it, or publish as 2.0.0",
      });
      await expect(send(db("1.1.0", "host, port", "{required: [size]}"))).rejects.toMatchObject({
        code: "recipe_param_required",
        status: 422,
      });
      expect(await server.logSize()).toBe(before);
      await send(db("2.0.0", "host", "{required: [size]}"));
    });

    test("for its uri, and tells of one that is forced", async () => {
      await namespace("forced");
      const at = (version: string, uri: string): RecipeText => ({
        name: "forced/a",
        version,
        files: { "compose.provisioners.yaml": `- {uri: '${uri}', type: a}\n` },
      });
      await send(at("1.0.0", "template://forced/a"));
      expect(await send(at("1.0.1", "template://forced/b"), true)).toMatchObject({
        warnings: [
          { code: "recipe_uri_changed", place: { file: "compose.provisioners.yaml", line: 1 } },
        ],
      });
    });
  });

  describe("renders the examples", () => {
    const shown = (version: string, outputs: string, name = "shown/db"): RecipeText => ({
      name,
      version,
      files: {
        "compose.provisioners.yaml": `- uri: template://shown/db\n  type: db\n  state: |\n    p: {{ randAlphaNum 8 | quote }}\n  outputs: |\n    ${outputs}\n  services: |\n    db: {image: example.com/db:7}\n`,
        "examples/one/score.yaml": scoreFile(
          "one",
          { db: { type: "db" } },
          { P: "${resources.db.p}" },
        ),
      },
    });

    test("and keeps what they came to, with the images that they run", async () => {
      await namespace("shown");
      const { digest } = await send(shown("1.0.0", "p: {{ .State.p }}"));
      const { db } = server.registry;
      const [row] = await db.select().from(versions).where(eq(versions.digest, digest));
      expect(row?.images).toEqual({ compose: ["example.com/db:7"] });
      const kept = await db
        .select()
        .from(versionExamples)
        .where(eq(versionExamples.version, digest));
      expect(kept).toMatchObject([{ example: "one", target: "compose" }]);
      const { document } = parseExampleRendering(await getBlob(db, kept[0]?.rendering ?? ""));
      expect(document).toMatch(/P: [A-Za-z0-9]{8}\n/);
      const other = await send(shown("1.0.1", "p: {{ .State.p }}"));
      const [again] = await db
        .select()
        .from(versionExamples)
        .where(eq(versionExamples.version, other.digest));
      expect(again?.rendering).toBe(kept[0]?.rendering);
    });

    test("and refuses the version where one fails, with the render's own place", async () => {
      await namespace("failing");
      const before = await server.logSize();
      await expect(send(shown("1.0.0", "p: {{ fail `no` }}", "failing/db"))).rejects.toMatchObject({
        code: "recipe_example",
        status: 422,
        problems: [
          {
            code: "recipe_example",
            place: { file: "compose.provisioners.yaml", line: 6, column: 11 },
          },
        ],
      });
      expect(await server.logSize()).toBe(before);
    });

    test.each([
      ["attack 33", "p: {{ repeat 2000000000 `x` }}"],
      [
        "attack 34",
        "p: {{ range $i := until 1000000 }}{{ range $j := until 1000000 }}x{{ end }}{{ end }}",
      ],
      [
        "attack 35",
        'p: {{ regexMatch "^(a+)+$" (repeat 40000 "a" | printf "%s!") }}{{ fail "linear" }}',
      ],
    ])("%s: and stops one that never ends", async (_, outputs) => {
      await namespace("endless");
      await expect(send(shown("1.0.0", outputs, "endless/db"))).rejects.toMatchObject({
        code: "recipe_example",
      });
    });

    test("of a bare provisioners file there are none; its faults have places", async () => {
      await namespace("bare");
      const text: RecipeText = {
        name: "bare/a",
        version: "1.0.0",
        files: {
          "k8s.provisioners.yaml": "- uri: template://a\n  type: a\n  label: x\n- type: b\n",
        },
      };
      await expect(send(text)).rejects.toMatchObject({
        problems: [
          {
            code: "provisioners_key",
            place: { file: "k8s.provisioners.yaml", line: 3, column: 3 },
          },
          {
            code: "provisioners_uri",
            place: { file: "k8s.provisioners.yaml", line: 4, column: 3 },
          },
        ],
      });
    });
  });
});
