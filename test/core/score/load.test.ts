import { describe, expect, test } from "vitest";
import { parseYaml } from "../../../src/core/codec/yaml.js";
import { formatWorkload, parseWorkload } from "../../../src/core/score/format.js";
import { loadWorkload, loadWorkloads, type WorkloadInput } from "../../../src/core/score/load.js";

const BASE = `apiVersion: score.dev/v1b1
metadata:
  name: app
containers:
  main:
    image: "t:1"
`;

function input(text: string, more: Partial<WorkloadInput> = {}): WorkloadInput {
  return { path: "score.yaml", text, ...more };
}

/** The base with `lines` under the container. */
function container(lines: string): string {
  return BASE + lines.replace(/^(?=.)/gm, "    ");
}

describe("reads", () => {
  test("every part of a workload", () => {
    const text = container(`command: [run]
args: []
variables: {A: x}
files:
  /a: {content: hi, mode: "0644", noExpand: true}
volumes:
  /data: {source: vol, path: sub, readOnly: true}
before: {side: {ready: healthy}}
resources: {limits: {cpu: 250m}, requests: {memory: 1.5Gi}}
livenessProbe: {exec: {command: [ok]}}
readinessProbe: {httpGet: {path: /, port: 80.0, scheme: HTTPS, httpHeaders: [{name: A, value: b}]}}
`).concat(`  side: {image: "s:1"}
service: {ports: {web: {port: 80, targetPort: 8080, protocol: UDP}}}
resources: {db: {type: pg, class: big, id: one, metadata: {x: 1}, params: {n: 1, d: 2024-01-02}}}
`);
    const workload = loadWorkload(input(text), "compose");
    expect(workload.containers.get("main")).toMatchObject({
      args: [],
      files: new Map([["/a", { content: "hi", mode: "0644", noExpand: true }]]),
      readinessProbe: { httpGet: { port: 80, scheme: "HTTPS" } },
      before: new Map([["side", { ready: "healthy" }]]),
    });
    expect(workload.service?.ports?.get("web")).toEqual({
      port: 80,
      targetPort: 8080,
      protocol: "UDP",
    });
    expect(workload.resources?.get("db")?.params?.get("n")).toBe(1n);
    // Empty lists are not written, everything else comes back.
    const again = parseWorkload(formatWorkload(workload));
    expect(formatWorkload(again)).toEqual(formatWorkload(workload));
    expect(again.containers.get("main")?.args).toBeUndefined();
  });

  test("list forms of files and volumes", () => {
    const text = container(`files:
  - {target: /a, content: [one, 1.50, null]}
  - {target: /a, content: later}
  - {target: /b, source: f.txt}
volumes:
  - {target: /v, source: vol, read_only: true}
`);
    const main = loadWorkload(input(text), "k8s").containers.get("main");
    expect(main?.files).toEqual(
      new Map([
        ["/a", { content: "later" }],
        ["/b", { source: "f.txt" }],
      ]),
    );
    expect(main?.volumes).toEqual(new Map([["/v", { source: "vol", readOnly: true }]]));
    const lines = container("files: [{target: /a, content: [one, 1.50, null, 2]}]\n");
    const files = loadWorkload(input(lines), "k8s").containers.get("main")?.files;
    expect(files?.get("/a")?.content).toBe("one\n1.5\n<nil>\n2");
  });

  test("only the first document", () => {
    expect(loadWorkload(input(`${BASE}---\n- {`), "k8s").apiVersion).toBe("score.dev/v1b1");
  });
});

