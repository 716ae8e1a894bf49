/**
 * What a registry refuses, over HTTP alone against a fresh server: each conflict of publishing, of
 * definitions, of releases and of rules, with its status, its code and what it lists.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildManifest } from "../../src/core/oci/manifest.js";
import { buildSubmission, formatSubmission } from "../../src/core/oci/submission.js";
import { signVersion } from "../../src/core/trust/bundle.js";
import type { PrivateKey } from "../../src/core/trust/keys.js";
import type { Call, Reply } from "../helpers/call.js";
import { cache, labels, queue, type RecipeText, recipe, scoreFile } from "../helpers/recipes.js";
import { DATABASES } from "./databases.js";
import {
  accepted,
  change,
  type FreshRegistry,
  make,
  makeNamespace,
  makePublisherKey,
  type Refusal,
  startFreshRegistry,
} from "./fresh-registry.js";

const DIGEST = `sha256:${"0".repeat(64)}`;
const [key, second, stranger] = [makePublisherKey(), makePublisherKey(), makePublisherKey()];

const CACHE = { recipe: "acme/cache", range: "^1.0.0" };
const OTHER_CACHE = { recipe: "acme/other-cache", range: "1.0.0" };
const QUEUE = { recipe: "acme/queue", range: "1.0.0" };

/** A recipe in which `from` stands for `to`, in every file and in the metadata. */
function edited(text: RecipeText, ...edits: readonly (readonly [string, string])[]): RecipeText {
  const edit = (content: string) =>
    edits.reduce((result, [from, to]) => result.replaceAll(from, to), content);
  const files = Object.entries(text.files).map(([path, content]) => [path, edit(content)]);
  return {
    ...text,
    ...(text.metadata === undefined ? {} : { metadata: edit(text.metadata) }),
    files: Object.fromEntries(files),
  };
}

const otherCache = (version: string): RecipeText => ({
  ...edited(cache(version), ["template://acme/cache", "template://acme/other-cache"]),
  name: "acme/other-cache",
});

const droppingHost = (version: string) =>
  edited(cache(version), ["outputs: [host, password]", "outputs: [password]"]);
const requiringSize = (version: string) =>
  edited(cache(version), ["{type: object,", "{type: object, required: [size],"]);

/** Runs `image` beside a workload, and has an example which shows it. */
const withImage = (name: string, image: string): RecipeText => ({
  name,
  version: "1.0.0",
  files: {
    "compose.provisioners.yaml": `- uri: template://${name}
  type: helper
  services: |
    helper: {image: "${image}"}
`,
    "examples/plain/score.yaml": scoreFile("plain", { helper: { type: "helper" } }),
  },
});

const command = (name: string): RecipeText => ({
  name,
  version: "1.0.0",
  files: { "compose.provisioners.yaml": "- uri: cmd://python\n  type: tool\n  args: [x]\n" },
});

