/** What one render tells of its faults: all that stand in the Score files, each with its place. */
import { describe, expect, test } from "vitest";
import type { Provisioner } from "../../../src/core/recipe/provisioner.js";
import { parseProvisionersFile } from "../../../src/core/recipe/provisioners-file.js";
import type { JsonSchema } from "../../../src/core/recipe/schema.js";
import type { RenderInput, RenderResult } from "../../../src/core/render/contract.js";
import { renderProject } from "../../../src/core/render/project.js";
import { emptyState } from "../../../src/core/score/state.js";
import type { BackbarError, Place } from "../../../src/errors.js";
import { STILL_HOST } from "../../helpers/hosts.js";
import { refusal } from "../../helpers/refusal.js";

const RECIPE = { name: "acme/db", version: "1.2.0", digest: "sha256:00" };

function entries(text: string, schemas: Provisioner["schemas"] = {}): Provisioner[] {
  const options = { file: "p.yaml", target: "compose", recipe: RECIPE } as const;
  return parseProvisionersFile(text, options).map((entry) => ({ ...entry, schemas }));
}

function render(change: Partial<RenderInput>): RenderResult {
  return renderProject({
    target: "compose",
    workloads: [],
    provisioners: [],
    state: emptyState("compose", { composeProject: "p" }),
    host: STILL_HOST,
    ...change,
  });
}

/** A Score file in which resources begin at line 5 and containers stand in line 4. */
function score(name: string, resources: string, container = "{image: i}") {
  const text = `apiVersion: score.dev/v1b1
metadata: {name: ${name}}
containers:
  main: ${container}
resources:
${resources.replace(/^/gm, "  ")}
`;
  return { path: `${name}.yaml`, text };
}

function at({ file, workload, line, column, path }: Place = {}): string {
  return `${file}:${line ?? ""}:${column ?? ""} ${workload} ${path}`;
}

function told(error: BackbarError): string[] {
  return error.problems.map(({ code, place }) => `${code} ${at(place)}`);
}

const DB = "- {uri: 'template://acme/db', type: db}\n";

describe("before anything is provisioned", () => {
  const failing = "- {uri: 'template://a/b', type: db, init: '{{ fail `reached` }}'}\n";

  test("every resource that cannot be is told", () => {
    const provisioners = entries(
      `${failing}- {uri: 'cmd://bash', type: job}\n- {uri: 'local-env://x', type: environment}\n`,
    );
    const error = refusal(() =>
      render({
        provisioners,
        workloads: [
          score("bb", "q1: {type: queue}\nok: {type: db}\njj: {type: job}"),
          score(
            "aa",
            "env: {type: environment, params: {a: 1}}\ndd: {type: db, class: big}\nqq: {type: queue}",
          ),
        ],
      }),
    );
    expect(told(error)).toEqual([
      "provision_environment aa.yaml:6:3 aa resources.env",
      "provision_command bb.yaml:8:3 bb resources.jj",
      "provision_no_match aa.yaml:8:3 aa resources.qq",
      "provision_no_match bb.yaml:6:3 bb resources.q1",
    ]);
    expect(error).toMatchObject({ code: "provision_environment" });
  });

  test("and every one that another provisioner served before", () => {
    const resources = "one: {type: db}\ntwo: {type: db}";
    const { state } = render({ provisioners: entries(DB), workloads: [score("app", resources)] });
    const error = refusal(() =>
      render({
        provisioners: entries("- {uri: 'template://acme/other', type: db}"),
        workloads: [score("new", "xx: {type: db}")],
        state,
      }),
    );
    // Of remembered workloads there is no text.
    expect(told(error)).toEqual([
      "provision_provider_changed app.yaml:: app resources.one",
      "provision_provider_changed app.yaml:: app resources.two",
    ]);
    expect(error.problems[0]?.hint).toBeDefined();
  });
});

test("every definition that contradicts another workload's is told", () => {
  const workloads = [
    score(
      "aa",
      "d1: {type: db, id: one, params: {n: 1}}\nd2: {type: db, id: two, metadata: {n: 1}}",
    ),
    score(
      "bb",
      "d1: {type: db, id: one, params: {n: 2}}\nd2: {type: db, id: two, metadata: {n: 2}}",
    ),
  ];
  const error = refusal(() => render({ provisioners: entries(DB), workloads }));
  expect(told(error)).toEqual([
    "score_resource_conflict bb.yaml:6:27 bb resources.d1.params",
    "score_resource_conflict bb.yaml:7:27 bb resources.d2.metadata",
  ]);
});