describe("overrides", () => {
  test("the file first, then properties in order", () => {
    const workload = loadWorkload(
      input(container("variables: {A: a, B: b}\ncommand: [x, y]\n"), {
        overridesFile: { path: "o.yaml", text: "containers: {main: {variables: {A: o}}}" },
        overrideProperties: [
          "containers.main.variables.A=p",
          "containers.main.variables.B=",
          'metadata.annotations.aa\\.bb/cc="1"',
          "containers.main.command.-1=z",
          "metadata.name=renamed",
        ],
      }),
      "compose",
    );
    const main = workload.containers.get("main");
    expect(main?.variables).toEqual(new Map([["A", "p"]]));
    expect(main?.command).toEqual(["x", "y", "z"]);
    expect(workload.metadata).toEqual(
      new Map<string, unknown>([
        ["name", "renamed"],
        ["annotations", new Map([["aa.bb/cc", "1"]])],
      ]),
    );
  });

  test.each([
    { property: "metadata.list.0=1", metadata: "{name: app, list: {'0': 1}}" },
    { property: "metadata.a\\\\b=1", metadata: "{name: app, 'a\\b': 1}" },
    { property: "metadata.a\\.b.c=1", metadata: "{name: app, a.b: {c: 1}}" },
    { property: "metadata.a=b=c", metadata: "{name: app, a: b=c}" },
    { property: "metadata.a=[1, {b: c}]", metadata: "{name: app, a: [1, {b: c}]}" },
    { property: "metadata.a=# nothing", metadata: "{name: app}" },
    { property: "metadata.a.b=", metadata: "{name: app, a: {}}" },
  ])("$property", ({ property, metadata }) => {
    const workload = loadWorkload(input(BASE, { overrideProperties: [property] }), "k8s");
    expect(workload.metadata).toEqual(parseYaml(metadata).value);
  });

  test.each(["", "# no\n", "null", "{}"])("a file of %j changes nothing", (text) => {
    const given = container("command: [x]\n");
    expect(loadWorkload(input(given, { overridesFile: { path: "o", text } }), "k8s")).toEqual(
      loadWorkload(input(given), "k8s"),
    );
  });

  test.each([
    {
      name: "file that is no YAML",
      more: { overridesFile: { path: "o", text: "a: [" } },
      code: "score_overrides_file",
    },
    {
      name: "file with numbers as keys over text",
      more: { overridesFile: { path: "o", text: "containers: {main: {5: a}}" } },
      code: "score_overrides_file",
    },
    {
      name: "file with a list",
      more: { overridesFile: { path: "o", text: "- a" } },
      code: "score_overrides_file",
    },
    {
      name: "property without =",
      more: { overrideProperties: ["a.b"] },
      code: "score_override_property",
    },
    {
      name: "property that is no YAML",
      more: { overrideProperties: ["a=[b"] },
      code: "score_override_property",
    },
    {
      name: "path through text",
      more: { overrideProperties: ["metadata.name.x=1"] },
      code: "score_override_path",
    },
    {
      name: "path of 50,000 parts",
      more: { overrideProperties: [`metadata${".a".repeat(50_000)}=1`] },
      code: "score_override_path",
    },
    {
      name: "index out of range",
      more: { overrideProperties: ["containers.main.command.9=x"] },
      code: "score_override_path",
    },
    {
      name: "path through an index out of range",
      more: { overrideProperties: ["containers.main.command.9.x=1"] },
      code: "score_override_path",
    },
    {
      name: "key that is no index",
      more: { overrideProperties: ["containers.main.command.first=x"] },
      code: "score_override_path",
    },
    {
      name: "deletion behind the last entry",
      more: { overrideProperties: ["containers.main.command.-1="] },
      code: "score_override_path",
    },
    {
      name: "null that the schema refuses",
      more: { overridesFile: { path: "o", text: "containers: {main: {command: null}}" } },
      code: "score_schema",
    },
  ])("$name", ({ more, code }) => {
    const text = container("command: [x]\n");
    expect(() => loadWorkload(input(text, more), "k8s")).toThrow(expect.objectContaining({ code }));
  });
});

