import { describe, expect, test } from "vitest";
import type { Data } from "../../../src/core/gotemplate/value.js";
import { MASK } from "../../../src/core/provision/secrets.js";
import type { Provisioner } from "../../../src/core/recipe/provisioner.js";
import { parseProvisionersFile } from "../../../src/core/recipe/provisioners-file.js";
import type { RenderInput, RenderResult } from "../../../src/core/render/contract.js";
import { renderProject } from "../../../src/core/render/project.js";
import type { Target } from "../../../src/core/score/project-state.js";
import { emptyState, formatState, parseState } from "../../../src/core/score/state.js";
import { countingHost } from "../../helpers/hosts.js";

function entries(text: string, target: Target = "compose"): Provisioner[] {
  return parseProvisionersFile(text, { file: "p.yaml", target });
}

function score(resources = "{}", container = "{image: 'i:1'}"): string {
  return `apiVersion: score.dev/v1b1
metadata: {name: app}
containers: {main: ${container}}
resources: ${resources}
`;
}

function render(change: Partial<RenderInput> & { text?: string } = {}): RenderResult {
  const { text = score(), ...input } = change;
  const target = input.target ?? "compose";
  return renderProject({
    target,
    workloads: [{ path: "score.yaml", text }],
    provisioners: [],
    state: emptyState(target, { composeProject: "p" }),
    host: countingHost(),
    ...input,
  });
}

const PASSWORD = `
- uri: template://acme/db
  type: db
  state: |
    password: {{ dig "password" (randAlphaNum 16) .State | quote }}
  outputs: |
    host: db
    password: {{ .State.password }}
    url: "redis://:{{ .State.password }}@db"
`;

describe("secrets", () => {
  const provisioners = entries(PASSWORD);

  test("are made, kept in the state and masked among the resources", () => {
    const result = render({ provisioners, text: score("{db: {type: db}}") });
    const [use] = result.resources;
    expect(result.secrets).toHaveLength(1);
    expect(formatState(result.state, "compose")).toContain(result.secrets[0]);
    expect(use?.outputs).toEqual(
      new Map([
        ["host", "db"],
        ["password", MASK],
        ["url", MASK],
      ]),
    );
  });

  test("that earlier renders made stay known and masked", () => {
    const first = render({ provisioners, text: score("{db: {type: db}}") });
    const again = render({
      provisioners,
      workloads: [],
      state: first.state,
      knownSecrets: first.secrets,
    });
    expect(again.secrets).toEqual(first.secrets);
    expect(again.resources[0]?.outputs.get("url")).toBe(MASK);
    expect(again.text).toBe(first.text);
  });

  test("that the state no longer holds are forgotten", () => {
    expect(render({ knownSecrets: ["long-gone-secret"] }).secrets).toEqual([]);
  });

  test("are masked where the recipe marks them", () => {
    const marked = entries(`
- uri: template://acme/fixed
  type: db
  outputs: "{token: fixed-token-1, note: 'use fixed-token-1'}"
`).map((entry) => ({ ...entry, secretOutputs: new Set(["token"]) }));
    const result = render({ provisioners: marked, text: score("{db: {type: db}}") });
    expect(result.resources[0]?.outputs).toEqual(
      new Map([
        ["token", MASK],
        ["note", MASK],
      ]),
    );
  });

  test("are masked in errors and their causes", () => {
    const failing = entries(`
- uri: template://acme/db
  type: db
  outputs: "{{ fail .State.password }}"
  state: "password: top-secret-word"
`);
    let caught: unknown;
    try {
      render({
        provisioners: failing,
        text: score("{db: {type: db}}"),
        knownSecrets: ["top-secret-word"],
      });
    } catch (error) {
      caught = error;
    }
    const texts: string[] = [];
    for (let error = caught; error instanceof Error; error = error.cause) {
      texts.push(error.message, error.stack ?? "");
    }
    expect(texts.length).toBeGreaterThan(2);
    expect(texts.join("\n")).not.toContain("top-secret-word");
    expect(texts.join("\n")).toContain(MASK);
  });
});

