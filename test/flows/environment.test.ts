import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startWith } from "../helpers/recipes.js";
import type { TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

const DEFINITION = { entries: [{ recipe: "acme/cache", range: "^1.0.0" }] };

describe.each(STORES)("environments on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startWith(kind, []);
  });
  afterAll(() => server?.close());

  const put = (name: string, body: unknown, headers: Record<string, string> = {}) =>
    server.admin(`/v1/environments/${name}`, { method: "PUT", body, headers });

  test("are made, changed by who saw what stands, and read", async () => {
    const before = await server.logSize();
    const made = await put("first", DEFINITION, { "if-none-match": "*" });
    expect(made.status).toBe(201);
    expect(made.json()).toMatchObject({
      name: "first",
      updatedAt: server.clock.now().toISOString(),
      definition: {
        entries: [{ recipe: "acme/cache", range: "^1.0.0", patches: true }],
        rules: { prereleases: false, signatures: 1 },
      },
    });
    const { etag = "" } = made.headers;
    expect(etag).toMatch(/^"sha256:[0-9a-f]{64}"$/);

    const read = await server.call("/v1/environments/first");
    expect(read.headers.etag).toBe(etag);
    expect(read.json()).toEqual(made.json());

    server.clock.advance({ seconds: 5 });
    const changed = await put("first", { ...DEFINITION, title: "First" }, { "if-match": etag });
    expect(changed.status).toBe(200);
    expect(changed.headers.etag).not.toBe(etag);
    expect(changed.json()).toMatchObject({
      updatedAt: server.clock.now().toISOString(),
      definition: { title: "First" },
    });
    expect(await server.logSize()).toBe(before + 2);
  });

  test("that are put again unchanged add no leaf", async () => {
    const { etag = "" } = (await put("same", DEFINITION)).headers;
    const before = await server.logSize();
    server.clock.advance({ seconds: 5 });
    const again = await put("same", DEFINITION, { "if-match": etag });
    expect(again.status).toBe(200);
    expect(again.headers.etag).toBe(etag);
    expect(await server.logSize()).toBe(before);
  });

  test.each<{ name: string; headers: Record<string, string>; status: number; code: string }>([
    {
      name: "no condition on one that exists",
      headers: {},
      status: 428,
      code: "environment_match_required",
    },
    {
      name: "If-None-Match: * on one that exists",
      headers: { "if-none-match": "*" },
      status: 412,
      code: "environment_exists",
    },
    {
      name: "the wrong If-Match",
      headers: { "if-match": `"sha256:${"0".repeat(64)}"` },
      status: 412,
      code: "environment_changed",
    },
    {
      name: "an If-Match that is no ETag of ours",
      headers: { "if-match": "W/1" },
      status: 400,
      code: "http_if_match",
    },
  ])("$name is $status $code", async ({ headers, status, code }) => {
    await put("conditions", DEFINITION);
    const before = await server.logSize();
    const reply = await put("conditions", { ...DEFINITION, title: "x" }, headers);
    expect({ status: reply.status, ...reply.json<object>() }).toMatchObject({ status, code });
    expect(await server.logSize()).toBe(before);
  });

  test("If-Match on one that is not there is 412", async () => {
    const reply = await put("missing", DEFINITION, { "if-match": `"sha256:${"0".repeat(64)}"` });
    expect({ status: reply.status, ...reply.json<object>() }).toMatchObject({
      status: 412,
      code: "environment_changed",
    });
    expect((await server.call("/v1/environments/missing")).status).toBe(404);
  });

  test("made twice at once are made once", async () => {
    const before = await server.logSize();
    const replies = await Promise.all(
      [1, 2, 3, 4].map((i) =>
        put("race", { ...DEFINITION, title: String(i) }, { "if-none-match": "*" }),
      ),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 412, 412, 412]);
    expect(await server.logSize()).toBe(before + 1);
  });

  test("changed twice at once from one ETag are changed once", async () => {
    const { etag = "" } = (await put("race-change", DEFINITION)).headers;
    const replies = await Promise.all(
      [1, 2, 3, 4].map((i) =>
        put("race-change", { ...DEFINITION, title: String(i) }, { "if-match": etag }),
      ),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
  });

  test.each([
    { name: "an unknown field", body: { ...DEFINITION, entrys: [] }, path: "entrys" },
    {
      name: "an unknown field of an entry",
      body: { entries: [{ recipe: "acme/cache", range: "1", classes: "x" }] },
      path: "entries.0.classes",
    },
    {
      name: "an unknown rule",
      body: { entries: [], rules: { signature: 1 } },
      path: "rules.signature",
    },
    {
      name: "a range that is none",
      body: { entries: [{ recipe: "acme/cache", range: "lots" }] },
      path: "entries.0.range",
    },
    {
      name: "a target that is none",
      body: { entries: [{ recipe: "acme/cache", range: "1", target: "nomad" }] },
      path: "entries.0.target",
    },
    {
      name: "signature threshold 0 (attack 12)",
      body: { entries: [], rules: { signatures: 0 } },
      path: "rules.signatures",
    },
    { name: "text that no database keeps", body: { entries: [], title: "a\0b" }, path: "title" },
    { name: "no entries", body: {}, path: "entries" },
  ])("$name is refused by name", async ({ body, path }) => {
    const reply = await put("faulty", body, { "if-none-match": "*" });
    expect(reply.status).toBe(422);
    const problem = reply.json<{ code: string; problems: { place?: { path?: string } }[] }>();
    expect(problem.code).toBe("environment_definition");
    expect(problem.problems.map(({ place }) => place?.path)).toContain(path);
    expect((await server.call("/v1/environments/faulty")).status).toBe(404);
  });

  test.each([
    ["latest", 400, "environment_name"],
    ["1st", 400, "environment_name"],
    ["Upper", 400, "http_request_invalid"],
    ["a--b", 400, "environment_name"],
    ["..%2fx", 400, "http_request_invalid"],
    ["%d0%b5nv", 400, "http_request_invalid"],
    ["x".repeat(64), 400, "http_request_invalid"],
  ])("cannot be called %s", async (name, status, code) => {
    const reply = await put(name, DEFINITION);
    expect({ status: reply.status, ...reply.json<object>() }).toMatchObject({ status, code });
  });

  test("are listed by page in order of name", async () => {
    for (const name of ["page-a", "page-b", "page-c"]) await put(name, DEFINITION);
    const names: string[] = [];
    let cursor = "";
    do {
      const page = (await server.call(`/v1/environments?limit=2${cursor}`)).json<{
        environments: { name: string }[];
        next?: string;
      }>();
      expect(page.environments.length).toBeLessThanOrEqual(2);
      names.push(...page.environments.map(({ name }) => name));
      cursor = page.next === undefined ? "" : `&cursor=${page.next}`;
    } while (cursor !== "");
    expect(names).toEqual([...names].sort());
    expect(names).toEqual(expect.arrayContaining(["page-a", "page-b", "page-c"]));
    expect(new Set(names).size).toBe(names.length);
  });

  test("need the admin token to change", async () => {
    const reply = await server.call("/v1/environments/open", { method: "PUT", body: DEFINITION });
    expect({ status: reply.status, ...reply.json<object>() }).toMatchObject({
      status: 401,
      code: "http_token_required",
    });
  });
});