describe("refuses", () => {
  test.each([
    { name: "no YAML", text: "a: [", code: "score_yaml", line: 1 },
    { name: "a key twice", text: `${BASE}metadata: {}\n`, code: "score_yaml", line: 7 },
    { name: "a list", text: "- a\n", code: "score_not_a_map", line: 1 },
    { name: "an empty file", text: "", code: "score_name", line: undefined },
    { name: "a name that is no text", text: "metadata: {name: 1}\n", code: "score_name", line: 1 },
    { name: "a name of one letter", text: BASE.replace("app", "a"), code: "score_schema", line: 3 },
    { name: "an unknown key", text: container("imag: x\n"), code: "score_schema", line: 7 },
    {
      name: "a date as a variable",
      text: container("variables:\n  A: a\n  D: 2024-01-02\n"),
      code: "score_schema",
      line: 9,
    },
    {
      name: "keys that are no text",
      text: container("variables: {1: a}\n"),
      code: "score_schema",
      line: 7,
    },
    {
      name: "half a port",
      text: `${BASE}service:\n  ports:\n    web:\n      port: 1.5\n`,
      code: "score_schema",
      line: 10,
    },
    {
      name: "a file with two contents",
      text: container("files:\n  /a: {content: x, source: y}\n"),
      code: "score_schema",
      line: 8,
    },
    {
      name: "a bad annotation",
      text: BASE.replace("app", "app\n  annotations:\n    bad key: x"),
      code: "score_schema",
      line: 5,
    },
    {
      name: "a list entry without target",
      text: container("files:\n  - {content: x}\n"),
      code: "score_upgrade",
      line: 8,
    },
  ])("$name", ({ text, code, line }) => {
    const place = expect.objectContaining(line === undefined ? { file: "score.yaml" } : { line });
    expect(() => loadWorkload(input(text), "compose")).toThrow(
      expect.objectContaining({ code, place }),
    );
  });

  test("and tells every fault of the schema with its place", () => {
    const text = container("image2: x\nargs: [1]\nvariables: {A: 1}\n").replace("t:1", "");
    try {
      loadWorkload(input(text), "k8s");
      expect.unreachable();
    } catch (error) {
      const { problems } = error as { problems: { place: { path: string; line: number } }[] };
      const places = problems.map(({ place }) => `${place.line} ${place.path}`).sort();
      expect(places).toEqual([
        "6 containers.main.image",
        "7 containers.main.image2",
        "8 containers.main.args.0",
        "9 containers.main.variables.A",
      ]);
    }
  });
});

describe("checks of score-compose, which score-k8s leaves out", () => {
  const resources = "resources: {db: {type: pg, params: {p: ['${resources.nope.x}']}}}\n";
  test.each([
    {
      name: "one part",
      text: container('variables: {A: "${metadata}"}\n'),
      code: "score_placeholder_form",
    },
    {
      name: "unknown root",
      text: container('variables: {A: "${env.X}"}\n'),
      code: "score_placeholder_form",
    },
    {
      name: "escaped dots",
      text: container('variables: {A: "${metadata.a\\\\.b}"}\n'),
      code: "score_placeholder_form",
    },
    {
      name: "unknown resource in params",
      text: BASE + resources,
      code: "score_placeholder_unknown_resource",
    },
    {
      name: "unknown resource in a file",
      text: container('files: {/a: {content: "${resources.x.y}"}}\n'),
      code: "score_placeholder_unknown_resource",
    },
    {
      name: "before itself",
      text: container("before: {main: {ready: started}}\n"),
      code: "score_before",
    },
    {
      name: "before nobody",
      text: container("before: {other: {ready: started}}\n"),
      code: "score_before",
    },
    {
      name: "before in a ring",
      text: `${container("before: {side: {ready: started}}\n")}  side: {image: s, before: {main: {ready: started}}}\n`,
      code: "score_before",
    },
  ])("$name", ({ text, code }) => {
    expect(() => loadWorkload(input(text), "compose")).toThrow(expect.objectContaining({ code }));
    expect(loadWorkload(input(text), "k8s").metadata.get("name")).toBe("app");
  });

  test("20,000 faults take no time and not all are listed", () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `  K${i}: "\${x}"\n`).join("");
    const start = performance.now();
    expect(() => loadWorkload(input(container(`variables:\n${lines}`)), "compose")).toThrow(
      expect.objectContaining({
        code: "score_placeholder_form",
        problems: expect.objectContaining({ length: 50 }),
      }),
    );
    expect(performance.now() - start).toBeLessThan(3_000);
  });

  test("20,000 containers, each before the next, take no time", () => {
    const lines = Array.from(
      { length: 20_000 },
      (_, i) => `  c${i}: {image: i, before: {c${i + 1}: {ready: started}}}\n`,
    );
    const text = `${BASE}${lines.join("")}  c20000: {image: i}\n`;
    const start = performance.now();
    expect(loadWorkload(input(text), "compose").containers.size).toBe(20_002);
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  test("not where nothing is substituted", () => {
    const text = container(
      'args: ["${x}"]\nfiles: {/a: {content: "${x}", noExpand: true}, /b: {source: "${x}"}}\n',
    );
    expect(loadWorkload(input(text), "compose").containers.size).toBe(1);
  });
});

