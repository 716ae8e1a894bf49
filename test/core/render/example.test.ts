import { describe, expect, test } from "vitest";
import { asInspected, inspectRecipe } from "../../../src/core/recipe/check.js";
import {
  formatExampleRendering,
  parseExampleRendering,
} from "../../../src/core/recipe/example-rendering.js";
import { packRecipe } from "../../../src/core/recipe/package.js";
import {
  exampleProblems,
  MAX_EXAMPLES,
  planExamples,
  renderExample,
  renderExamples,
  unrenderedExamples,
} from "../../../src/core/render/example.js";

const encoder = new TextEncoder();

/** The examples of a recipe with these files. */
function plan(files: Readonly<Record<string, string>>, metadata = "") {
  const texts = { "recipe.yaml": `name: acme/db\nversion: 1.0.0\n${metadata}`, ...files };
  const contents = Object.entries(texts).map(
    ([path, text]) => [path, encoder.encode(text)] as const,
  );
  const recipe = packRecipe(new Map(contents));
  return planExamples(recipe, inspectRecipe(asInspected(recipe)).sound);
}

const score = (resources: object, container: object = {}) =>
  JSON.stringify({
    apiVersion: "score.dev/v1b1",
    metadata: { name: "app" },
    containers: { main: { image: "example.com/app:1", ...container } },
    resources,
  });
const entry = (type: string, templates: object = {}) =>
  JSON.stringify([{ uri: `template://acme/${type}`, type, ...templates }]);

const DB = {
  "compose.provisioners.yaml": entry("db", {
    state: 'password: {{ randAlphaNum 12 | quote }}\nat: {{ now | date "2006" | quote }}',
    outputs: "host: db\npassword: {{ .State.password }}\nat: {{ .State.at }}",
    services: "db: {image: example.com/db:7}\nside: {image: example.com/app:1}",
    files: "db/conf: 'password={{ .State.password }}'",
    directories: "data: true",
  }),
  "k8s.provisioners.yaml": entry("db", {
    outputs: "host: db\npassword: {{ randAlphaNum 12 }}\nat: x",
    manifests: JSON.stringify([
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "db" },
        spec: {
          selector: { matchLabels: { app: "db" } },
          template: {
            metadata: { labels: { app: "db" }, annotations: { image: "example.com/none:1" } },
            spec: {
              containers: [{ name: "db", image: "example.com/db:8" }],
              initContainers: [{ name: "init", image: "example.com/init:1" }],
            },
          },
        },
      },
      {
        apiVersion: "acme.dev/v1",
        kind: "Cluster",
        metadata: { name: "c" },
        spec: { image: "example.com/custom:1" },
      },
      {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "m" },
        data: { image: "example.com/text:1" },
      },
    ]),
  }),
  "examples/one/score.yaml": score(
    { db: { type: "db" } },
    { variables: { DB: "${resources.db.host}", PASSWORD: "${resources.db.password}" } },
  ),
};

