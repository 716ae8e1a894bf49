import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sha256Digest } from "../../src/core/codec/digest.js";
import { ask, define, refusalOf } from "../helpers/environments.js";
import { cache, labels, queue, release, scoreFile, startWith } from "../helpers/recipes.js";
import { rendered } from "../helpers/rendering.js";
import type { TestServer } from "../helpers/server.js";
import { STORES } from "../helpers/stores.js";

interface UsageJson {
  readonly workload: string;
  readonly resource: string;
  readonly version: string;
  readonly actor: string;
  readonly renders: number;
}

interface ReportJson {
  readonly release: { readonly number: number };
  readonly recorded: readonly { readonly workload: string; readonly resource: string }[];
  readonly unmatched: readonly { readonly resource: string; readonly code: string }[];
}

const CACHE = "template://acme/cache";
const uses = (name: string, ...resources: string[]) => ({
  name,
  resources: resources.map((one) => ({
    resource: `cache.default#${name}.${one}`,
    provisioner: CACHE,
  })),
});

describe.each(STORES)("a report on $name", (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startWith(kind, [cache("1.0.0"), cache("1.1.0"), queue(), labels()]);
    await release(server, "one", [
      { recipe: "acme/cache", range: "1.0.0" },
      { recipe: "acme/queue", range: "*" },
      { recipe: "acme/labels", range: "*" },
    ]);
  });
  afterAll(() => server?.close());

  const send = (body: object) =>
    server.admin("/v1/usage/reports", {
      method: "POST",
      body: { environment: "one", target: "compose", workloads: [], ...body },
    });
  const reported = async (body: object) => {
    const reply = await send(body);
    if (reply.status !== 200) throw new Error(`${reply.status}: ${reply.text}`);
    return reply.json<ReportJson>();
  };
  const find = async (query: string) =>
    (await server.call(`/v1/usage?${query}`)).json<{ usage: UsageJson[] }>().usage;

  test("records what the release bears out, under the name of who reports", async () => {
    const answer = await reported({ workloads: [uses("loner", "aa", "aa", "bb")] });
    expect(answer).toMatchObject({
      release: { number: 1 },
      recorded: [
        { workload: "loner", resource: "cache.default#loner.aa", recipe: "acme/cache" },
        { workload: "loner", resource: "cache.default#loner.bb", version: "1.0.0" },
      ],
      unmatched: [],
    });
    await reported({ workloads: [uses("loner", "aa")] });
    expect(await find("workload=loner")).toMatchObject([
      { resource: "cache.default#loner.aa", actor: "admin", renders: 2 },
      { resource: "cache.default#loner.bb", actor: "admin", renders: 1 },
    ]);
  });

  test("tells what the release does not bear out, and why, and records none of it", async () => {
    const text = labels().files["labels.compose.tpl"] ?? "";
    const resources = [
      ["cache.default#odd.a", "template://acme/other", "report_provisioner"],
      ["cache.default#odd.b", "template://acme/queue", "report_passed_over"],
      ["queue.fast#odd.c", "template://acme/queue", "report_passed_over"],
      ["nothing.default#odd.d", CACHE, "report_passed_over"],
      ["no uid", CACHE, "report_resource"],
      ["queue.slow#odd.e", "template://acme/queue", undefined],
      ["queue.fast#odd.f", "template://acme/queue-fast", undefined],
    ] as const;
    const answer = await reported({
      workloads: [
        {
          name: "odd",
          resources: resources.map(([resource, provisioner]) => ({ resource, provisioner })),
          patchTemplates: [sha256Digest(text), sha256Digest("mine")],
        },
      ],
    });
    expect(answer.unmatched.map(({ resource, code }) => [resource, code])).toEqual([
      ...resources.flatMap(([resource, , code]) => (code === undefined ? [] : [[resource, code]])),
      [sha256Digest("mine"), "report_patch"],
    ]);
    const recorded = [
      "patch-template#acme-labels-labels.tpl",
      "queue.fast#odd.f",
      "queue.slow#odd.e",
    ];
    expect(answer.recorded.map(({ resource }) => resource).sort()).toEqual(recorded);
    expect((await find("workload=odd")).map(({ resource }) => resource).sort()).toEqual(recorded);
  });

  test("stands for its whole project: what it no longer says is no longer used", async () => {
    const project = "whole";
    await reported({ project, workloads: [uses("web", "aa", "bb"), uses("api", "aa")] });
    expect(await find(`project=${project}`)).toHaveLength(3);
    // The clock stands still: the order of reports counts, not the time.
    await reported({ project, workloads: [uses("web", "bb")] });
    expect(await find(`project=${project}`)).toMatchObject([{ resource: "cache.default#web.bb" }]);
    await reported({ project, workloads: [] });
    expect(await find(`project=${project}`)).toEqual([]);
  });

  test("at once with others leaves the records of exactly one", async () => {
    const project = "crowd";
    const names = ["aa", "bb", "cc", "dd", "ee"];
    await Promise.all(names.map((name) => reported({ project, workloads: [uses("web", name)] })));
    expect(await find(`project=${project}`)).toHaveLength(1);
  });

  test("is refused for a project that is rendered here, and gives way to its first render", async () => {
    const project = "moving";
    await reported({ project, workloads: [uses("web", "aa"), uses("old", "aa")] });
    const score = scoreFile("web", { aa: { type: "cache" } });
    await rendered(server, "one", { target: "compose", project, workloads: [{ score }] });
    expect(await find(`project=${project}&recipe=acme/cache`)).toMatchObject([
      { workload: "web", actor: "anonymous" },
    ]);
    const reply = await send({ project, workloads: [uses("web", "aa")] });
    expect(refusalOf(reply)).toMatchObject({ status: 409, code: "report_project" });
    await server.call(`/v1/projects/${project}/environments/one/state`, { method: "DELETE" });
    await reported({ project, workloads: [uses("web", "aa")] });
    expect(await find(`project=${project}`)).toMatchObject([{ actor: "admin" }]);
  });

  test("leaves nothing behind where a render is made at the same time", async () => {
    const score = scoreFile("web", { aa: { type: "cache" } });
    for (const project of ["race-1", "race-2", "race-3", "race-4"]) {
      const body = { project, workloads: [uses("web", "aa"), uses("old", "aa")] };
      const [, reply] = await Promise.all([
        rendered(server, "one", { target: "compose", project, workloads: [{ score }] }),
        send(body),
      ]);
      expect([200, 409]).toContain(reply.status);
      expect(await find(`project=${project}&recipe=acme/cache`)).toMatchObject([
        { workload: "web", actor: "anonymous" },
      ]);
    }
  });

  test("counts against a release that would break what it says, until it says otherwise", async () => {
    const [project, environment] = ["guarded", "guarded"];
    await release(server, environment, [
      { recipe: "acme/cache", range: "1.0.0" },
      { recipe: "acme/queue", range: "*" },
    ]);
    await reported({ environment, project, workloads: [uses("web", "aa")] });
    await define(server, environment, [{ recipe: "acme/queue", range: "*" }]);
    const refused = await ask(server, environment, "releases", {});
    expect(refusalOf(refused)).toMatchObject({ status: 409, code: "entry_in_use" });
    await reported({ environment, project, workloads: [] });
    expect((await ask(server, environment, "releases", {})).status).toBe(201);
    // Of the release that it was rendered with, and of the one that is current.
    const old = await reported({ environment, workloads: [uses("web", "aa")], release: 1 });
    expect(old).toMatchObject({ release: { number: 1 }, recorded: [{ version: "1.0.0" }] });
    const now = await reported({ environment, workloads: [uses("web", "aa")] });
    expect(now.unmatched).toMatchObject([{ code: "report_provisioner" }]);
  });

  test("needs a name", async () => {
    const body = { environment: "one", target: "compose", workloads: [] };
    const reply = await server.call("/v1/usage/reports", { method: "POST", body });
    expect(reply.json()).toMatchObject({ status: 401, code: "http_token_required" });
  });

  const one = (resource: object) => ({ workloads: [{ name: "web", resources: [resource] }] });
  const sound = { resource: "cache.default#web.aa", provisioner: CACHE };
  const invalid = { status: 400, code: "http_request_invalid" };
  test.each([
    {
      name: "an unknown environment",
      body: { environment: "none" },
      refusal: { status: 404, code: "environment_unknown" },
    },
    {
      name: "an unknown release",
      body: { release: 9 },
      refusal: { status: 404, code: "release_unknown" },
    },
    { name: "another target", body: { target: "helm" }, refusal: invalid },
    { name: "an unknown field", body: { params: {} }, refusal: invalid },
    {
      name: "state of a resource",
      body: one({ ...sound, state: { password: "x" } }),
      refusal: invalid,
    },
    { name: "no workloads", body: { workloads: null }, refusal: invalid },
    {
      name: "U+0000 in a resource",
      body: one({ ...sound, resource: "cache.default#\0" }),
      refusal: invalid,
    },
    {
      name: "U+0000 in a workload",
      body: { workloads: [{ name: "\0", resources: [] }] },
      refusal: invalid,
    },
    {
      name: "half of a surrogate pair",
      body: one({ ...sound, resource: "cache.default#\ud800" }),
      refusal: invalid,
    },
    {
      name: "a long resource",
      body: one({ ...sound, resource: `cache.default#${"x".repeat(300)}` }),
      refusal: invalid,
    },
    {
      name: "too many workloads",
      body: { workloads: Array(201).fill(uses("web")) },
      refusal: invalid,
    },
    {
      name: "too many resources",
      body: { workloads: [uses("web", ...Array(1001).fill("a"))] },
      refusal: invalid,
    },
    {
      name: "a digest that is none",
      body: { workloads: [{ ...uses("web"), patchTemplates: ["sha256:x"] }] },
      refusal: invalid,
    },
    {
      name: "a body beyond its limit",
      body: one({ ...sound, provisioner: "x".repeat(1024 * 1024) }),
      refusal: { status: 413, code: "http_body_too_large" },
    },
  ])("is refused with $name", async ({ body, refusal }) => {
    expect(refusalOf(await send(body))).toMatchObject(refusal);
  });

  test("takes the longest names and lists that it may have", async () => {
    const wide = "\u{1f980}";
    const resource = `cache.default#${wide.repeat(286)}`;
    const name = wide.repeat(63);
    const workloads = [{ name, resources: [{ resource, provisioner: CACHE }] }];
    expect((await reported({ project: "p".repeat(63), workloads })).recorded).toHaveLength(1);
    const names = Array.from({ length: 1000 }, (_, i) => `r${i}`);
    const many = [0, 1, 2, 3].map((i) => uses(`many-${i}`, ...names));
    expect((await reported({ project: "many", workloads: many })).recorded).toHaveLength(4000);
  });
});
