import { describe, expect, test } from "vitest";
import { parseYaml } from "../../../src/core/codec/yaml.js";
import { loadWorkloads } from "../../../src/core/score/load.js";
import { sortResources } from "../../../src/core/score/order.js";
import { substituteData } from "../../../src/core/score/placeholders.js";
import { makeGuid, primeResources } from "../../../src/core/score/prime.js";
import type { ProjectState } from "../../../src/core/score/project-state.js";
import { parseResourceUid, resourceUid } from "../../../src/core/score/resource-uid.js";
import { emptyState, formatState, parseState } from "../../../src/core/score/state.js";
import { refusal } from "../../helpers/refusal.js";

/** A state with one workload per entry: its name, and its resources as YAML. */
function project(workloads: Record<string, string>, before = emptyState("k8s")): ProjectState {
  const inputs = Object.entries(workloads).map(([name, resources]) => ({
    path: name,
    text: `apiVersion: score.dev/v1b1\nmetadata: {name: ${name}}\ncontainers: {main: {image: i}}\nresources: ${resources}\n`,
  }));
  const loaded = loadWorkloads(inputs, "k8s").map(
    ({ name, workload }) => [name, { spec: workload }] as const,
  );
  return { ...before, workloads: new Map(loaded) };
}

const zeros = (size: number) => new Uint8Array(size);
const yaml = (text: string) => parseYaml(text).value;

test("guids have the version of a UUID and random variant bits", () => {
  expect(makeGuid(new Uint8Array(16).fill(0xff))).toBe("ffffffff-ffff-4fff-ffff-ffffffffffff");
});

test.each([
  { request: { type: "pg" }, uid: "pg.default#web.db" },
  { request: { type: "pg", class: "big" }, uid: "pg.big#web.db" },
  { request: { type: "pg", id: "a.b" }, uid: "pg.default#a.b" },
])("$uid", ({ request, uid }) => {
  expect(resourceUid("web", "db", request)).toBe(uid);
});

test("uids are split at the first dot and the first sign", () => {
  expect(parseResourceUid("t.c.d#i.j#k")).toEqual({ type: "t", class: "c.d", id: "i.j#k" });
  expect(parseResourceUid("t#c.i")).toBeUndefined();
});

describe("primeResources", () => {
  test("new resources", () => {
    const { resources } = primeResources(
      project({ web: "{db: {type: pg, params: {a: 1}}}" }),
      zeros,
    );
    expect(resources.get("pg.default#web.db")).toEqual({
      guid: "00000000-0000-4000-0000-000000000000",
      type: "pg",
      class: "default",
      id: "web.db",
      metadata: new Map(),
      params: yaml("{a: 1}"),
      sourceWorkload: "web",
      provisioner: "",
      state: new Map(),
    });
  });

  test("remembered ones keep guid, state and outputs, and those nobody asks for stay", () => {
    const first = primeResources(project({ web: "{db: {type: pg}, qu: {type: mq}}" }), zeros);
    const ones = (size: number) => new Uint8Array(size).fill(0x11);
    const second = primeResources(
      project({ web: "{db: {type: pg, params: {a: 1}}}" }, first),
      ones,
    );
    expect([...second.resources.keys()]).toEqual(["pg.default#web.db", "mq.default#web.qu"]);
    expect(second.resources.get("pg.default#web.db")).toMatchObject({
      guid: "00000000-0000-4000-0000-000000000000",
      params: yaml("{a: 1}"),
    });
  });

  const shared = (rest: string) => `{db: {type: pg, id: one${rest}}}`;

  test.each([
    {
      name: "params on the first only",
      a: ", params: {x: 1}",
      b: "",
      params: "{x: 1}",
      source: "aa",
    },
    {
      name: "params on the second only",
      a: "",
      b: ", params: {x: 1}",
      params: "{x: 1}",
      source: "bb",
    },
    {
      name: "equal params move the source",
      a: ", params: {x: 1}",
      b: ", params: {x: 1}",
      params: "{x: 1}",
      source: "bb",
    },
    {
      name: "metadata does not move it",
      a: "",
      b: ", metadata: {x: 1}",
      params: "null",
      source: "aa",
    },
  ])("shared: $name", ({ a, b, params, source }) => {
    const state = primeResources(project({ bb: shared(b), aa: shared(a) }), zeros);
    expect(state.resources.get("pg.default#one")).toMatchObject({
      params: yaml(params),
      sourceWorkload: source,
    });
  });

  test.each([
    { name: "other params", a: ", params: {x: 1}", b: ", params: {x: 2}" },
    { name: "an integer and a float", a: ", params: {x: 1}", b: ", params: {x: 1.0}" },
    { name: "an empty map and a full one", a: ", params: {}", b: ", params: {x: 1}" },
    { name: "other metadata", a: ", metadata: {x: 1}", b: ", metadata: {x: 2}" },
  ])("refuses $name", ({ a, b }) => {
    expect(() => primeResources(project({ aa: shared(a), bb: shared(b) }), zeros)).toThrow(
      expect.objectContaining({ code: "score_resource_conflict" }),
    );
  });
});