describe("an example", () => {
  test("is rendered for each target, the same each time", () => {
    const { jobs, problems } = plan(DB);
    expect(problems).toEqual([]);
    expect(jobs.map(({ example, target }) => [example, target])).toEqual([
      ["one", "compose"],
      ["one", "k8s"],
    ]);
    for (const job of jobs) {
      const { rendering } = renderExample(job);
      expect(renderExample(structuredClone(job)).rendering).toEqual(rendering);
      expect(parseExampleRendering(formatExampleRendering(rendering))).toEqual({
        ...rendering,
        files: rendering.files.map((file) => ({ ...file, content: new Uint8Array(file.content) })),
      });
    }
  });

  test("tells the images that its Score files do not name", () => {
    const images = plan(DB).jobs.map((job) => renderExample(job).images);
    expect(images).toEqual([
      ["example.com/db:7"],
      ["example.com/custom:1", "example.com/db:8", "example.com/init:1"],
    ]);
  });

  test("shows its files as text, and others as base64", () => {
    const content = Uint8Array.of(0, 255);
    const file = { path: "a", mode: 0o640, content };
    const stored = formatExampleRendering({
      document: "a: 1\n",
      files: [file],
      emptyDirectories: ["d"],
    });
    expect(JSON.parse(new TextDecoder().decode(stored))).toEqual({
      document: "a: 1\n",
      files: [{ path: "a", mode: "0640", base64: "AP8=" }],
      emptyDirectories: ["d"],
    });
    expect(parseExampleRendering(stored).files).toEqual([file]);
  });

  test("has stand-ins of its own for what other recipes provide, and files to mount", () => {
    const { jobs } = plan({
      "side.compose.tpl": "- op: set\n  path: services.app-main.labels.team\n  value: acme\n",
      "examples/two/a.score.yaml": score(
        { dns: { type: "dns" } },
        {
          variables: { HOST: "${resources.dns.host}" },
          files: { "/etc/x": { source: "files/x.txt" } },
        },
      ),
      "examples/two/compose.provisioners.yaml": entry("dns", { outputs: "host: example.com" }),
      "examples/two/files/x.txt": "hello",
    });
    expect(renderExamples(jobs).failures).toEqual([]);
    const [rendering] = jobs.map((job) => renderExample(job).rendering);
    expect(rendering?.document).toContain("HOST: example.com");
    expect(rendering?.document).toContain("team: acme");
  });

  test("is held against what the recipe says of its own types", () => {
    const said = "resources: {db: {outputs: {required: [port]}}}\n";
    const problems = exampleProblems(renderExamples(plan(DB, said).jobs).failures);
    expect(problems.map(({ code, place }) => [code, place?.file, place?.path])).toEqual([
      ["recipe_example", "compose.provisioners.yaml", "outputs.port"],
      ["recipe_example", "k8s.provisioners.yaml", "outputs.port"],
    ]);
  });

  test("that asks for a cmd:// provisioner stays without a rendering, and is no fault", () => {
    const { jobs } = plan({
      "compose.provisioners.yaml": '[{"uri": "cmd://bash", "type": "db"}]',
      "examples/one/score.yaml": score({ db: { type: "db" } }),
    });
    const failures = renderExamples(jobs).failures;
    expect(exampleProblems(failures)).toEqual([]);
    expect(unrenderedExamples(failures)).toMatchObject([{ code: "recipe_example" }]);
  });
});

const db = (outputs: string) =>
  `- uri: template://acme/db\n  type: db\n  outputs: |\n    ${outputs}\n`;
const asking = { "examples/one/score.yaml": score({ db: { type: "db" } }) };

describe("a failing example is told with the render's own place", () => {
  test.each<{
    name: string;
    files: Record<string, string>;
    places: (string | number | undefined)[][];
  }>([
    {
      name: "a template that fails",
      files: { ...asking, "compose.provisioners.yaml": db("a: {{ fail `no` }}") },
      places: [["compose.provisioners.yaml", 4, 11]],
    },
    {
      name: "a Score file that asks for what nothing provides",
      files: {
        "compose.provisioners.yaml": db("a: 1"),
        "k8s.provisioners.yaml": db("a: 1"),
        "examples/one/score.yaml":
          "apiVersion: score.dev/v1b1\nmetadata: {name: app}\ncontainers: {main: {image: x}}\nresources:\n  dns: {type: dns}\n",
      },
      places: [["examples/one/score.yaml", 5, 3]],
    },
    {
      name: "two faults in a Score file, whatever the templates",
      files: {
        "compose.provisioners.yaml": db("a: {{ end }}"),
        "examples/one/score.yaml":
          "apiVersion: score.dev/v1b1\nmetadata: {name: app}\ncontainers:\n  main: {imag: x}\n",
      },
      places: [
        ["examples/one/score.yaml", 4, 3],
        ["examples/one/score.yaml", 4, 10],
      ],
    },
    {
      name: "a stand-in that is none",
      files: {
        ...asking,
        "compose.provisioners.yaml": db("a: 1"),
        "examples/one/compose.provisioners.yaml": "- {uri: 'template://x', type: x, label: y}\n",
      },
      places: [["examples/one/compose.provisioners.yaml", 1, 34]],
    },
    {
      name: "no Score file",
      files: { "compose.provisioners.yaml": db("a: 1"), "examples/one/readme.md": "" },
      places: [["examples/one", undefined, undefined]],
    },
  ])("$name", ({ files, places }) => {
    const { jobs, problems } = plan(files);
    const all = [...problems, ...exampleProblems(renderExamples(jobs).failures)];
    expect(all.map(({ code }) => code)).toEqual(places.map(() => "recipe_example"));
    expect(all.map(({ place }) => [place?.file, place?.line, place?.column])).toEqual(places);
  });

  test("and once for both targets", () => {
    const { jobs } = plan({
      "compose.provisioners.yaml": db("a: 1"),
      "k8s.provisioners.yaml": db("a: 1"),
      "examples/one/score.yaml": "a: [",
    });
    const problems = exampleProblems(renderExamples(jobs).failures);
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^the example one for compose and k8s: /),
    ]);
  });
});