/** Every text of the error that a render ends with, its causes' included. */
function textsOfFailure(change: Parameters<typeof render>[0]): string {
  const texts: string[] = [];
  let caught: unknown;
  try {
    render(change);
  } catch (error) {
    caught = error;
  }
  for (let error = caught; error instanceof Error; error = error.cause) {
    texts.push(error.message, error.stack ?? "", JSON.stringify(error));
  }
  return texts.join("\n");
}

test.each([
  ["services", "services: '{{ fail \"fixed-token-1\" }}'"],
  ["files", "files: '{{ fail \"fixed-token-1\" }}'"],
  ["info_logs", "info_logs: '{{ fail \"fixed-token-1\" }}'"],
])("outputs that a recipe marks are masked in errors of %s", (_, later) => {
  const provisioners = entries(`
- uri: template://acme/fixed
  type: db
  outputs: "{token: fixed-token-1}"
  ${later}
`).map((entry) => ({ ...entry, secretOutputs: new Set(["token"]) }));
  const texts = textsOfFailure({ provisioners, text: score("{db: {type: db}}") });
  expect(texts).toContain(MASK);
  expect(texts).not.toContain("fixed-token-1");
});

describe("errors of provisioning say where", () => {
  const recipe = { name: "acme/db", version: "1.2.0", digest: "sha256:00" };
  const failing = (body: string): Provisioner[] =>
    parseProvisionersFile(`- uri: template://acme/db\n  type: db\n${body}`, {
      file: "recipe.yaml",
      target: "compose",
      recipe,
    });

  test.each([
    {
      name: "a template that fails",
      body: '  init: ""\n  outputs: |\n    a: 1\n    b: {{ fail "no" }}\n',
      code: "provision_template_exec",
      key: "outputs",
      line: 6,
    },
    {
      name: "a template that does not parse",
      body: "  state: |\n\n    {{ if }}\n",
      code: "provision_template_parse",
      key: "state",
      line: 5,
    },
    {
      name: "output that is no YAML",
      body: "  services: |\n    a: [\n",
      code: "provision_output_yaml",
      key: "services",
      line: 4,
    },
    {
      name: "output of the wrong form",
      body: "  services: '[a]'\n",
      code: "provision_output_form",
      key: "services",
      line: 3,
    },
    {
      name: "a path outside",
      body: "  files: '{../x: a}'\n",
      code: "provision_mount_path",
      key: "files",
    },
  ])("$name", ({ body, code, key, line }) => {
    const context = {
      resource: "db.default#app.db",
      workload: "app",
      provisioner: "template://acme/db",
      recipe,
      templateKey: key,
    };
    const place = expect.objectContaining({ file: "recipe.yaml", ...(line && { line }) });
    expect(() => render({ provisioners: failing(body), text: score("{db: {type: db}}") })).toThrow(
      expect.objectContaining({ code, context, place }),
    );
  });

  test("nothing serves, with the nearest", () => {
    const nearest = { hint: expect.stringContaining("db.big#*") };
    expect(() =>
      render({
        provisioners: failing("  class: big\n"),
        text: score("{db: {type: db}}"),
      }),
    ).toThrow(expect.objectContaining({ code: "provision_no_match", ...nearest }));
  });

  test("a program on the host", () => {
    const provisioners = entries("- {uri: 'cmd://bash', type: db}");
    expect(() => render({ provisioners, text: score("{db: {type: db}}") })).toThrow(
      expect.objectContaining({ code: "provision_command" }),
    );
  });

  test("a template that uses up its budget", () => {
    const provisioners = entries(
      "- {uri: 'template://a/b', type: db, outputs: '{{ range 100000 }}{{ end }}'}",
    );
    const limits = { templateSteps: 1000 };
    expect(() => render({ provisioners, limits, text: score("{db: {type: db}}") })).toThrow(
      expect.objectContaining({ code: "provision_budget" }),
    );
  });

  test("another provisioner than before", () => {
    const first = render({ provisioners: entries(PASSWORD), text: score("{db: {type: db}}") });
    const other = entries("- {uri: 'template://acme/other', type: db}");
    expect(() => render({ provisioners: other, workloads: [], state: first.state })).toThrow(
      expect.objectContaining({ code: "provision_provider_changed" }),
    );
  });
});

