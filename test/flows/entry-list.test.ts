import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonValue } from "../../src/core/codec/canonical-json.js";
import { ask, define, type ReleaseJson, refusalOf, versionsOf } from "../helpers/environments.js";
import { cache, queue, startWith } from "../helpers/recipes.js";
import type { TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

const QUEUE = { recipe: "acme/queue", range: "^1.0.0" };
const CACHE = { recipe: "acme/cache", range: "^1.0.0" };

describe.each(STORES)("entry lists on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startWith(kind, [cache(), queue("1.0.0"), queue("1.1.0")]);
  });
  afterAll(() => server?.close());

  const put = (name: string, entries: JsonValue, headers: Record<string, string> = {}) =>
    server.admin(`/v1/entry-lists/${name}`, { method: "PUT", body: { entries }, headers });
  const etagOf = async (name: string) =>
    (await server.call(`/v1/entry-lists/${name}`)).headers.etag ?? "";

  test("are shared by environments, which take a change in with their next release", async () => {
    expect((await put("platform", [QUEUE])).status).toBe(201);
    for (const name of ["one", "two"]) {
      await define(server, name, [{ list: "platform" }, CACHE]);
      const reply = await ask(server, name, "releases");
      expect(versionsOf(reply)).toEqual(["acme/queue 1.1.0", "acme/cache 1.0.0"]);
    }
    const before = await etagOf("platform");
    const change = await put("platform", [{ ...QUEUE, range: "1.0.0" }], { "if-match": before });
    expect(change.json()).toMatchObject({ environments: ["one", "two"] });
    const preview = await ask(server, "one", "releases", undefined, "?preview=true");
    expect(versionsOf(preview)).toEqual(["acme/queue 1.0.0", "acme/cache 1.0.0"]);
    const { release } = (await ask(server, "one", "releases")).json<ReleaseJson>();
    expect(release).toMatchObject({
      number: 2,
      lists: { platform: change.headers.etag?.replaceAll('"', "") },
    });
  });

  test("are changed only by who saw what stands; the same again changes nothing", async () => {
    expect((await put("guarded", [QUEUE], { "if-none-match": "*" })).status).toBe(201);
    const before = await server.logSize();
    const etag = await etagOf("guarded");
    for (const [headers, status, code] of [
      [{}, 428, "entry_list_match_required"],
      [{ "if-none-match": "*" }, 412, "entry_list_exists"],
      [{ "if-match": `"sha256:${"0".repeat(64)}"` }, 412, "entry_list_changed"],
      [{ "if-match": "x" }, 400, "http_if_match"],
      [{ "if-none-match": `"x"` }, 400, "http_if_match"],
      [{ "if-match": etag, "if-none-match": "*" }, 422, "http_combination"],
    ] as const) {
      expect(refusalOf(await put("guarded", [CACHE], headers))).toMatchObject({ status, code });
    }
    expect(await server.logSize()).toBe(before);
    expect((await put("guarded", [QUEUE], { "if-match": etag })).status).toBe(200);
    expect(await server.logSize()).toBe(before);
    expect((await put("guarded", [CACHE], { "if-match": etag })).status).toBe(200);
    expect(await server.logSize()).toBe(before + 1);
  });

  test("of several made at once one is there", async () => {
    const replies = await Promise.all(
      [QUEUE, CACHE, QUEUE].map((one) => put("raced", [one], { "if-none-match": "*" })),
    );
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(replies.filter(({ status }) => status === 412)).toHaveLength(2);
  });

  test("that are missing are named by the environment that refers to them", async () => {
    const reply = await server.admin("/v1/environments/lost", {
      method: "PUT",
      body: { entries: [CACHE, { list: "nosuch" }] },
    });
    expect(reply.status).toBe(422);
    expect(reply.json()).toMatchObject({
      code: "environment_definition",
      place: { path: "entries.1.list" },
    });
  });

  test("are listed by pages", async () => {
    for (const name of ["page-a", "page-b"]) await put(name, []);
    const first = (await server.call("/v1/entry-lists?limit=1")).json<{ next: string }>();
    const rest = await server.call(`/v1/entry-lists?cursor=${first.next}&limit=500`);
    const names = rest.json<{ lists: { name: string }[] }>().lists.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["page-a", "page-b"]));
    expect(names).toEqual([...names].sort());
  });

  test.each([
    ["GET", "/v1/entry-lists/nosuch", undefined, 404, "entry_list_unknown"],
    ["PUT", "/v1/entry-lists/bad", { entries: [{ list: "x" }] }, 422, "entry_list_definition"],
    ["PUT", "/v1/entry-lists/1st", { entries: [] }, 400, "entry_list_name"],
    ["PUT", "/v1/entry-lists/Up", { entries: [] }, 400, "http_request_invalid"],
  ])("%s %s is refused", async (method, path, body, status, code) => {
    const reply = await server.admin(path, { method, ...(body === undefined ? {} : { body }) });
    expect(refusalOf(reply)).toMatchObject({ status, code });
  });

  test("need the admin token to be changed", async () => {
    const reply = await server.call("/v1/entry-lists/open", {
      method: "PUT",
      body: { entries: [] },
    });
    expect(reply.status).toBe(401);
  });
});