describe("places in the Score file", () => {
  const big = '- {uri: "template://a/v", type: vol, outputs: "{type: nosuch}"}\n';
  const cases: {
    name: string;
    provisioners?: string;
    workloads: RenderInput["workloads"];
    code: string;
    place: string;
  }[] = [
    {
      name: "params that refer to each other",
      provisioners: DB,
      workloads: [
        score(
          "app",
          "aa: {type: db, params: {p: '${resources.bb.x}'}}\nbb: {type: db, params: {p: '${resources.aa.x}'}}",
        ),
      ],
      code: "score_resource_cycle",
      place: "app.yaml:6:18 app resources.aa.params",
    },
    {
      name: "params that other workloads contradict",
      provisioners: DB,
      workloads: [
        score("aa", "dd: {type: db, id: one, params: {n: 1}}"),
        score("bb", "dd: {type: db, id: one, params: {n: 2}}"),
      ],
      code: "score_resource_conflict",
      place: "bb.yaml:6:27 bb resources.dd.params",
    },
    {
      name: "an output that is not there",
      provisioners: DB,
      workloads: [
        score("app", "aa: {type: db}\nbb: {type: db, params: {'k.x': ['${resources.aa.nope}']}}"),
      ],
      code: "provision_params",
      place: "app.yaml:7:27 app resources.bb.params.k\\.x",
    },
    {
      name: "a variable's placeholder",
      provisioners: DB,
      workloads: [
        score("app", "aa: {type: db}", "{image: i, variables: {'A.B': '${resources.aa.x}'}}"),
      ],
      code: "convert_placeholder",
      place: "app.yaml:4:32 app containers.main.variables.A\\.B",
    },
    {
      name: "a file that was not given",
      workloads: [
        score("app", "aa: {type: environment}", "{image: i, files: {/etc/app.conf: {source: x}}}"),
      ],
      code: "convert_file_missing",
      place: "app.yaml:4:44 app containers.main.files./etc/app\\.conf.source",
    },
    {
      name: "a volume",
      provisioners: big,
      workloads: [
        score("app", "vv: {type: vol}", "{image: i, volumes: {/a.b: {source: '${resources.vv}'}}}"),
      ],
      code: "convert_volume",
      place: "app.yaml:4:30 app containers.main.volumes./a\\.b",
    },
    {
      name: "a name that a provisioner's service has",
      provisioners: "- {uri: 'template://a/s', type: svc, services: '{app-main: {image: x}}'}",
      workloads: [score("app", "ss: {type: svc}")],
      code: "convert_service_clash",
      place: "app.yaml:4:3 app containers.main",
    },
  ];
  test.each(cases)("$name", ({ provisioners, workloads, code, place }) => {
    const given = provisioners === undefined ? [] : entries(provisioners);
    const error = refusal(() => render({ provisioners: given, workloads }));
    expect(error).toMatchObject({ code });
    expect(at(error.place)).toBe(place);
  });

  test("on k8s as well", () => {
    const workloads = [score("app", "aa: {type: db}", "{image: i, files: {/a: {source: x}}}")];
    const provisioners = parseProvisionersFile(DB, { file: "p.yaml", target: "k8s" });
    const error = refusal(() =>
      render({ target: "k8s", state: emptyState("k8s"), provisioners, workloads }),
    );
    expect(error.code).toBe("k8s_file_missing");
    expect(at(error.place)).toBe("app.yaml:4:28 app containers.main.files./a");
  });

  test("of two files with one name too", () => {
    const workloads = ["aa", "bb"].map((name) => ({
      ...score(name, `${name === "bb" ? "\n" : ""}qq: {type: queue}`),
      path: "score.yaml",
    }));
    expect(told(refusal(() => render({ workloads })))).toEqual([
      "provision_no_match score.yaml:6:3 aa resources.qq",
      "provision_no_match score.yaml:7:3 bb resources.qq",
    ]);
  });
});