test("what comes in stays as it was, whatever templates do to their maps", () => {
  const provisioners = entries(`
- uri: template://acme/db
  type: db
  init: |
    {{ $_ := set .State "n" 9 }}{{ $_ := set .Shared "m" 9 }}{{ $_ := set .Metadata "k" 9 }}
    {{ $_ := set (index .Metadata.map 1) "k" "changed" }}{{ $_ := set (index .Params.map 1) "k" "changed" }}
  state: "n: {{ dig \\"n\\" 0 .State }}"
  shared: "s: 1"
`);
  const maps = "map: {1: {k: 1}}";
  const text = score(`{db: {type: db, metadata: {k: 1, ${maps}}, params: {${maps}}}}`);
  const first = render({ provisioners, text });
  const before = formatState(first.state, "compose");
  render({ provisioners, text, state: first.state });
  expect(formatState(first.state, "compose")).toBe(before);
  expect(before).not.toContain("changed");
});

test.each([
  { name: "stays in the shared state", shared: "", kept: "outputs,init" },
  { name: "is lost where the shared template gives anything", shared: "a: 1", kept: "init" },
])("what the outputs template sets in .Shared $name", ({ shared, kept }) => {
  const provisioners = entries(`
- uri: template://db
  type: db
  init: '{{ $_ := set .Shared "init" 1 }}'
  shared: '${shared}'
  outputs: '{{ $_ := set .Shared "outputs" 1 }}'
`);
  const { state } = render({ provisioners, text: score("{db: {type: db}}") });
  for (const name of ["init", "outputs"]) {
    expect(state.sharedState.has(name)).toBe(kept.split(",").includes(name));
  }
});

test("a null that is a key of an output is empty text", () => {
  const provisioners = entries("- {uri: template://db, type: db, outputs: '{~: a, b: c}'}");
  const { state } = render({ provisioners, text: score("{db: {type: db}}") });
  expect(state.resources.get("db.default#app.db")?.outputs).toEqual(
    new Map([
      ["", "a"],
      ["b", "c"],
    ]),
  );
});

test("of ports with one number the first by name stands under the number", () => {
  const provisioners = entries(
    "- {uri: template://db, type: db, outputs: 'n: {{ (index .WorkloadServices.app.Ports \"80\").Name }}'}",
  );
  const ports = "service: {ports: {web: {port: 80}, admin: {port: 80}}}";
  const { state } = render({ provisioners, text: `${score("{db: {type: db}}")}${ports}\n` });
  expect(state.resources.get("db.default#app.db")?.outputs).toEqual(new Map([["n", "admin"]]));
});

test("inputs that renders share stay as they were, whatever patch templates do to them", () => {
  const resources = "{db: {type: db, params: {map: {key: value}}}}";
  const text = score(resources, "{image: 'i:1', variables: {NAME: value}}").replace(
    "{name: app}",
    "{name: app, annotations: {key: value}, note: {map: {key: value}, 1: {key: value}}}",
  );
  const hostile = [
    "{{- range $name, $spec := .Workloads }}",
    '{{- $_ := set $spec.metadata "name" "other" }}{{ $_ = set $spec.metadata.note.map "key" "changed" }}',
    '{{- $_ = set (index $spec.metadata.note 1) "key" "changed" }}',
    '{{- $_ = set $spec.metadata.annotations "key" "changed" }}',
    '{{- $_ = set $spec.containers.main.variables "NAME" "changed" }}',
    '{{- $_ = set $spec.resources.db.params.map "key" "changed" }}',
    "{{- end }}",
    '{{- $_ := set (index .Compose.services "app-main") "image" "changed" }}',
    "- {op: set, path: services.app-main.init, value: true}",
  ].join("\n");
  const shared = {
    provisioners: entries("- {uri: template://db, type: db, state: 'n: {}', outputs: 'n: {}'}"),
    patchTemplates: [{ name: "hostile.tpl", text: hostile }],
    workloads: [{ path: "score.yaml", text }],
  };
  const fresh = render(shared);
  const before = formatState(fresh.state, "compose");
  const state = parseState(before, "compose");
  const again = [1, 2].map(() => render({ ...shared, state }));
  for (const result of again) {
    expect(result.documents).toEqual(fresh.documents);
    expect(formatState(result.state, "compose")).toBe(before);
  }
  expect(before.split("patching_templates")[0]).not.toContain("changed");
});

