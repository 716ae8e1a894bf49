import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonValue } from "../../src/core/codec/canonical-json.js";
import { formatPublicKey } from "../../src/core/trust/keys.js";
import { ask, define, type ReleaseJson, refusalOf, versionsOf } from "../helpers/environments.js";
import { cache, labels, queue, type RecipeText, scoreFile, startWith } from "../helpers/recipes.js";
import { askRender } from "../helpers/rendering.js";
import { makeKey, type TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

const SHA = `sha256:${"5".repeat(64)}`;
const serving = (version: string, image: string): RecipeText => ({
  name: "acme/server",
  version,
  files: {
    "compose.provisioners.yaml": `- uri: template://acme/server
  type: server
  outputs: |
    host: server
  services: |
    server: {image: "${image}"}
`,
    "examples/plain/score.yaml": scoreFile("plain", { one: { type: "server" } }),
  },
});
const command: RecipeText = {
  name: "acme/command",
  version: "1.0.0",
  files: {
    "compose.provisioners.yaml": "- {uri: 'cmd://sh#run', type: script, args: []}\n",
  },
};
const entry = (recipe: string, range = "*", more: object = {}): JsonValue => ({
  recipe: `acme/${recipe}`,
  range,
  ...more,
});

describe.each(STORES)("the rules of an environment on $name", (kind) => {
  let server: TestServer;
  const second = makeKey();
  beforeAll(async () => {
    server = await startWith(
      kind,
      [
        command,
        serving("1.0.0", `redis@${SHA}`),
        serving("1.1.0", "redis:7"),
        queue("1.0.0"),
        queue("1.1.0"),
        cache(),
        labels(),
      ],
      { commands: true },
    );
  });
  afterAll(() => server?.close());

  const cut = async (name: string, entries: JsonValue[], rules: JsonValue) => {
    await define(server, name, entries, rules);
    return ask(server, name, "releases");
  };

  test.each<{ name: string; entries: JsonValue[]; rules: JsonValue; code: string }>([
    {
      name: "attack 39: commands",
      entries: [entry("command")],
      rules: {},
      code: "rule_commands",
    },
    {
      name: "images that are not named by their digest",
      entries: [entry("server")],
      rules: { imagesByDigest: true },
      code: "rule_image_digest",
    },
    {
      name: "recipes of other namespaces",
      entries: [entry("queue")],
      rules: { namespaces: ["other"] },
      code: "recipe_unresolved",
    },
    {
      name: "versions by other signers",
      entries: [entry("queue")],
      rules: { signers: [second.publicKey.fingerprint] },
      code: "recipe_unresolved",
    },
    {
      name: "fewer signatures than it wants",
      entries: [entry("queue")],
      rules: { signatures: 2 },
      code: "recipe_unresolved",
    },
  ])("keeps out $name; the preview says so too", async ({ name, entries, rules, code }) => {
    const environment = `keeps-${name.replace(/[^a-z]+/g, "-")}`.slice(0, 60).replace(/-$/, "");
    const reply = await cut(environment, entries, rules);
    expect(refusalOf(reply)).toEqual({ status: 409, code, problems: [code] });
    expect(reply.json()).toMatchObject({ problems: [{ place: { path: "entries.0" } }] });
    const preview = await ask(server, environment, "releases", undefined, "?preview=true");
    if (code === "recipe_unresolved") expect(refusalOf(preview)).toMatchObject({ code });
    else expect(preview.json<ReleaseJson>().conflicts).toMatchObject([{ code }]);
    expect(refusalOf(await ask(server, environment, "releases", { force: true })).code).toBe(code);
  });

  test.each<{ name: string; entries: JsonValue[]; rules: JsonValue }>([
    { name: "commands", entries: [entry("command")], rules: { commands: true } },
    {
      name: "images by digest",
      entries: [entry("server", "1.0.0")],
      rules: { imagesByDigest: true },
    },
  ])("lets in $name where they say so", async ({ name, entries, rules }) => {
    const reply = await cut(`lets-${name.replaceAll(" ", "-")}`, entries, rules);
    expect(reply.status).toBe(201);
  });

  test("images by digest are held against what is rendered too", async () => {
    await cut("rendered", [entry("server", "1.0.0")], { imagesByDigest: true });
    const web = (image: string) => ({
      workloads: [
        {
          score: scoreFile("web", { one: { type: "server" } }).replace("example.com/app:1", "."),
          image,
        },
      ],
    });
    const loose = await askRender(server, "rendered", web("web:1"));
    expect(loose.status).toBe(422);
    expect(loose.json()).toMatchObject({
      code: "render_image_digest",
      problems: [
        { code: "render_image_digest", place: { path: expect.stringContaining("image") } },
      ],
    });
    const reply = await askRender(server, "rendered", web(`web@${SHA}`));
    expect(reply.status).toBe(200);
  });

  test("signers count where the rules name them", async () => {
    const keys = [server.publisher, second].map(({ publicKey }) => formatPublicKey(publicKey));
    await server.admin("/v1/namespaces/acme", { method: "PUT", body: { publisherKeys: keys } });
    const signers = [server.publisher.publicKey.fingerprint];
    const reply = await cut("signed", [entry("queue")], { signers });
    expect(versionsOf(reply)).toEqual(["acme/queue 1.1.0"]);
  });

  test("attack 4: a yanked version is passed over, refused and told", async () => {
    await cut("yanked-source", [entry("queue", "1.1.0")], {});
    await cut("yanked-back", [entry("queue", "1.1.0")], {});
    await cut("yanked-back", [entry("queue", "1.0.0")], {});
    await define(server, "yanked-target", [entry("queue", "*")]);
    const path = "/v1/recipes/acme/queue/versions/1.1.0/yank";
    const body = { reason: "leaks", successor: "acme/queue@1.0.0" };
    expect((await server.admin(path, { method: "POST", body })).status).toBeLessThan(300);

    expect(versionsOf(await cut("yanked-new", [entry("queue")], {}))).toEqual(["acme/queue 1.0.0"]);
    const pinned = await cut("yanked-pin", [entry("queue", "1.1.0")], {});
    expect(refusalOf(pinned)).toMatchObject({ status: 409, code: "recipe_unresolved" });
    expect(pinned.text).toContain("leaks");
    const promotion = await ask(server, "yanked-target", "promotions", { from: "yanked-source" });
    expect(refusalOf(promotion)).toMatchObject({ status: 409, code: "recipe_unresolved" });
    const back = await ask(server, "yanked-back", "rollback");
    expect(refusalOf(back)).toMatchObject({ status: 409, code: "version_yanked" });
    const forced = await ask(server, "yanked-back", "rollback", { force: true });
    expect(forced.json()).toMatchObject({
      release: { forced: true },
      warnings: [{ code: "version_yanked" }],
    });
    // What is released serves it still.
    const file = await server.call("/v1/environments/yanked-source/compose/provisioners.yaml");
    expect([file.status, file.text.includes("leaks")]).toEqual([200, false]);
  });
});