test("containers that cannot be converted are told together, in every workload", () => {
  const container = `{image: i, variables: {A: '\${resources.aa.x}', B: '\${resources.aa.y}'},
    livenessProbe: {exec: {command: []}}, before: {side: {ready: healthy}},
    volumes: {/v: {source: '\${resources.aa}'}}, files: {/f: {source: f}, /g: {source: ../g}}}
  side: {image: i, files: {/h: {content: x, mode: '0044'}}}`;
  const workloads = [
    score("one", "aa: {type: db}", container),
    score("two", "aa: {type: db}", "{image: i, files: {/f: {source: f}}}"),
  ];
  const error = refusal(() => render({ provisioners: entries(DB), workloads }));
  expect(told(error)).toEqual([
    "convert_placeholder one.yaml:4:32 one containers.main.variables.A",
    "convert_placeholder one.yaml:4:56 one containers.main.variables.B",
    "convert_probe one.yaml:5:5 one containers.main.livenessProbe",
    "convert_volume one.yaml:6:15 one containers.main.volumes./v",
    "convert_file_missing one.yaml:6:62 one containers.main.files./f.source",
    "convert_file one.yaml:6:79 one containers.main.files./g.source",
    "convert_file one.yaml:7:28 one containers.side.files./h",
    "convert_file_missing two.yaml:4:33 two containers.main.files./f.source",
  ]);
});

test("a file where a folder stands has a place", () => {
  const provisioners = entries(
    "- {uri: 'template://a/b', type: db, directories: '{files/app-files-x: true}'}",
  );
  const workloads = [score("app", "aa: {type: db}", "{image: i, files: {/x: {content: c}}}")];
  const error = refusal(() => render({ provisioners, workloads }));
  expect(told(error)).toEqual(["convert_file app.yaml:4:28 app containers.main.files./x"]);
});

describe("the recipe's schemas", () => {
  const params: JsonSchema = {
    type: "object",
    required: ["size"],
    additionalProperties: false,
    properties: {
      size: { type: "integer", minimum: 1 },
      tags: { items: { type: "string" } },
      f: true,
    },
  };
  const refused = (resources: string, schemas: Provisioner["schemas"], body = "") =>
    refusal(() =>
      render({
        provisioners: entries(`- uri: template://acme/db\n  type: db\n${body}`, schemas),
        workloads: [score("app", resources)],
      }),
    );

  test("params are checked for all resources at once", () => {
    const error = refused(
      "aa: {type: db, params: {size: 0}}\nbb: {type: db}\ncc: {type: db, params: {size: 1, tags: [x, 1], k.x: 1}}\nqq: {type: queue}",
      { params },
    );
    expect(told(error)).toEqual([
      "provision_params_schema app.yaml:6:27 app resources.aa.params.size",
      "provision_params_schema app.yaml:7:3 app resources.bb.params.size",
      "provision_params_schema app.yaml:8:50 app resources.cc.params.k\\.x",
      "provision_params_schema app.yaml:8:46 app resources.cc.params.tags.1",
      "provision_no_match app.yaml:9:3 app resources.qq",
    ]);
    expect(error.message).toContain("acme/db@1.2.0");
  });

  test.each([
    { name: "an integer", value: "1" },
    { name: "a float without a fraction", value: "1.0" },
    { name: "an integer beyond 2^53", value: "9007199254740993" },
    { name: "an integer beyond 2^63", value: "18446744073709551615" },
    { name: "a date where any value fits", value: "1, f: 2024-01-02" },
  ])("$name fits", ({ value }) => {
    const provisioners = entries(DB, { params });
    const workloads = [score("app", `aa: {type: db, params: {size: ${value}}}`)];
    expect(() => render({ provisioners, workloads })).not.toThrow();
  });

  test.each(["1.5", "'1'", "2024-01-02", ".inf", ".nan", "null", "[1]"])("%s does not", (value) => {
    const error = refused(`aa: {type: db, params: {size: ${value}}}`, { params });
    expect(error.code).toBe("provision_params_schema");
  });

  test("params with placeholders are checked when they are known", () => {
    const schemas = { params: { properties: { size: { type: "string", maxLength: 3 } } } };
    const text = "aa: {type: db}\nbb: {type: db, params: {size: 'x${resources.aa.out}'}}";
    const error = refused(text, schemas, "  outputs: 'out: top-secret-1'\n");
    expect(told(error)).toEqual([
      "provision_params_schema app.yaml:7:27 app resources.bb.params.size",
    ]);
    expect(JSON.stringify([error.message, error.problems])).not.toContain("top-secret");
  });

  describe("where some params hold placeholders, what is wrong without them is told at once", () => {
    const open: JsonSchema = {
      type: "object",
      required: ["must", "size"],
      properties: { size: { type: "integer" }, host: { type: "string", maxLength: 1 }, must: true },
      patternProperties: { "^x-": { type: "boolean" } },
      additionalProperties: false,
      if: { properties: { host: { const: "a" } } },
      else: { required: ["never"] },
    };
    test.each([
      { params: "{host: '${resources.aa.out}', size: 1, must: 1}", paths: [] },
      { params: "{host: '${resources.aa.out}', size: x, x-a: 1}", paths: ["must", "size", "x-a"] },
      { params: "{size: '${resources.aa.out}', nosuch: 1}", paths: ["must", "nosuch"] },
      { params: "{size: ['${resources.aa.out}'], must: 1}", paths: [] },
    ])("$params", ({ params, paths }) => {
      const text = `aa: {type: free}\nbb: {type: db, params: ${params}}\nqq: {type: queue}`;
      const provisioners = [
        ...entries(DB, { params: open }),
        ...entries("- {uri: 'template://a/free', type: free}"),
      ];
      const error = refusal(() => render({ provisioners, workloads: [score("app", text)] }));
      const found = error.problems.map(({ place }) => place?.path);
      expect(found.sort()).toEqual(
        [...paths.map((path) => `resources.bb.params.${path}`), "resources.qq"].sort(),
      );
    });
  });

  test("parts that refer to what looks at several params wait until all are known", () => {
    const schemas: Provisioner["schemas"] = {
      params: { allOf: [{ type: "object" }], properties: { bad: { $ref: "#/allOf/0" } } },
    };
    const text = "aa: {type: db}\nbb: {type: db, params: {n: '${resources.aa.out}', bad: 1}}";
    const error = refused(text, schemas, "  outputs: 'out: x'\n");
    expect(told(error)).toEqual([
      "provision_params_schema app.yaml:7:53 app resources.bb.params.bad",
    ]);
  });

  test("escapes count as what they stand for", () => {
    const schemas = { params: { properties: { size: { const: "$" } } } };
    const workloads = [score("app", "aa: {type: db, params: {size: '$$'}}")];
    expect(() => render({ provisioners: entries(DB, schemas), workloads })).not.toThrow();
  });

  test("outputs are checked after their template", () => {
    const outputs: JsonSchema = {
      required: ["host"],
      properties: { port: { type: "integer" }, "a.b": { items: { type: "string" } } },
    };
    const body = "  init: ''\n  outputs: |\n    port: top-secret-1\n    a.b: [x, 2]\n";
    const error = refused("aa: {type: db}", { outputs }, body);
    expect(error).toMatchObject({
      code: "provision_outputs_schema",
      context: { templateKey: "outputs" },
    });
    expect(
      error.problems.map(({ place }) => `${place?.file}:${place?.line} ${place?.path}`).sort(),
    ).toEqual(["p.yaml:5 outputs.a\\.b.1", "p.yaml:5 outputs.host", "p.yaml:5 outputs.port"]);
    expect(error.message).toContain("acme/db@1.2.0");
    expect(JSON.stringify(error.problems)).not.toContain("top-secret");
  });

  test("outputs that are not there are checked too", () => {
    const error = refused("aa: {type: db}", { outputs: { required: ["host"] } });
    expect(error.code).toBe("provision_outputs_schema");
  });

  test("without any, nothing is checked", () => {
    const text = `${DB.trim().slice(0, -1)}, supported_params: [a], expected_outputs: [b]}\n`;
    const workloads = [score("app", "aa: {type: db, params: {x: 1}}")];
    expect(() => render({ provisioners: entries(text), workloads })).not.toThrow();
  });
});