test("outputs that were read before read the same, whatever templates did to them", () => {
  const provisioners = entries(`
- uri: template://acme/db
  type: db
  init: "list: [1, {a: b}]"
  state: |
    map: {key: value}
    date: 2024-01-02
  outputs: |
    {{- $_ := set .State.map "key" "changed" }}{{ $_ = set (index .Init.list 1) "a" "changed" }}
    {{- $_ = set .State "more" "changed" }}
    shown: {{ .State.map.key }} {{ index .Init.list 1 "a" }}
  info_logs: |
    - '{{ .Init | toJson }} {{ .State | toJson }}'
`);
  const text = score("{db: {type: db}, more: {type: db}}");
  const fresh = render({ provisioners, text });
  const kept = new Map<string, Data>();
  const again = [1, 2, 3].map(() => render({ provisioners, text, readings: kept }));
  expect(kept.size).toBeGreaterThan(0);
  for (const result of again) {
    expect(result.state).toEqual(fresh.state);
    expect(result.infoLogs).toEqual(fresh.infoLogs);
  }
});

describe("what templates put into the state", () => {
  const setting = (expression: string) =>
    entries(`
- uri: template://acme/db
  type: db
  state: "a: 1"
  outputs: |
    {{ $_ := set .State "x" (${expression}) }}{{ $_ := set .Shared "y" (${expression}) }}a: 1
`);
  const text = score("{db: {type: db}}");

  test.each(["splitList `,` `a,b`", "until 3", "genCA `x` 1", "semver `1.2.3`", "now", "add 1 2"])(
    "by %s is written and read again",
    (expression) => {
      const { state } = render({ provisioners: setting(expression), text });
      const written = formatState(state, "compose");
      expect(formatState(parseState(written, "compose"), "compose")).toBe(written);
    },
  );

  test.each([
    ["itself", ".State"],
    ["one another", "dict `a` (list .Shared .State)"],
    ["too deep", "include"],
  ])("is refused where it is %s", (_, expression) => {
    const provisioners =
      expression === "include"
        ? entries(`
- uri: template://acme/db
  type: db
  outputs: |
    {{ $d := dict }}{{ range until 20000 }}{{ $d = dict "d" $d }}{{ end }}{{ $_ := set .State "x" $d }}a: 1
`)
        : setting(expression);
    expect(() => render({ provisioners, text })).toThrow(
      expect.objectContaining({ code: "provision_output_form" }),
    );
  });
});

test.each([
  ["deep folder", 'directories: \'{{ printf "%s: true" (repeat 257 "a/") }}\''],
  ["long folder", 'directories: \'{{ printf "? %s\\n: true" (repeat 200000 "a/") }}\''],
  ["deep file", 'files: \'{{ printf "%sx: text" (repeat 256 "a/") }}\''],
])("a %s is no path", (_, body) => {
  const provisioners = entries(`
- uri: template://acme/db
  type: db
  ${body}
`);
  expect(() => render({ provisioners, text: score("{db: {type: db}}") })).toThrow(
    expect.objectContaining({ code: "provision_mount_path" }),
  );
});

