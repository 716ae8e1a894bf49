import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cache, labels, release, scoreFile, startWith } from "../helpers/recipes.js";
import { passwordsIn, rendered } from "../helpers/rendering.js";
import type { TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

interface UsageJson {
  readonly workload: string;
  readonly resource: string;
  readonly recipe: string;
  readonly version: string;
  readonly release: number;
  readonly project?: string;
  readonly current: boolean;
  readonly renders: number;
  readonly firstUsedAt: string;
  readonly lastUsedAt: string;
}

const asks = (name: string, ...resources: string[]) => ({
  score: scoreFile(name, Object.fromEntries(resources.map((one) => [one, { type: "cache" }]))),
});

describe.each(STORES)("usage on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startWith(kind, [cache("1.0.0"), cache("1.1.0"), labels()]);
    for (const environment of ["one", "two"]) {
      await release(server, environment, [
        { recipe: "acme/cache", range: "1.0.0", target: "compose" },
        { recipe: "acme/labels", range: "*" },
      ]);
    }
  });
  afterAll(() => server?.close());

  const find = async (query: string) =>
    (await server.call(`/v1/usage?${query}`)).json<{ usage: UsageJson[]; next?: string }>();
  const resourcesOf = async (query: string) =>
    (await find(query)).usage.map(({ workload, resource }) => `${workload} ${resource}`);

  test("tells the workloads of a recipe and the recipes of a workload", async () => {
    const project = "told";
    const answer = await rendered(server, "one", {
      workloads: [asks("web", "store"), asks("api", "store", "other")],
      project,
    });
    const byRecipe = await find(`recipe=acme/cache&version=1.0.0&project=${project}`);
    expect(byRecipe.usage.map(({ workload, resource }) => [workload, resource])).toEqual([
      ["api", "cache.default#api.other"],
      ["api", "cache.default#api.store"],
      ["web", "cache.default#web.store"],
    ]);
    const byWorkload = await find(`workload=web&project=${project}`);
    expect(byWorkload.usage).toEqual([
      {
        environment: "one",
        project,
        workload: "web",
        resource: "cache.default#web.store",
        recipe: "acme/cache",
        version: "1.0.0",
        digest: answer.resources[0]?.recipe?.digest,
        release: 1,
        actor: "anonymous",
        firstUsedAt: server.clock.now().toISOString(),
        lastUsedAt: server.clock.now().toISOString(),
        renders: 1,
        current: true,
        logIndex: null,
      },
      expect.objectContaining({
        recipe: "acme/labels",
        resource: "patch-template#acme-labels-labels.tpl",
      }),
    ]);
    expect((await find("recipe=acme/cache&version=1.1.0")).usage).toEqual([]);
    expect((await find("environment=two")).usage).toEqual([]);
    const all = JSON.stringify(await find(""));
    for (const password of passwordsIn(answer)) expect(all).not.toContain(password);
  });

  test("counts renders of a stateless caller, who is named by the token", async () => {
    const body = { workloads: [asks("loner", "store")] };
    await rendered(server, "two", body);
    server.clock.advance({ seconds: 60 });
    await rendered(server, "two", body);
    await server.admin("/v1/environments/two/render", { method: "POST", body });
    const { usage } = await find("workload=loner&recipe=acme/cache");
    expect(usage).toMatchObject([
      { actor: "admin", renders: 1 },
      { actor: "anonymous", renders: 2, lastUsedAt: server.clock.now().toISOString() },
    ]);
    expect(usage.every(({ project }) => project === undefined)).toBe(true);
  });

  test("is touched by a render of a project that changes nothing, whoever renders", async () => {
    const project = "again";
    const body = { workloads: [asks("web", "store")], project };
    const render = async (send: typeof server.call) => {
      server.clock.advance({ seconds: 60 });
      await send("/v1/environments/one/render", { method: "POST", body });
    };
    for (let i = 0; i < 3; i++) await render(server.call);
    const lastUsedAt = server.clock.now().toISOString();
    const query = `project=${project}&recipe=acme/cache`;
    expect((await find(query)).usage).toMatchObject([{ renders: 3, lastUsedAt }]);
    expect((await find(`project=${project}`)).usage).toHaveLength(2);
    await render(server.admin);
    expect((await find(query)).usage).toMatchObject([{ actor: "admin", renders: 1 }]);
    await render(server.call);
    expect((await find(query)).usage).toMatchObject([{ actor: "anonymous", renders: 4 }]);
  });

  test.each([0, 60])("is no longer current after a resource goes, %i s later", async (seconds) => {
    const project = `going-${seconds}`;
    const query = `project=${project}&recipe=acme/cache`;
    await rendered(server, "one", { workloads: [asks("web", "stays", "goes")], project });
    server.clock.advance({ seconds });
    await rendered(server, "one", { workloads: [asks("web", "stays")], project });
    expect(await resourcesOf(query)).toEqual(["web cache.default#web.stays"]);
    server.clock.advance({ seconds });
    await rendered(server, "one", { workloads: [asks("web", "stays", "goes")], project });
    expect(await resourcesOf(query)).toHaveLength(2);
  });

  test("is no longer current after a workload, a state or a version goes", async () => {
    const project = "leaving";
    const query = `project=${project}&recipe=acme/cache`;
    const state = `/v1/projects/${project}/environments/one/state`;
    await rendered(server, "one", { workloads: [asks("web", "aa"), asks("api", "aa")], project });
    const both = (await server.call(state)).text;
    await server.call(`/v1/projects/${project}/environments/one/workloads/api`, {
      method: "DELETE",
    });
    expect(await resourcesOf(query)).toEqual(["web cache.default#web.aa"]);

    const headers = { "content-type": "application/yaml" };
    await server.call(`${state}?target=compose`, { method: "PUT", body: both, headers });
    await rendered(server, "one", { workloads: [], project });
    expect(await resourcesOf(query)).toHaveLength(2);
    const without = "compose_project: one\n";
    await server.call(`${state}?target=compose`, { method: "PUT", body: without, headers });
    expect(await resourcesOf(query)).toEqual([]);

    await rendered(server, "one", { workloads: [asks("web", "aa")], project });
    const etag = (await server.client.findEnvironment("one"))?.etag ?? "";
    const definition = { entries: [{ recipe: "acme/cache", range: "1.1.0", target: "compose" }] };
    await server.client.putEnvironment("one", definition, { ifMatch: etag });
    // The labels go with it, which workloads use.
    await server.admin("/v1/environments/one/releases", { method: "POST", body: { force: true } });
    await rendered(server, "one", { workloads: [], project });
    expect((await find(query)).usage).toMatchObject([{ version: "1.1.0", release: 2 }]);
    expect((await find(`project=${project}&recipe=acme/labels`)).usage).toEqual([]);

    await server.call(state, { method: "DELETE" });
    expect((await find(`project=${project}`)).usage).toEqual([]);
  });

  test("at a time is what was in use then, however long ago the last render was", async () => {
    const project = "history";
    const times: string[] = [];
    const mark = () => {
      server.clock.advance({ hours: 1 });
      times.push(server.clock.now().toISOString());
      server.clock.advance({ hours: 1 });
    };
    mark();
    await rendered(server, "two", { workloads: [asks("web", "first")], project });
    mark();
    await rendered(server, "two", { workloads: [asks("web", "first", "second")], project });
    mark();
    await rendered(server, "two", { workloads: [asks("web", "second")], project });
    mark();
    await server.call(`/v1/projects/${project}/environments/two/state`, { method: "DELETE" });
    mark();
    const at = (time: string) => resourcesOf(`project=${project}&recipe=acme/cache&at=${time}`);
    const [first, second] = ["web cache.default#web.first", "web cache.default#web.second"];
    expect(await Promise.all(times.map(at))).toEqual([[], [first], [first, second], [second], []]);
  });

  test("comes by page", async () => {
    const project = "paged";
    const names = ["aa", "bb", "cc", "dd", "ee"];
    await rendered(server, "two", { workloads: [asks("web", ...names)], project });
    const seen: string[] = [];
    let cursor = "";
    do {
      const page = await find(`project=${project}&recipe=acme/cache&limit=2${cursor}`);
      seen.push(...page.usage.map(({ resource }) => resource));
      cursor = page.next === undefined ? "" : `&cursor=${page.next}`;
    } while (cursor !== "");
    expect(seen).toEqual(names.map((name) => `cache.default#web.${name}`));
  });

  test.each([
    "at=yesterday",
    "at=2031-01-01",
    "recipes=acme/cache",
    "limit=0",
    "limit=-1",
    "limit=501",
    "limit=2147483648",
    "limit=x",
    "cursor=x",
    "cursor=n:s",
    "workload=%00",
  ])("?%s is refused", async (query) => {
    const reply = await server.call(`/v1/usage?${query}`);
    expect(reply.json()).toMatchObject({ status: 400, code: "http_request_invalid" });
  });
});