describe.each(DATABASES)("a registry on $name", (database) => {
  let registry: FreshRegistry;
  beforeAll(async () => {
    registry = await startFreshRegistry(database);
    const { alice } = registry;
    await makeNamespace(alice, "acme", [key, second]);
    await makeNamespace(alice, "strict", [key, second], { signatures: 2 });
    await makeNamespace(alice, "tools", [key], { commands: true });
    for (const text of [
      ...[cache("1.0.0"), cache("1.1.0"), otherCache("1.0.0"), queue(), labels()],
      withImage("acme/loose", "example.com/helper:1"),
      withImage("acme/pinned", `example.com/helper@${DIGEST}`),
      ...[{ ...queue("1.0.0-rc.1"), name: "acme/next" }, command("tools/run")],
    ]) {
      accepted(await publish(text));
    }
  });
  afterAll(() => registry?.close());

  const publish = async (
    text: RecipeText,
    { by = [key], force = false }: { by?: readonly PrivateKey[]; force?: boolean } = {},
  ): Promise<Reply> => {
    const artifact = buildManifest(recipe(text));
    const statement = { recipe: text.name, version: text.version, digest: artifact.digest };
    const bundles = by.map((signer) => signVersion(statement, signer));
    const path = `/v1/recipes/${text.name}/versions/${text.version}`;
    const body = formatSubmission(buildSubmission(artifact, bundles, { force }));
    return registry.alice.put(path, body as object);
  };

  const cut = (environment: string, body?: object, query = "") =>
    registry.alice.post(`/v1/environments/${environment}/releases${query}`, body);
  const promote = (environment: string, body: object) =>
    registry.alice.post(`/v1/environments/${environment}/promotions`, body);
  const define = (name: string, entries: readonly object[], rules: object = {}) =>
    make(registry.alice, `/v1/environments/${name}`, { entries, rules });
  const redefine = (name: string, entries: readonly object[], rules: object = {}) =>
    change(registry.alice, `/v1/environments/${name}`, { entries, rules });
  const released = async (name: string, entries: readonly object[], rules: object = {}) => {
    await define(name, entries, rules);
    accepted(await cut(name));
  };
  const render = (environment: string, workload: string, type: string, body: object = {}) => {
    const workloads = [{ score: scoreFile(workload, { it: { type } }) }];
    const path = `/v1/environments/${environment}/render`;
    return registry.anyone.post(path, { workloads, target: "compose", ...body });
  };

  describe("refuses to publish", () => {
    test.each<{
      name: string;
      text: RecipeText;
      by?: readonly PrivateKey[];
      status: number;
      code: string;
      lists?: object;
      /** How it is published all the same. */
      remedy?: { text?: RecipeText; by?: readonly PrivateKey[]; force?: boolean };
    }>([
      {
        name: "other content under a published version",
        text: edited(cache("1.0.0"), ["A cache container.", "Another."]),
        ...{ status: 409, code: "publish_conflict" },
      },
      {
        name: "a changed uri, unless forced",
        text: edited(otherCache("1.1.0"), ["template://acme/other-cache", "template://acme/moved"]),
        ...{ status: 422, code: "recipe_uri_changed" },
        lists: { place: { file: "compose.provisioners.yaml", line: 1, path: "uri" } },
        remedy: { force: true },
      },
      {
        name: "a dropped output, unless the major version rises",
        text: droppingHost("1.2.0"),
        ...{ status: 422, code: "recipe_output_dropped" },
        lists: { message: expect.stringContaining("host") },
        remedy: { text: droppingHost("2.0.0") },
      },
      {
        name: "a newly required param, unless the major version rises",
        text: requiringSize("1.2.0"),
        ...{ status: 422, code: "recipe_param_required" },
        lists: { message: expect.stringContaining("size") },
        remedy: { text: requiringSize("3.0.0") },
      },
      {
        name: "cmd:// where the namespace does not allow it",
        text: command("acme/run"),
        ...{ status: 403, code: "publish_commands" },
        lists: { place: { file: "compose.provisioners.yaml", line: 1 } },
        remedy: { text: { ...command("tools/run"), version: "1.1.0" } },
      },
      {
        name: "what a stranger signed",
        text: cache("1.3.0"),
        by: [stranger],
        ...{ status: 403, code: "bundle_signature" },
      },
      {
        name: "what fewer keys signed than the namespace asks for",
        text: { ...queue(), name: "strict/queue" },
        ...{ status: 403, code: "publish_signatures" },
        remedy: { by: [key, second] },
      },
    ])("$name", async ({ text, by, status, code, lists, remedy }) => {
      const before = await registry.anyone.get(`/v1/recipes?q=${text.name.split("/")[1]}`);
      const refusal = (await publish(text, by === undefined ? {} : { by })).json<Refusal>();
      expect(refusal).toMatchObject({ status, code });
      if (lists !== undefined) {
        expect(refusal.problems).toContainEqual(expect.objectContaining({ code, ...lists }));
      }
      const after = await registry.anyone.get(`/v1/recipes?q=${text.name.split("/")[1]}`);
      expect(after.text).toBe(before.text);
      if (remedy === undefined) return;
      expect((await publish(remedy.text ?? text, remedy)).status).toBe(201);
    });

    test("nothing of the same content again: it answers 200 and changes nothing", async () => {
      expect((await publish(cache("1.0.0"))).status).toBe(200);
    });
  });

  describe.each([
    { path: "environments", kind: "environment" },
    { path: "entry-lists", kind: "entry_list" },
  ])("refuses to change one of the $path", ({ path, kind }) => {
    const url = `/v1/${path}/matched`;
    test.each<{ name: string; headers: Call["headers"]; status: number; code: string }>([
      { name: "without If-Match", headers: {}, status: 428, code: "match_required" },
      {
        name: "with another's If-Match",
        headers: { "if-match": `"${DIGEST}"` },
        ...{ status: 412, code: "changed" },
      },
      {
        name: "that should not be there",
        headers: { "if-none-match": "*" },
        ...{ status: 412, code: "exists" },
      },
    ])("$name", async ({ headers, status, code }) => {
      const { alice } = registry;
      const first = { entries: [CACHE] };
      if ((await alice.get(url)).status === 404) await make(alice, url, first);
      const before = accepted(await alice.get(url));
      const changed = await alice.put(url, { entries: [QUEUE] }, headers);
      expect(changed.json()).toMatchObject({ status, code: `${kind}_${code}` });
      expect((await alice.get(url)).text).toBe(before.text);
    });
  });

  describe("refuses at once", () => {
    /** One is made, each of the others is told why it is not. */
    function expectOneMade(replies: readonly Reply[], actor: string): void {
      expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
      for (const reply of replies.filter(({ status }) => status === 409)) {
        const refusal = reply.json<Refusal>();
        expect(refusal).toMatchObject({ code: "release_changed", hint: expect.any(String) });
        expect([`release 2 was cut by ${actor}`, "its newest release is 2"]).toContain(
          refusal.detail.split("meanwhile: ")[1],
        );
      }
    }

    test("several cuts but one", async () => {
      await released("cuts", [CACHE]);
      await redefine("cuts", [CACHE, QUEUE]);
      const cuts = [1, 2, 3, 4].map(() => cut("cuts", { previous: 1 }));
      expectOneMade(await Promise.all(cuts), "alice");
    });

    test("several promotions but one", async () => {
      await released("source", [CACHE]);
      await released("sink", [{ ...CACHE, range: "1.0.0" }]);
      await redefine("sink", [CACHE], { promotesFrom: ["source"] });
      const body = { from: "source", previous: 1 };
      const promotions = [1, 2, 3, 4].map(() => promote("sink", body));
      expectOneMade(await Promise.all(promotions), "alice");
    });
  });

  test("shows the files of private recipes in previews to whom they are shown elsewhere", async () => {
    const { alice, anyone } = registry;
    await makeNamespace(alice, "inner", [key], { visibility: "private" });
    const inner = (version: string): RecipeText => ({ ...cache(version), name: "inner/cache" });
    accepted(await publish(inner("1.0.0")));
    await released("private", [{ recipe: "inner/cache", range: "^1.0.0" }]);
    accepted(await publish(inner("1.1.0")));
    for (const [who, shown] of [
      [alice, true],
      [anyone, false],
    ] as const) {
      const preview = accepted(await who.post("/v1/environments/private/releases?preview=true"));
      const [change] = preview.json<{ changes: { change: string; diff?: object }[] }>().changes;
      expect([change?.change, change?.diff !== undefined]).toEqual(["changed", shown]);
    }
  });

  describe("refuses to cut or promote", () => {
    test("the removal of what workloads use, unless forced, and lists them", async () => {
      await released("removal", [CACHE, QUEUE]);
      for (const workload of ["api", "web"]) {
        accepted(await render("removal", workload, "cache", { project: "shop" }));
      }
      await redefine("removal", [QUEUE]);
      const refusal = (await cut("removal")).json<Refusal>();
      expect(refusal).toMatchObject({ status: 409, code: "entry_in_use" });
      expect(refusal.problems?.map(({ code, place }) => [code, place?.workload])).toEqual([
        ["entry_in_use", "api"],
        ["entry_in_use", "web"],
      ]);
      expect(refusal.problems?.[0]?.message).toContain("project shop");
      expect(refusal.problems?.[0]?.message).toContain("cache.default#api.it");
      const preview = await cut("removal", undefined, "?preview=true");
      expect(preview.json()).toMatchObject({ conflicts: refusal.problems });
      expect((await cut("removal", { force: true })).json()).toMatchObject({
        ...{ status: "current", release: { number: 2, forced: true } },
        warnings: expect.arrayContaining([...(refusal.problems ?? [])]),
      });
    });

    test("another uri for stored resources, unless each is marked as replaced", async () => {
      await released("moved", [CACHE, OTHER_CACHE]);
      for (const workload of ["api", "web"]) {
        accepted(await render("moved", workload, "cache", { project: "shop" }));
      }
      const state = () => registry.anyone.get("/v1/projects/shop/environments/moved/state");
      const before = await state();
      await redefine("moved", [OTHER_CACHE, CACHE]);
      const refusal = (await cut("moved", { force: true })).json<Refusal>();
      expect(refusal).toMatchObject({ status: 409, code: "uri_in_use" });
      const resources = ["cache.default#api.it", "cache.default#web.it"];
      expect(refusal.problems?.map(({ code, place }) => [code, place?.workload])).toEqual([
        ["uri_in_use", "api"],
        ["uri_in_use", "web"],
      ]);
      for (const [index, resource] of resources.entries()) {
        expect(refusal.problems?.[index]?.message).toContain(resource);
      }
      const [one, other] = resources.map((resource) => ({ project: "shop", resource }));
      const half = (await cut("moved", { replace: [one] })).json<Refusal>();
      expect(half.problems?.map(({ place }) => place?.workload)).toEqual(["web"]);
      expect((await state()).text).toBe(before.text);

      const replaced = await cut("moved", { replace: [one, other] });
      expect(replaced.json()).toMatchObject({ status: "current", release: { number: 2 } });
      expect((await state()).text).not.toContain("template://acme/cache");
      const again = accepted(await render("moved", "api", "cache", { project: "shop" }));
      expect(again.json()).toMatchObject({
        resources: expect.arrayContaining([
          expect.objectContaining({ provisioner: "template://acme/other-cache" }),
        ]),
      });
    });

    test("a promotion of a version that the environment's range does not take", async () => {
      await released("newest", [CACHE, QUEUE]);
      await released("oldest", [QUEUE, { ...CACHE, range: "1.0.0" }]);
      const refusal = (await promote("oldest", { from: "newest" })).json<Refusal>();
      expect(refusal).toMatchObject({ status: 409, code: "promotion_range" });
      expect(refusal.problems).toEqual([
        expect.objectContaining({ code: "promotion_range", place: { path: "entries.1" } }),
      ]);
    });

    test("what the environments before it have not got, unless forced", async () => {
      await released("tested", [{ ...CACHE, range: "1.0.0" }]);
      await define("untested", [CACHE], { promotesFrom: ["tested"] });
      const refusal = (await cut("untested")).json<Refusal>();
      expect(refusal).toMatchObject({ status: 409, code: "release_not_promoted" });
      expect((await cut("untested", { force: true })).status).toBe(201);
    });

    test("a release that waits: it is promoted by nobody, and served to nobody", async () => {
      await define("guarded", [CACHE], { approvals: 1 });
      expect((await cut("guarded")).json()).toMatchObject({ status: "waiting" });
      await released("behind", [CACHE]);
      for (const [release, status, code] of [
        [1, 409, "release_waiting"],
        [undefined, 404, "release_none"],
      ]) {
        const refused = await promote("behind", { from: "guarded", release });
        expect(refused.json()).toMatchObject({ status, code });
        const body = release === undefined ? {} : { release };
        expect((await render("guarded", "api", "cache", body)).json()).toMatchObject({
          ...{ status, code },
        });
      }
    });
  });

  describe("refuses to approve what came to be in use meanwhile, until a new cut says so:", () => {
    test.each([
      {
        name: "stored resources under another uri",
        next: [OTHER_CACHE, CACHE],
        code: "uri_in_use",
        override: { replace: [{ project: "shop", resource: "cache.default#api.it" }] },
      },
      {
        name: "entries that are removed",
        next: [QUEUE],
        ...{ code: "entry_in_use", override: { force: true } },
      },
    ])("$name", async ({ next, code, override }) => {
      const name = `late-${code.replaceAll("_", "-")}`;
      await released(name, [CACHE, OTHER_CACHE]);
      await redefine(name, next, { approvals: 1 });
      expect((await cut(name)).json()).toMatchObject({ status: "waiting" });
      accepted(await render(name, "api", "cache", { project: "shop" }));
      const approve = (number: number) =>
        registry.bob.post(`/v1/environments/${name}/releases/${number}/approvals`);
      const refusal = (await approve(2)).json<Refusal>();
      expect(refusal).toMatchObject({ status: 409, code });
      expect(refusal.problems?.map(({ place }) => place?.workload)).toEqual(["api"]);

      const again = await cut(name, override);
      expect([again.status, again.json()]).toMatchObject([
        201,
        { status: "waiting", release: { number: 3 } },
      ]);
      expect((await cut(name, override)).json()).toMatchObject({ unchanged: true });
      expect((await approve(3)).json()).toMatchObject({ current: true });
    });
  });

  describe("holds an environment to its rule", () => {
    test.each<{
      rule: string;
      entry: object;
      breaks: object;
      code: string;
      message: string;
      keeps: object;
    }>([
      {
        rule: "namespaces",
        entry: CACHE,
        breaks: { namespaces: ["tools"] },
        ...{ code: "recipe_unresolved", message: "no recipes of 'acme'" },
        keeps: { namespaces: ["acme"] },
      },
      {
        rule: "signers",
        entry: CACHE,
        breaks: { signers: [second.publicKey.fingerprint] },
        ...{ code: "recipe_unresolved", message: "signed by 0 of the 1 keys" },
        keeps: { signers: [key.publicKey.fingerprint] },
      },
      {
        rule: "signatures",
        entry: CACHE,
        breaks: { signatures: 2 },
        ...{ code: "recipe_unresolved", message: "signed by 1 of the 2 keys" },
        keeps: { signatures: 1 },
      },
      {
        rule: "prereleases",
        entry: { recipe: "acme/next", range: "*" },
        breaks: {},
        ...{ code: "recipe_unresolved", message: "1.0.0-rc.1" },
        keeps: { prereleases: true },
      },
      {
        rule: "commands",
        entry: { recipe: "tools/run", range: "1.0.0" },
        breaks: {},
        ...{ code: "rule_commands", message: "cmd://python" },
        keeps: { commands: true },
      },
      {
        rule: "imagesByDigest",
        entry: { recipe: "acme/loose", range: "1.0.0" },
        breaks: { imagesByDigest: true },
        ...{ code: "rule_image_digest", message: "example.com/helper:1" },
        keeps: {},
      },
    ])("$rule", async ({ rule, entry, breaks, code, message, keeps }) => {
      const name = `rule-${rule.toLowerCase()}`;
      await define(name, [entry], breaks);
      const refusal = (await cut(name)).json<Refusal>();
      expect(refusal).toMatchObject({ status: 409, code });
      expect(refusal.problems).toEqual([
        expect.objectContaining({
          ...{ code, message: expect.stringContaining(message), place: { path: "entries.0" } },
        }),
      ]);
      await redefine(name, [entry], keeps);
      expect((await cut(name)).status).toBe(201);
    });

    test("imagesByDigest, also where a workload names the image", async () => {
      await released("images", [{ recipe: "acme/pinned", range: "1.0.0" }], {
        imagesByDigest: true,
      });
      const score = (image: string) =>
        scoreFile("api", { helper: { type: "helper" } }).replace("example.com/app:1", image);
      const ask = (image: string) =>
        render("images", "api", "helper", { workloads: [{ score: score(image) }], project: "p" });
      const refusal = (await ask("example.com/app:1")).json<Refusal>();
      expect(refusal).toMatchObject({ status: 422, code: "render_image_digest" });
      expect(refusal.problems).toEqual([
        expect.objectContaining({ message: expect.stringContaining("example.com/app:1") }),
      ]);
      const kept = await registry.anyone.get("/v1/projects/p/environments/images/state");
      expect(kept.status).toBe(404);
      expect((await ask(`example.com/app@${DIGEST}`)).status).toBe(200);
    });

    test("approvals, by as many others as it says", async () => {
      const { alice, bob } = registry;
      await define("approved", [CACHE], { approvals: 2 });
      accepted(await cut("approved"));
      const approve = (by: typeof alice) =>
        by.post("/v1/environments/approved/releases/1/approvals");
      expect((await approve(alice)).json()).toMatchObject({ status: 409, code: "approval_own" });
      for (const _ of [1, 2]) {
        expect((await approve(bob)).json()).toMatchObject({
          ...{ needed: 2, current: false, given: [{ actor: "bob" }] },
        });
      }
    });
  });
});
