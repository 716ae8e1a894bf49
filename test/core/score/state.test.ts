import { describe, expect, test } from "vitest";
import { MAX_DATA_PATH_PARTS } from "../../../src/core/codec/data-path.js";
import { MAX_YAML_DEPTH, parseYaml } from "../../../src/core/codec/yaml.js";
import type { DataMap } from "../../../src/core/gotemplate/value.js";
import { loadWorkloads } from "../../../src/core/score/load.js";
import type { ProjectState } from "../../../src/core/score/project-state.js";
import { emptyState, formatState, parseState } from "../../../src/core/score/state.js";

const COMPOSE = `workloads:
  app:
    spec:
      apiVersion: score.dev/v1b1
      containers:
        main:
          args:
            - $$x
          before:
            side:
              ready: started
          files:
            /a:
              content: ""
              noExpand: false
          image: .
          livenessProbe:
            exec:
              command: []
          resources:
            limits: {}
          variables:
            A: "1"
        side:
          image: s:1
      metadata:
        name: app
        when: 2024-01-02T00:00:00Z
      resources:
        db:
          params:
            list:
              - 1
              - null
          type: pg
      service: {}
    file: inputs/score.yaml
    build_configs:
      main:
        context: ./src
        args:
          B: null
          A: "1"
resources:
  pg.default#app.db:
    guid: 00000000-0000-4000-0000-000000000000
    type: pg
    class: default
    id: app.db
    metadata: {}
    params:
      list:
        - 1
        - null
    source_workload: app
    provisioner: template://x/pg
    state:
      password: "0123"
    outputs:
      port: 5432
shared_state: {}
compose_project: proj
mounts_directory: .score-compose/mounts
patching_templates:
  - |
    - {op: delete, path: a}
`;

const K8S = `workloads:
  app:
    spec:
      apiVersion: score.dev/v1b1
      containers:
        main:
          image: i
      metadata:
        name: app
    instance_suffix: -938cb7896b
resources: {}
shared_state:
  count: 1
patching_templates: []
`;

test.each([
  { target: "compose", text: COMPOSE },
  { target: "k8s", text: K8S },
] as const)("$target: what is read is written as it was", ({ target, text }) => {
  expect(formatState(parseState(text, target), target)).toBe(text);
});

test("numbers where text belongs are the text that stands there", () => {
  const text = K8S.replace("image: i", "image: 007").replace("count: 1", "count: 007");
  const state = parseState(text, "k8s");
  expect(state.workloads.get("app")?.spec.containers.get("main")?.image).toBe("007");
  expect(state.sharedState.get("count")).toBe(7n);
});

test("null is left out of lists of texts, and an empty suffix counts as none", () => {
  const text = K8S.replace("image: i", "image: i\n          args: [a, ~, b]")
    .replace(/patching_templates:.*/s, "patching_templates: [~]\n")
    .replace(/instance_suffix: .*/, 'instance_suffix: ""');
  const { workloads, patchingTemplates } = parseState(text, "k8s");
  const app = workloads.get("app");
  expect(app?.spec.containers.get("main")?.args).toEqual(["a", "b"]);
  expect(app?.instanceSuffix).toBeUndefined();
  expect(patchingTemplates).toEqual([]);
});

test("20,000 numbers where text belongs take no time", () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => `\n            K${i}: ${i}`).join("");
  const text = K8S.replace("image: i", `image: i\n          variables:${lines}`);
  const start = performance.now();
  const state = parseState(text, "k8s");
  const { variables } = state.workloads.get("app")?.spec.containers.get("main") ?? {};
  expect(variables?.get("K19999")).toBe("19999");
  expect(performance.now() - start).toBeLessThan(3_000);
});

test("what a render accepts reads back, however deep it stands", () => {
  const nested = (depth: number): string => `${"{a: ".repeat(depth)}x${"}".repeat(depth)}`;
  const path = `metadata${".a".repeat(MAX_DATA_PATH_PARTS - 1)}`;
  const [app] = loadWorkloads(
    [
      {
        path: "score.yaml",
        text: `apiVersion: score.dev/v1b1
metadata: {name: app}
containers: {main: {image: i}}
resources: {db: {type: pg, params: ${nested(196)}}}
`,
        overrideProperties: [`${path}=${nested(MAX_YAML_DEPTH)}`],
      },
    ],
    "compose",
  );
  if (app === undefined) return expect.unreachable();
  const state: ProjectState = {
    ...emptyState("compose"),
    workloads: new Map([["app", { spec: app.workload }]]),
    resources: new Map([
      [
        "pg.default#app.db",
        {
          guid: "00000000-0000-4000-0000-000000000000",
          type: "pg",
          class: "default",
          id: "app.db",
          metadata: new Map(),
          params: app.workload.resources?.get("db")?.params as DataMap,
          sourceWorkload: "app",
          provisioner: "template://x/pg",
          state: parseYaml(nested(198)).value as DataMap,
        },
      ],
    ]),
    sharedState: parseYaml(nested(MAX_YAML_DEPTH)).value as DataMap,
  };
  const text = formatState(state, "compose");
  expect(formatState(parseState(text, "compose"), "compose")).toBe(text);
});

test("an empty project", () => {
  const state = emptyState("compose", { composeProject: "p" });
  expect(formatState(state, "compose")).toBe(
    "workloads: {}\nresources: {}\nshared_state: {}\ncompose_project: p\nmounts_directory: .score-compose/mounts\npatching_templates: []\n",
  );
  expect(parseState("", "k8s")).toEqual(emptyState("k8s"));
});

describe("refuses", () => {
  test.each([
    { name: "no YAML", text: "workloads: [", line: 1 },
    { name: "an unknown key", text: K8S.replace("shared_state:", "shared:"), line: 12 },
    {
      name: "an unknown key in a workload",
      text: K8S.replace("instance_suffix", "suffix"),
      line: 10,
    },
    { name: "an unknown key in a spec", text: K8S.replace("image: i", "imag: i"), line: 7 },
    { name: "the state of the other target", text: `${K8S}compose_project: p\n`, line: 15 },
    {
      name: "a list where a map belongs",
      text: K8S.replace("resources: {}", "resources: []"),
      line: 11,
    },
    { name: "a map where text belongs", text: K8S.replace("image: i", "image: {}"), line: 7 },
    { name: "a list", text: "- a\n", line: 1 },
  ])("$name", ({ text, line }) => {
    expect(() => parseState(text, "k8s", { file: "state.yaml" })).toThrow(
      expect.objectContaining({
        code: "score_state",
        place: expect.objectContaining({ file: "state.yaml", line }),
      }),
    );
  });
});