describe("params that are remembered", () => {
  const remembered = (workloads: Record<string, string>) =>
    parseState(formatState(project(workloads), "k8s"), "k8s");
  const together = (before: ProjectState, now: Record<string, string>): ProjectState => ({
    ...before,
    workloads: new Map([...before.workloads, ...project(now).workloads]),
  });

  test.each([
    { name: "no map inside", params: "{a: 1, l: [x]}", refused: false },
    { name: "a map inside", params: "{a: {b: 1}}", refused: true },
    { name: "a map inside a list", params: "{a: [{b: 1}]}", refused: true },
  ])("$name are as those of a workload that is given: $refused", ({ params, refused }) => {
    const resources = `{db: {type: pg, id: shared, params: ${params}}}`;
    const state = together(remembered({ api: resources }), { web: resources });
    const prime = () => primeResources(state, zeros);
    if (refused)
      expect(prime).toThrow(expect.objectContaining({ code: "score_resource_conflict" }));
    else expect(prime).not.toThrow();
    const both = remembered({ api: resources, web: resources });
    expect(() => primeResources(both, zeros)).not.toThrow();
  });

  test("have placeholders, but for those in maps inside them", () => {
    const resources = (params: string) => `{aa: {type: xx, params: ${params}}, bb: {type: yy}}`;
    const outside = primeResources(
      remembered({ web: resources('{v: "${resources.bb.o}"}') }),
      zeros,
    );
    expect(sortResources(outside)).toEqual(["yy.default#web.bb", "xx.default#web.aa"]);
    const inside = primeResources(
      remembered({ web: resources('{v: {w: "${resources.bb.o}"}}') }),
      zeros,
    );
    expect(sortResources(inside)).toEqual(["xx.default#web.aa", "yy.default#web.bb"]);
    const params = inside.resources.get("xx.default#web.aa")?.params ?? new Map();
    expect(substituteData(params, () => "!")).toEqual(params);
  });
});

describe("sortResources", () => {
  test("20,000 resources, each needing the next, take no time", () => {
    const entries = Array.from(
      { length: 20_000 },
      (_, i) => `r${i}: {type: tt, params: {p: "\${resources.r${i + 1}.x}"}}`,
    );
    const state = project({ web: `{${entries.join(", ")}, r20000: {type: tt}}` });
    const start = performance.now();
    expect(sortResources(state)[0]).toBe("tt.default#web.r20000");
    expect(performance.now() - start).toBeLessThan(1_500);
  });

  const needs = (...names: string[]) =>
    `params: {p: "${names.map((name) => `\${resources.${name}.x}`).join("")}"}`;

  test("in levels, each by uid", () => {
    const state = project({
      web: `{aa: {type: pg, ${needs("cc", "dd")}}, cc: {type: pg}, dd: {type: pg, ${needs("cc")}}, ab: {type: pg, ${needs("cc")}}}`,
    });
    const names = sortResources(state).map((uid) => uid.slice(-2));
    expect(names).toEqual(["cc", "ab", "dd", "aa"]);
  });

  test("a shared resource with and without dependencies stands twice", () => {
    const state = project({
      aa: "{db: {type: pg, id: one}}",
      bb: `{db: {type: pg, id: one, ${needs("host")}}, host: {type: dns}}`,
    });
    expect(sortResources(state)).toEqual([
      "dns.default#bb.host",
      "pg.default#one",
      "pg.default#one",
    ]);
  });

  test.each([
    { name: "itself", resources: `{aa: {type: pg, ${needs("aa")}}}`, code: "score_resource_cycle" },
    {
      name: "each other",
      resources: `{aa: {type: pg, ${needs("bb")}}, bb: {type: pg, ${needs("aa")}}}`,
      code: "score_resource_cycle",
    },
    {
      name: "nobody",
      resources: `{aa: {type: pg, ${needs("zz")}}}`,
      code: "score_resource_reference",
    },
  ])("refuses params that refer to $name", ({ resources, code }) => {
    expect(() => sortResources(project({ web: resources }))).toThrow(
      expect.objectContaining({ code }),
    );
  });

  test("tells all params that refer to nobody", () => {
    const web = `{aa: {type: pg, ${needs("yy", "zz")}}, bb: {type: pg, ${needs("zz")}}}`;
    const error = refusal(() =>
      sortResources(project({ web, app: `{aa: {type: pg, ${needs("q")}}}` })),
    );
    expect(error.problems.map(({ place }) => `${place?.workload} ${place?.path}`)).toEqual([
      "app resources.aa.params",
      "web resources.aa.params",
      "web resources.aa.params",
      "web resources.bb.params",
    ]);
  });
});
