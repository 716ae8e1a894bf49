import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonValue } from "../../src/core/codec/canonical-json.js";
import { openRecord } from "../../src/core/trust/record.js";
import { getBlobs } from "../../src/store/blobs.js";
import { readLogHead, readLogLeaves } from "../../src/store/log.js";
import { listUsesInForce, recordUsage } from "../../src/store/usage.js";
import { ask, define, type ReleaseJson, refusalOf } from "../helpers/environments.js";
import { cache, labels, type RecipeText, scoreFile, startWith } from "../helpers/recipes.js";
import { askRender, passwordsIn, rendered } from "../helpers/rendering.js";
import type { TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

/** Serves the type of `acme/cache` under another uri. */
const otherCache = (uri = "template://acme/other-cache"): RecipeText => ({
  name: "acme/other-cache",
  version: "1.0.0",
  files: {
    "compose.provisioners.yaml": `- uri: ${uri}
  type: cache
  outputs: |
    host: elsewhere
`,
  },
});
/** Serves it under the very uri of `acme/cache`. */
const twin: RecipeText = {
  ...otherCache("template://acme/cache"),
  name: "acme/twin",
};
const CACHE = { recipe: "acme/cache", range: "1.0.0", target: "compose" };
const web = {
  score: scoreFile("web", { store: { type: "cache" }, shared: { type: "cache", id: "shared" } }),
};

describe.each(STORES)("a release and what uses the environment, on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startWith(kind, [cache("1.0.0"), cache("1.1.0"), labels(), otherCache(), twin]);
  });
  afterAll(() => server?.close());

  const cut = (environment: string, body?: JsonValue) => ask(server, environment, "releases", body);
  const preview = async (environment: string) =>
    (await ask(server, environment, "releases", undefined, "?preview=true")).json<ReleaseJson>();
  /** An environment whose release workload `web` of project `shop` uses. */
  const inUse = async (environment: string, entries: JsonValue[] = [CACHE]) => {
    await define(server, environment, entries);
    await cut(environment);
    return rendered(server, environment, { workloads: [web], project: "shop" });
  };

  test("a preview tells whom another version touches, with a diff of the recipe's files", async () => {
    await inUse("touched");
    await define(server, "touched", [{ ...CACHE, range: "1.1.0" }]);
    const { conflicts, touched, changes, digest } = await preview("touched");
    expect({ conflicts, digest }).toEqual({ conflicts: [], digest: null });
    expect(touched).toEqual(
      ["cache.default#shared", "cache.default#web.store"].map((resource) => ({
        project: "shop",
        workload: "web",
        resource,
        before: expect.objectContaining({ name: "acme/cache", version: "1.0.0" }),
        after: expect.objectContaining({ name: "acme/cache", version: "1.1.0" }),
        losesState: false,
      })),
    );
    const files = changes?.[0]?.diff?.files ?? [];
    expect(files.find(({ path }) => path === "compose.provisioners.yaml")?.diff).toMatch(
      /^-.*cache:1\.0\.0\n\+.*cache:1\.1\.0$/m,
    );
    expect((await cut("touched")).status).toBe(201);
  });

  test("an entry that workloads use is not removed, unless forced", async () => {
    await inUse("removed", [CACHE, { recipe: "acme/labels", range: "*" }]);
    await define(server, "removed", []);
    const { conflicts } = await preview("removed");
    const reply = await cut("removed");
    expect(refusalOf(reply)).toEqual({
      status: 409,
      code: "entry_in_use",
      problems: ["entry_in_use", "entry_in_use", "entry_in_use"],
    });
    expect(reply.json()).toMatchObject({ problems: conflicts });
    expect(conflicts?.map(({ message }) => message)).toEqual([
      expect.stringContaining(
        "workload web of project shop uses acme/cache 1.0.0 for cache.default#shared",
      ),
      expect.stringContaining("cache.default#web.store"),
      expect.stringContaining("acme/labels 1.0.0 for patch-template#acme-labels-labels.tpl"),
    ]);
    const before = await server.logSize();
    const forced = await cut("removed", { force: true });
    expect(forced.json()).toMatchObject({
      release: { forced: true },
      warnings: [{ code: "entry_in_use" }, { code: "entry_in_use" }, { code: "entry_in_use" }],
    });
    expect(await server.logSize()).toBe(before + 2);
  });

  test("what was forced away does not stand against the releases after it", async () => {
    await inUse("gone");
    await define(server, "gone", []);
    expect((await cut("gone", { force: true })).status).toBe(201);
    await define(server, "gone", [{ recipe: "acme/labels", range: "*" }]);
    const after = await cut("gone");
    expect([after.status, after.json()]).toMatchObject([201, { release: { number: 3 } }]);
    expect(after.json<ReleaseJson>().release.forced).toBeUndefined();
  });

  test("a resource that lost its state by a mark needs no other mark", async () => {
    await inUse("marked");
    await define(server, "marked", [{ recipe: "acme/other-cache", range: "*" }, CACHE]);
    const mark = (resource: string) => ({ project: "shop", resource });
    const replace = [mark("cache.default#shared"), mark("cache.default#web.store")];
    expect((await cut("marked", { replace })).status).toBe(201);
    await define(server, "marked", [
      { recipe: "acme/other-cache", range: "*" },
      CACHE,
      { recipe: "acme/labels", range: "*" },
    ]);
    expect((await cut("marked")).status).toBe(201);
  });

  test("a narrowing that leaves a use without a provisioner is one that removes it", async () => {
    await inUse("narrowed");
    await define(server, "narrowed", [{ ...CACHE, class: "small" }]);
    expect(refusalOf(await cut("narrowed"))).toMatchObject({ code: "entry_in_use" });
  });

  test("renders without a project count for a month", async () => {
    await define(server, "stateless", [CACHE]);
    await cut("stateless");
    await rendered(server, "stateless", { workloads: [web] });
    await define(server, "stateless", []);
    expect(refusalOf(await cut("stateless"))).toMatchObject({ code: "entry_in_use" });
    server.clock.advance({ hours: 24 * 31 });
    expect((await cut("stateless")).status).toBe(201);
  });

  test("what a project no longer uses may go", async () => {
    await inUse("left");
    const path = "/v1/projects/shop/environments/left/state";
    expect((await server.call(path, { method: "DELETE" })).status).toBeLessThan(300);
    await define(server, "left", []);
    expect((await cut("left")).status).toBe(201);
  });

  test("stored resources keep their uri, unless each is marked as replaced", async () => {
    const first = await inUse("uri");
    await define(server, "uri", [{ recipe: "acme/other-cache", range: "*" }, CACHE]);
    const reply = await cut("uri", { force: true });
    expect(refusalOf(reply)).toEqual({
      status: 409,
      code: "uri_in_use",
      problems: ["uri_in_use", "uri_in_use"],
    });
    expect(reply.json()).toMatchObject({ hint: expect.stringContaining("replace") });
    const mark = (resource: string) => ({ project: "shop", resource });
    const some = await cut("uri", { replace: [mark("cache.default#shared")] });
    expect(refusalOf(some).problems).toEqual(["uri_in_use"]);
    const all = [mark("cache.default#shared"), mark("cache.default#web.store")];
    expect((await cut("uri", { replace: all })).json()).toMatchObject({
      status: "current",
      release: { replace: all },
    });
    // Without the mark's dropping their state, the render would refuse the other provisioner.
    const second = await rendered(server, "uri", { workloads: [web], project: "shop" });
    expect(second.resources.map(({ outputs }) => outputs)).toEqual([
      { host: "elsewhere" },
      { host: "elsewhere" },
    ]);
    expect(passwordsIn(first)).not.toEqual([]);
    expect(passwordsIn(second)).toEqual([]);
  });

  test("another recipe under the same uri keeps the state; that the entry goes has to be forced", async () => {
    await inUse("twin");
    await define(server, "twin", [{ recipe: "acme/twin", range: "*" }]);
    expect(refusalOf(await cut("twin"))).toMatchObject({ code: "entry_in_use" });
    expect((await cut("twin", { force: true })).status).toBe(201);
    const reply = await askRender(server, "twin", { workloads: [web], project: "shop" });
    expect(reply.status).toBe(200);
  });

  test("of very many uses that break, the first thousand are listed and logged", async () => {
    await inUse("busy");
    const { db, now } = server.registry;
    const [used] = await listUsesInForce(db, "busy", now());
    if (used === undefined) throw new Error("nothing is used");
    const { target: _, ...use } = used;
    const at = { firstUsedAt: now(), lastUsedAt: now() };
    const rows = Array.from({ length: 1200 }, (__, i) => ({
      ...{ ...use, ...at, environment: "busy", workload: `w${i}` },
      ...{ actor: "ann", renders: 1, current: true },
    }));
    await db.transaction((tx) => recordUsage(tx, rows));
    await define(server, "busy", []);
    const shown = await preview("busy");
    expect(shown.conflicts).toHaveLength(1000);
    expect(shown).toMatchObject({ conflictsTotal: 1202, touchedTotal: 1202 });
    const refused = await cut("busy");
    expect(refusalOf(refused).problems).toHaveLength(1000);
    expect(refused.json<{ detail: string }>().detail).toContain("(and 1201 more)");
    const forced = (await cut("busy", { force: true })).json<ReleaseJson>();
    expect(forced.warnings).toHaveLength(1000);
    const { size } = await readLogHead(db);
    const [leaf] = await readLogLeaves(db, size - 1, size);
    const envelope = (await getBlobs(db, [leaf?.envelope ?? ""])).get(leaf?.envelope ?? "");
    const record = await openRecord(
      new TextDecoder().decode(envelope),
      server.registry.keys.release.publicKey,
    );
    expect(record).toMatchObject({ kind: "forced", details: { overriddenTotal: 1202 } });
    expect(record.details.overridden).toHaveLength(1000);
  });

  test.each([
    [{ replace: [{ project: "shop" }] }, 400, "http_request_invalid"],
    [{ replace: [{ project: "", resource: "cache.default#shared" }] }, 400, "http_request_invalid"],
    [{ replace: [{ project: "shop", resource: "" }] }, 400, "http_request_invalid"],
    [{ replace: [{ project: "shop", resource: "cache.default#nosuch" }] }, 409, "release_replace"],
    [
      { replace: [{ project: "nosuch", resource: "cache.default#shared" }] },
      409,
      "release_replace",
    ],
    [{ replaced: [] }, 400, "http_request_invalid"],
    [{ previous: -1 }, 400, "http_request_invalid"],
    [{ previous: "1" }, 400, "http_request_invalid"],
  ])("what is asked amiss is refused, and said: %j", async (body, status, code) => {
    await inUse("marks");
    const reply = await cut("marks", body);
    expect(refusalOf(reply)).toMatchObject({ status, code });
    // Not of the body that may be left out.
    expect(reply.json<{ detail: string }>().detail).not.toContain("must be null");
  });
});