describe("images", () => {
  const open = BASE.replace('"t:1"', ".");
  test("a given image stands in for the point, and only for it", () => {
    expect(loadWorkload(input(open, { image: "i:1" }), "k8s").containers.get("main")?.image).toBe(
      "i:1",
    );
    expect(loadWorkload(input(BASE, { image: "i:1" }), "k8s").containers.get("main")?.image).toBe(
      "t:1",
    );
  });

  test("on compose a build stands in for an image", () => {
    const builds = new Map([["main", "./src"]]);
    expect(loadWorkload(input(open, { builds }), "compose").containers.get("main")?.image).toBe(
      ".",
    );
  });

  test.each([
    { name: "none", more: {}, target: "compose", code: "score_image_missing" },
    {
      name: "a build on k8s",
      more: { builds: new Map([["main", "."]]) },
      target: "k8s",
      code: "score_image_missing",
    },
    {
      name: "a build for nobody",
      more: { builds: new Map([["zz", "."]]) },
      target: "compose",
      code: "score_build_unknown_container",
    },
  ] as const)("$name", ({ more, target, code }) => {
    expect(() => loadWorkload(input(open, more), target)).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

describe("several files", () => {
  test("sorted by path, named after their overrides", () => {
    const files = ["b", "a"].map((name) =>
      input(BASE.replace("app", `app-${name}`), { path: `${name}.yaml` }),
    );
    expect(loadWorkloads(files, "k8s").map(({ name }) => name)).toEqual(["app-a", "app-b"]);
  });

  test("that were loaded before are the same, and still need names of their own", () => {
    const [one, same] = ["one", "same"].map((path) => input(BASE, { path }));
    if (one === undefined || same === undefined) throw new Error("two inputs are needed");
    const [first] = loadWorkloads([one], "compose");
    expect(loadWorkloads([one], "compose")[0]).toBe(first);
    expect(loadWorkloads([one], "k8s")[0]).not.toBe(first);
    expect(loadWorkloads([{ ...one, image: "t:2" }], "compose")[0]).not.toBe(first);
    loadWorkloads([same], "compose");
    expect(() => loadWorkloads([one, same], "compose")).toThrow(
      expect.objectContaining({ code: "score_name" }),
    );
  });

  test("faults of names are told together", () => {
    const files = ["", BASE, BASE].map((text, i) => input(text, { path: `${i}.yaml` }));
    try {
      loadWorkloads(files, "compose");
      expect.unreachable();
    } catch (error) {
      const { code, problems } = error as {
        code: string;
        problems: { code: string; place: { file: string } }[];
      };
      expect(code).toBe("score_name");
      const named = problems.filter((problem) => problem.code === "score_name");
      expect(named.map(({ place }) => place.file)).toEqual(["0.yaml", "2.yaml"]);
    }
  });
});
