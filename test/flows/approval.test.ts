import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonValue } from "../../src/core/codec/canonical-json.js";
import { ask, define, refusalOf } from "../helpers/environments.js";
import {
  cache,
  publishAll,
  queue,
  type RecipeText,
  scoreFile,
  startWith,
} from "../helpers/recipes.js";
import { rendered } from "../helpers/rendering.js";
import type { TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

const entries = (range: string): JsonValue[] => [{ recipe: "acme/queue", range }];
/** Serves the type of `acme/cache` under another uri. */
const otherCache: RecipeText = {
  name: "acme/other-cache",
  version: "1.0.0",
  files: {
    "compose.provisioners.yaml": `- uri: template://acme/other-cache
  type: cache
  outputs: |
    host: elsewhere
`,
  },
};
const CACHE = { recipe: "acme/cache", range: "1.0.0", target: "compose" };

describe.each(STORES)("approvals on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startWith(kind, [queue("1.0.0"), queue("1.1.0"), queue("1.2.0")]);
    await publishAll(server, [cache("1.0.0"), otherCache]);
  });
  afterAll(() => server?.close());

  const cut = (environment: string) => ask(server, environment, "releases");
  const approve = (environment: string, number: number, who?: string, body?: JsonValue) => {
    const path = `/v1/environments/${environment}/releases/${number}/approvals`;
    const options = { method: "POST", ...(body === undefined ? {} : { body }) };
    return who === undefined ? server.admin(path, options) : server.as(who).call(path, options);
  };
  const statusOf = async (environment: string, number: number) =>
    (await server.call(`/v1/environments/${environment}/releases/${number}`)).json<{
      status: string;
    }>().status;
  const standing = async (environment: string) =>
    (await server.call("/v1/environments"))
      .json<{ environments: { name: string }[] }>()
      .environments.find(({ name }) => name === environment);
  const served = (environment: string, query = "") =>
    server.call(`/v1/environments/${environment}/compose/provisioners.yaml${query}`);

  test("a release waits until enough others have approved it", async () => {
    await define(server, "prod", entries("1.0.0"), { approvals: 2 });
    const reply = await cut("prod");
    expect(reply.status).toBe(201);
    expect(reply.json()).toMatchObject({ status: "waiting", release: { number: 1, approvals: 2 } });
    expect((await served("prod")).json()).toMatchObject({ code: "release_none" });
    expect((await served("prod", "?release=1")).json()).toMatchObject({ code: "release_waiting" });
    expect(await statusOf("prod", 1)).toBe("waiting");
    expect(await standing("prod")).toMatchObject({ current: null, waiting: [1] });

    expect(refusalOf(await approve("prod", 1))).toMatchObject({
      status: 409,
      code: "approval_own",
    });
    const before = await server.logSize();
    expect(refusalOf(await approve("prod", 1, "ann", { comment: "looks\0right" }))).toMatchObject({
      status: 400,
      code: "http_request_invalid",
    });
    const first = await approve("prod", 1, "ann", { comment: "looks right" });
    expect(first.json()).toMatchObject({
      needed: 2,
      current: false,
      given: [{ actor: "ann", comment: "looks right" }],
    });
    const again = await approve("prod", 1, "ann");
    expect(again.json()).toMatchObject({ current: false, given: [{ actor: "ann" }] });
    expect(await statusOf("prod", 1)).toBe("waiting");
    const last = await approve("prod", 1, "bob");
    expect(last.json()).toMatchObject({
      current: true,
      given: [{ actor: "ann" }, { actor: "bob" }],
    });
    expect(await standing("prod")).toMatchObject({ current: 1, waiting: [] });
    expect(await server.logSize()).toBe(before + 2);
    expect(await statusOf("prod", 1)).toBe("current");
    expect((await served("prod")).status).toBe(200);
    expect((await served("prod", "?release=1")).status).toBe(200);
    expect(refusalOf(await approve("prod", 1, "cat"))).toMatchObject({
      status: 409,
      code: "release_not_waiting",
    });
  });

  test("the release before is served meanwhile, and a cut again finds the one that waits", async () => {
    await define(server, "meanwhile", entries("1.0.0"));
    await cut("meanwhile");
    await define(server, "meanwhile", entries("1.1.0"), { approvals: 1 });
    const first = await cut("meanwhile");
    expect((await served("meanwhile")).text).toContain("acme/queue 1.0.0");
    const again = await cut("meanwhile");
    expect([again.status, again.json()]).toMatchObject([
      200,
      { unchanged: true, status: "waiting", digest: first.json<{ digest: string }>().digest },
    ]);
  });

  test("one that another overtook is never served", async () => {
    await define(server, "overtaken", entries("1.0.0"), { approvals: 1 });
    await cut("overtaken");
    await define(server, "overtaken", entries("1.1.0"), { approvals: 1 });
    await cut("overtaken");
    expect((await approve("overtaken", 2, "ann")).json()).toMatchObject({ current: true });
    expect(refusalOf(await approve("overtaken", 1, "ann"))).toMatchObject({
      code: "release_not_waiting",
    });
    const list = (await server.call("/v1/environments/overtaken/releases")).json<{
      releases: { number: number; status: string }[];
    }>();
    expect(list.releases.map(({ number, status }) => [number, status])).toEqual([
      [2, "current"],
      [1, "superseded"],
    ]);
    expect(refusalOf(await ask(server, "overtaken", "rollback", { release: 1 }))).toMatchObject({
      code: "release_waiting",
    });
    expect((await served("overtaken", "?release=1")).json()).toMatchObject({
      code: "release_waiting",
      hint: "release 2 became current before it",
    });
  });

  test.each<{ name: string; entries: JsonValue[]; code: string; body: JsonValue }>([
    {
      name: "marked",
      entries: [{ recipe: "acme/other-cache", range: "*" }, CACHE],
      code: "uri_in_use",
      body: { replace: [{ project: "shop", resource: "cache.default#web.store" }] },
    },
    { name: "forced", entries: [], code: "entry_in_use", body: { force: true } },
  ])(
    "what began to be used while a release waited has to be $name: a cut that says so replaces it",
    async ({ name, entries: next, code, body }) => {
      await define(server, name, [CACHE]);
      await cut(name);
      await define(server, name, next, { approvals: 1 });
      expect((await cut(name)).json()).toMatchObject({ status: "waiting", release: { number: 2 } });
      const web = { score: scoreFile("web", { store: { type: "cache" } }) };
      await rendered(server, name, { workloads: [web], project: "shop" });
      expect(refusalOf(await approve(name, 2, "ann"))).toMatchObject({ status: 409, code });

      const again = await ask(server, name, "releases", body);
      expect([again.status, again.json()]).toMatchObject([
        201,
        { unchanged: false, status: "waiting", release: { number: 3 } },
      ]);
      const same = await ask(server, name, "releases", body);
      expect(same.json()).toMatchObject({ unchanged: true, release: { number: 3 } });
      expect((await approve(name, 3, "ann")).json()).toMatchObject({ current: true });
    },
  );

  test("a release that waits is not approved once the rules are others", async () => {
    await define(server, "stricter", entries("1.0.0"), { approvals: 1 });
    await cut("stricter");
    await define(server, "stricter", entries("1.0.0"), { approvals: 2 });
    expect(refusalOf(await approve("stricter", 1, "ann"))).toMatchObject({
      status: 409,
      code: "release_changed",
    });
    expect((await cut("stricter")).json()).toMatchObject({ release: { number: 2, approvals: 2 } });
  });

  test("one that another overtook says so, whoever uses what it takes away", async () => {
    await define(server, "overtaken-in-use", [CACHE]);
    await cut("overtaken-in-use");
    await define(server, "overtaken-in-use", [], { approvals: 1 });
    await cut("overtaken-in-use");
    await define(server, "overtaken-in-use", [CACHE]);
    await cut("overtaken-in-use");
    const web = { score: scoreFile("web", { store: { type: "cache" } }) };
    await rendered(server, "overtaken-in-use", { workloads: [web], project: "shop" });
    expect(refusalOf(await approve("overtaken-in-use", 2, "ann"))).toMatchObject({
      code: "release_not_waiting",
    });
  });

  test("two last approvals at once make one current release", async () => {
    await define(server, "twice", entries("1.0.0"), { approvals: 1 });
    await cut("twice");
    const replies = await Promise.all(["ann", "bob"].map((who) => approve("twice", 1, who)));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await statusOf("twice", 1)).toBe("current");
  });

  test.each([
    ["nowhere", 1, 404, "environment_unknown"],
    ["known", 7, 404, "release_unknown"],
    ["known", 1, 409, "release_not_waiting"],
  ])("of %s %i is %i %s", async (environment, number, status, code) => {
    await define(server, "known", entries("1.0.0"));
    await cut("known");
    expect(refusalOf(await approve(environment, number, "ann"))).toMatchObject({ status, code });
  });

  test("needs a token", async () => {
    const path = "/v1/environments/prod/releases/1/approvals";
    expect((await server.call(path, { method: "POST" })).status).toBe(401);
  });
});