test.each([
  { body: "services: '{s: {ports: [{target: x}]}}'", path: "services.s.ports.0.target" },
  { body: "networks: '{n.x: {ipam: 1}}'", path: "networks.n\\.x.ipam" },
  { body: "volumes: '[v]'", path: "volumes" },
])(
  "a piece that Compose's model refuses names recipe, template and path: $path",
  ({ body, path }) => {
    const error = refusal(() =>
      render({
        provisioners: entries(`- uri: template://acme/db\n  type: db\n  ${body}\n`),
        workloads: [score("app", "aa: {type: db}")],
      }),
    );
    const key = path.split(".")[0];
    expect(error).toMatchObject({
      code: "provision_output_form",
      context: { templateKey: key, recipe: RECIPE },
      place: { file: "p.yaml", line: 3, path },
    });
    expect(error.message).toContain(`the ${key} template of template://acme/db (acme/db@1.2.0)`);
    expect(error.message).toContain(path);
  },
);

test("a build that Compose's model refuses names workload, container and path", () => {
  const builds = new Map([["main", new Map([["context", [1n]]])]]);
  const workloads = [{ ...score("app", "aa: {type: environment}"), builds }];
  const error = refusal(() => render({ workloads }));
  expect(error).toMatchObject({ code: "render_build", place: { path: "builds.main.context" } });
  expect(error.message).toContain("workload 'app'");
});
