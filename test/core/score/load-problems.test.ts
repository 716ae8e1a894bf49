/** What one answer tells of bad Score files: every fault of every file, each with its place. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ScoreError } from "../../../src/core/score/error.js";
import { loadWorkloads, type WorkloadInput } from "../../../src/core/score/load.js";
import type { Target } from "../../../src/core/score/project-state.js";
import type { BackbarError } from "../../../src/errors.js";
import { refusal } from "../../helpers/refusal.js";

const HEAD = "apiVersion: score.dev/v1b1\nmetadata: {name: app}\n";

function refused(
  files: readonly (Partial<WorkloadInput> & { text: string })[],
  target: Target = "compose",
): BackbarError {
  const inputs = files.map((file, i) => ({ path: `${i}.yaml`, ...file }));
  return refusal(() => loadWorkloads(inputs, target));
}

/** `file:line:column path code` of every problem. */
function told(error: BackbarError): string[] {
  return error.problems.map(({ code, place = {} }) => {
    const { file, line, column, path } = place;
    return `${file}:${line}:${column} ${path} ${code}`;
  });
}

describe("one answer tells", () => {
  const cases: {
    name: string;
    files: (Partial<WorkloadInput> & { text: string })[];
    problems: string[];
  }[] = [
    {
      name: "faults of the schema in the order of the text, then those it cannot see",
      files: [
        {
          text: `${HEAD}containers:
  main:
    image: "."
    variables: {A: "\${x}", B: 1}
    before: {nobody: {ready: started}}
    bogus: 1
resources:
  db: {class: big, params: {p: "\${resources.nope.x}"}}
service: {ports: {web: {}}}
`,
        },
      ],
      problems: [
        "0.yaml:6:28 containers.main.variables.B score_schema",
        "0.yaml:8:5 containers.main.bogus score_schema",
        "0.yaml:10:3 resources.db.type score_schema",
        "0.yaml:11:19 service.ports.web.port score_schema",
        "0.yaml:6:17 containers.main.variables.A score_placeholder_form",
        "0.yaml:10:29 resources.db.params.p score_placeholder_unknown_resource",
        "0.yaml:7:14 containers.main.before.nobody score_before",
        "0.yaml:5:5 containers.main.image score_image_missing",
      ],
    },
    {
      name: "faults of all files, what is no YAML and names first",
      files: [
        { text: `${HEAD}containers: {main: {image: i, tty: 1}}\n` },
        { text: `${HEAD}containers: {main: {image: i}}\n` },
        { text: "a: [\n" },
        { text: "- a\n" },
      ],
      problems: [
        "2.yaml:2:1 undefined score_yaml",
        "3.yaml:1:1 undefined score_not_a_map",
        "1.yaml:2:12 metadata.name score_name",
        "0.yaml:3:31 containers.main.tty score_schema",
      ],
    },
    {
      name: "what a map of the overrides file lacks, there",
      files: [
        {
          text: `${HEAD}containers: {main: {image: i}}\n`,
          overridesFile: {
            path: "o.yaml",
            text: "containers:\n  main: {livenessProbe: {httpGet: {path: /}}}\n  second: {}\nservice: {}\n",
          },
        },
      ],
      problems: [
        "o.yaml:2:26 containers.main.livenessProbe.httpGet.port score_schema",
        "o.yaml:3:3 containers.second.image score_schema",
      ],
    },
    {
      name: "keys that are no text by their text",
      files: [{ text: `${HEAD}containers: {main: {image: i}}\n2020-01-02: a\n5: b\n~: c\n` }],
      problems: [
        "0.yaml:1:1 2020-01-02 00:00:00 +0000 UTC score_schema",
        "0.yaml:5:1 5 score_schema",
      ],
    },
    {
      name: "what else is wrong where metadata is missing, but that only once",
      files: [{ text: "apiVersion: score.dev/v1b1\ncontainers: {main: {}}\n" }],
      problems: [
        "0.yaml:1:1 metadata score_name",
        "0.yaml:2:14 containers.main.image score_schema",
      ],
    },
    {
      name: "entries without a target beside other faults, each at its entry",
      files: [
        {
          text: `${HEAD}containers:
  main:
    image: i
    files:
      - {content: x}
      - {target: /etc/app.conf, content: "\${x}"}
      - {target: /b, content: x, mode: 7}
    volumes:
      - {target: 1, source: v}
`,
        },
      ],
      problems: [
        "0.yaml:7:9 containers.main.files.0.target score_upgrade",
        "0.yaml:11:10 containers.main.volumes.0.target score_upgrade",
        "0.yaml:9:34 containers.main.files./b.mode score_schema",
        "0.yaml:8:33 containers.main.files./etc/app\\.conf.content score_placeholder_form",
      ],
    },
    {
      name: "a key with dots as one key",
      files: [
        {
          text: `${HEAD}containers:\n  main:\n    image: i\n    files:\n      /etc/app.conf: {content: x, mode: x}\n`,
        },
      ],
      problems: ["0.yaml:7:35 containers.main.files./etc/app\\.conf.mode score_schema"],
    },
    {
      name: "what an overrides file says with its own place",
      files: [
        {
          text: `${HEAD}containers: {main: {image: i, args: [1]}}\n`,
          overridesFile: { path: "o.yaml", text: "containers:\n  main:\n    image: ''\n" },
        },
      ],
      problems: [
        "0.yaml:3:38 containers.main.args.0 score_schema",
        "o.yaml:3:5 containers.main.image score_schema",
      ],
    },
    {
      name: "nothing of resources where they are no map",
      files: [
        {
          text: `${HEAD}containers: {main: {image: i, variables: {A: "\${resources.db.x}"}}}\nresources: [db]\n`,
        },
      ],
      problems: ["0.yaml:4:1 resources score_schema"],
    },
    {
      name: "builds for nobody beside a missing image",
      files: [
        {
          text: `${HEAD}containers: {main: {image: .}}\n`,
          builds: new Map([["side", "."]]),
        },
      ],
      problems: [
        "0.yaml:3:1 containers score_build_unknown_container",
        "0.yaml:3:21 containers.main.image score_image_missing",
      ],
    },
    {
      name: "an override that cannot be applied, and the other files",
      files: [
        { text: `${HEAD}containers: {main: {image: i}}\n`, overrideProperties: ["a"] },
        { text: `${HEAD.replace("app", "other")}containers: {main: {image: i, tty: 1}}\n` },
      ],
      problems: [
        "0.yaml:undefined:undefined undefined score_override_property",
        "1.yaml:3:31 containers.main.tty score_schema",
      ],
    },
  ];

  test.each(cases)("$name", ({ files, problems }) => {
    const error = refused(files);
    expect(told(error)).toEqual(problems);
    expect(error.code).toBe(error.problems[0]?.code);
    expect(error.place).toEqual(error.problems[0]?.place);
  });

  test("on k8s nothing of what score-k8s does not check", () => {
    const text = `${HEAD}containers: {main: {image: ., tty: 1, variables: {A: "\${x}"}}}\n`;
    expect(told(refused([{ text }], "k8s"))).toEqual([
      "0.yaml:3:31 containers.main.tty score_schema",
      "0.yaml:3:21 containers.main.image score_image_missing",
    ]);
  });
});