test("there are no more examples than people look at", () => {
  const examples = Array.from({ length: MAX_EXAMPLES + 1 }, (_, i) => [
    `examples/x${i}y/score.yaml`,
    "",
  ]);
  const { jobs, problems } = plan({ "a.compose.tpl": "", ...Object.fromEntries(examples) });
  expect(jobs).toEqual([]);
  expect(problems).toMatchObject([{ code: "recipe_example" }]);
});

describe("attack 33 to 36: an example", () => {
  test("that renders more than a file may hold is refused", () => {
    const { jobs } = plan({
      ...asking,
      "compose.provisioners.yaml": entry("db", {
        files: "a: '{{ repeat 700000 `x` }}'\nb: '{{ repeat 700000 `x` }}'",
      }),
    });
    expect(exampleProblems(renderExamples(jobs).failures)).toMatchObject([
      { code: "recipe_example", place: { file: "examples/one" } },
    ]);
  });

  test.each([
    ["that repeats without end", "a: {{ repeat 2000000000 `x` }}"],
    ["that lists without end", "a: {{ until 50000000 }}"],
    [
      "that ranges without end",
      "a: {{ range $i := until 1000000 }}{{ range $j := until 1000000 }}x{{ end }}{{ end }}",
    ],
    ["that calls itself", '{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}'],
    [
      "that prints what it prints",
      '{{ $a := "x" }}{{ range until 60 }}{{ $a = print $a $a }}{{ end }}',
    ],
    [
      "whose output is an alias bomb",
      "a: &a [x, x, x, x, x, x, x, x, x, x]\n    b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n    c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n    d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\n    e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]\n    f: [*e, *e, *e, *e, *e, *e, *e, *e, *e, *e]",
    ],
  ])("%s is stopped, with its place", (_, text) => {
    const { jobs } = plan({ ...asking, "compose.provisioners.yaml": db(text) });
    const problems = exampleProblems(renderExamples(jobs).failures);
    expect(problems).toMatchObject([
      { code: "recipe_example", place: { file: "compose.provisioners.yaml" } },
    ]);
  });

  test.each([
    [
      "with an alias bomb",
      `a: &a [${"x,".repeat(9)}x]\nb: &b [${"*a,".repeat(9)}*a]\nc: &c [${"*b,".repeat(9)}*b]\nd: &d [${"*c,".repeat(9)}*c]\ne: &e [${"*d,".repeat(9)}*d]\nf: [${"*e,".repeat(9)}*e]\n`,
    ],
    ["that nests without end", "[".repeat(10_000)],
    ["with a key twice", "apiVersion: a\napiVersion: b\n"],
  ])("%s is refused in its Score file", (_, text) => {
    const { jobs } = plan({
      "compose.provisioners.yaml": db("a: 1"),
      "examples/one/score.yaml": text,
    });
    const problems = exampleProblems(renderExamples(jobs).failures);
    expect(problems[0]).toMatchObject({
      code: "recipe_example",
      place: { file: "examples/one/score.yaml", line: expect.any(Number) },
    });
  });
});