describe("many secrets, which a search for each would take minutes over, are found", () => {
  const text = score("{db: {type: db}}");

  test("in the state", () => {
    const provisioners = entries(`
- uri: template://acme/db
  type: db
  state: 'l: [{{range until 20000}}"{{randAlphaNum 8}}",{{end}}]'
`);
    expect(render({ provisioners, text }).secrets.length).toBeGreaterThan(10);
  });

  test("in the message of an error", () => {
    const provisioners = entries(`
- uri: template://acme/db
  type: db
  state: '{{range until 60000}}{{$_ := randAlphaNum 8}}{{end}}{{fail (repeat 100000 "abcdefgh ")}}'
`);
    expect(textsOfFailure({ provisioners, text }).length).toBeLessThan(100_000);
  });
});

test("forms of a secret are masked among outputs, of earlier renders too", () => {
  const provisioners = entries(`
- uri: template://acme/db
  type: db
  state: 'p: {{ dig "p" (randAlphaNum 16) .State | quote }}'
  outputs: '{e: {{ b64enc .State.p }}, u: {{ upper .State.p }}, host: db}'
`);
  const text = score("{db: {type: db}}");
  const outputs = new Map([
    ["e", MASK],
    ["u", MASK],
    ["host", "db"],
  ]);
  const first = render({ provisioners, text });
  expect(first.resources[0]?.outputs).toEqual(outputs);
  const kept = first.secrets.filter((secret) => !/=$/.test(secret));
  const again = render({ provisioners, text, state: first.state, knownSecrets: kept });
  expect(again.resources[0]?.outputs).toEqual(outputs);
});

test("uses name every workload that asks", () => {
  const shared = (name: string) => ({
    path: `${name}.yaml`,
    text: score("{db: {type: db, id: one}}").replace("name: app", `name: ${name}`),
  });
  const result = render({
    provisioners: entries(PASSWORD),
    workloads: [shared("bb"), shared("aa")],
  });
  expect(result.resources).toMatchObject([{ uid: "db.default#one", workloads: ["aa", "bb"] }]);
});

test("files of remembered workloads have to be given again", () => {
  const text = score("{}", "{image: 'i:1', files: {/f: {source: data.txt}}}");
  const bytes = new TextEncoder().encode("content");
  const sourceFiles = new Map([["data.txt", bytes]]);
  const first = render({ workloads: [{ path: "score.yaml", text, sourceFiles }] });
  expect(first.files).toMatchObject([{ path: "files/app-files-f", mode: 0o644 }]);
  expect(() => render({ workloads: [], state: first.state })).toThrow(
    expect.objectContaining({ code: "convert_file_missing" }),
  );
  const rememberedSourceFiles = new Map([["app", sourceFiles]]);
  const again = render({ workloads: [], state: first.state, rememberedSourceFiles });
  expect(again.files).toEqual(first.files);
});

test("nothing to render is an error", () => {
  expect(() => render({ workloads: [] })).toThrow(
    expect.objectContaining({ code: "render_no_workloads" }),
  );
});

describe("on k8s", () => {
  test("manifests come with a suffix that stays", () => {
    const first = render({ target: "k8s" });
    const again = render({ target: "k8s", state: first.state });
    expect(first.state.workloads.get("app")?.instanceSuffix).toMatch(/^-[0-9a-f]{10}$/);
    expect(again.text).toBe(first.text);
  });

  test("there is no built-in environment", () => {
    expect(() => render({ target: "k8s", text: score("{env: {type: environment}}") })).toThrow(
      expect.objectContaining({ code: "provision_no_match" }),
    );
  });

  test("a bad manifest is a fault of its template", () => {
    const provisioners = entries(
      "- {uri: 'template://a/b', type: db, manifests: '[{apiVersion: v1, kind: ConfigMap, data: 5}]'}",
      "k8s",
    );
    expect(() => render({ target: "k8s", provisioners, text: score("{db: {type: db}}") })).toThrow(
      expect.objectContaining({ place: expect.objectContaining({ file: "p.yaml" }) }),
    );
  });
});