test("faults are of a workload, where it has a name", () => {
  const text = `${HEAD}containers: {main: {image: .}}\n`;
  expect(refused([{ text }]).place?.workload).toBe("app");
});

test("a hint goes with its problem", () => {
  const text = `${HEAD}containers: {main: {image: .}}\n`;
  const error = refused([{ text }]);
  expect(error.hint).toBeDefined();
  expect(error.problems[0]?.hint).toBe(error.hint);
});

test("a value that an override property has set says so", () => {
  const text = `${HEAD}containers: {main: {image: i}}\n`;
  const error = refused([{ text, overrideProperties: ["containers.main.command=x"] }]);
  expect(error.message).toContain("(set by the override containers.main.command)");
});

describe("documents of any form", () => {
  const key = fc.constantFrom(
    ...[
      "apiVersion",
      "metadata",
      "name",
      "annotations",
      "containers",
      "main",
      "image",
      "variables",
    ],
    ...["files", "/a.b", "content", "source", "target", "mode", "noExpand", "volumes", "before"],
    ...["ready", "resources", "db", "type", "params", "service", "ports", "__proto__", "a.b", ""],
  );
  const leaf = fc.constantFrom(null, true, 1, 1.5, "", ".", "app", "${x}", "${resources.db.y}");
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      leaf,
      fc.array(tie("tree"), { maxLength: 3 }),
      fc.dictionary(key, tie("tree"), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  const documents = fc.record({
    apiVersion: fc.oneof(fc.constant("score.dev/v1b1"), tree),
    metadata: fc.oneof(fc.constant({ name: "app" }), tree),
    containers: fc.dictionary(fc.constantFrom("main", "side", "x"), fc.dictionary(key, tree)),
    resources: fc.dictionary(fc.constantFrom("db", "x"), fc.dictionary(key, tree)),
  });

  test("end in problems with places, or are fine", () => {
    fc.assert(
      fc.property(fc.oneof(documents, tree), fc.boolean(), (document, compose) => {
        const text = JSON.stringify(document) ?? "";
        try {
          loadWorkloads([{ path: "0.yaml", text }], compose ? "compose" : "k8s");
        } catch (error) {
          expect(error).toBeInstanceOf(ScoreError);
          const { problems } = error as ScoreError;
          expect(problems.length).toBeGreaterThan(0);
          for (const { place } of problems)
            expect(place).toMatchObject({ file: "0.yaml", line: 1 });
          const said = problems.map(({ message }) => message);
          expect(new Set(said).size).toBe(said.length);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("many faults", () => {
  const faulty = (count: number, name = "app") => ({
    text: `${HEAD.replace("app", name)}containers:\n  main:\n    image: i\n    variables:\n${Array.from(
      { length: count },
      (_, i) => `      K${i}: ${i}\n      L${i}: "\${x}"\n`,
    ).join("")}`,
  });

  test("of one document are listed up to fifty, and counted", () => {
    const error = refused([faulty(40), { text: "a: [" }]);
    expect(error.problems).toHaveLength(51);
    expect(error.message).toContain("(and 80 more, 30 of them not listed)");
  });

  test("of many documents are listed up to five hundred", () => {
    const error = refused(Array.from({ length: 20 }, (_, i) => faulty(40, `app-${i}`)));
    expect(error.problems).toHaveLength(500);
  });

  test("take no time", () => {
    const started = performance.now();
    refused([faulty(20_000)]);
    expect(performance.now() - started).toBeLessThan(4000);
  });
});
