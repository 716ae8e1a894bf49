import { expect, test } from "vitest";
import { diffPackages } from "../../../src/core/recipe/diff.js";
import { packRecipe } from "../../../src/core/recipe/package.js";

const PROVISIONERS = `- uri: template://acme/cache
  type: cache
  supported_params: [size]
  expected_outputs: [host, password]
  outputs: "{}"
`;

function pack(files: Readonly<Record<string, string | Uint8Array>>, metadata = "") {
  const all = {
    "recipe.yaml": `name: acme/cache\nversion: 1.0.0\n${metadata}`,
    "compose.provisioners.yaml": PROVISIONERS,
    ...files,
  };
  const encoder = new TextEncoder();
  return packRecipe(
    new Map(
      Object.entries(all).map(([path, content]) => [
        path,
        typeof content === "string" ? encoder.encode(content) : content,
      ]),
    ),
  );
}

const lines = (count: number, text: (line: number) => string) =>
  Array.from({ length: count }, (_, line) => `${text(line)}\n`).join("");

test("the same package has no changes", () => {
  const recipe = pack({ "README.md": "# A\n" }, "title: A\n");
  expect(diffPackages(recipe, recipe)).toEqual({ files: [], metadata: [] });
});

test("files are added, removed and changed with a unified diff", () => {
  const from = pack({ "README.md": "# A\n\none\ntwo\n", "CHANGELOG.md": "x" });
  const to = pack({ "README.md": "# A\n\n1\ntwo", "examples/plain/score.yaml": "{}\n" });
  expect(diffPackages(from, to).files).toEqual([
    { path: "CHANGELOG.md", change: "removed", sizeBefore: 1 },
    {
      path: "README.md",
      change: "changed",
      sizeBefore: 13,
      sizeAfter: 10,
      diff: [
        "--- a/README.md",
        "+++ b/README.md",
        "@@ -1,4 +1,4 @@",
        " # A",
        " ",
        "-one",
        "-two",
        "+1",
        "+two",
        "\\ No newline at end of file",
        "",
      ].join("\n"),
    },
    { path: "examples/plain/score.yaml", change: "added", sizeAfter: 3 },
  ]);
});

test.each<{ name: string; from: string | Uint8Array; to: string | Uint8Array }>([
  { name: "too many lines changed", from: lines(3000, String), to: lines(3000, (i) => `x${i}`) },
  { name: "a large file", from: "a".repeat(300_000), to: "b" },
  { name: "bytes that are no text", from: new Uint8Array([0xff, 1]), to: "text" },
])("$name is told by sizes alone", ({ from, to }) => {
  const [change] = diffPackages(pack({ "README.md": from }), pack({ "README.md": to })).files;
  expect(change).toEqual({
    path: "README.md",
    change: "changed",
    sizeBefore: from.length,
    sizeAfter: to.length,
  });
});

test("a few changes in a long file are told", () => {
  const from = lines(5000, (line) => `line ${line}`);
  const [change] = diffPackages(
    pack({ "README.md": from }),
    pack({ "README.md": from.replace("line 77\n", "").replace("line 4000\n", "line X\n") }),
  ).files;
  expect(change?.diff?.match(/^[-+][^-+].*$/gm)).toEqual(["-line 77", "-line 4000", "+line X"]);
});

test("the work of many files is bounded (attack 35)", () => {
  const files = (seed: string) =>
    Object.fromEntries(
      Array.from({ length: 190 }, (_, i) => [
        `examples/e${i}/score.yaml`,
        lines(4000, (line) => `${seed}${line % 7}`),
      ]),
    );
  const started = performance.now();
  const { files: changes } = diffPackages(pack(files("a")), pack(files("b")));
  expect(changes).toHaveLength(190);
  expect(performance.now() - started).toBeLessThan(3000);
});

const SCHEMAS = (params: string, outputs: string, more = "") =>
  `resources:\n  cache:\n    params: ${params}\n    outputs: ${outputs}\n${more}`;

test.each<{ name: string; from: string; to: string; says: string[] }>([
  {
    name: "fields",
    from: "title: A\nlicense: MIT\n",
    to: "title: B\ndescription: C\n",
    says: ["title changed", "description added", "license removed"],
  },
  {
    name: "params and outputs",
    from: SCHEMAS(
      "{properties: {size: {type: integer}, old: {}}}",
      "{properties: {host: {}, port: {}}}",
    ),
    to: SCHEMAS(
      "{properties: {size: {type: string}, new: {}, must: {}}, required: [size, must]}",
      "{properties: {host: {}}}",
      "    secretOutputs: [host]\n",
    ),
    says: [
      "param size of cache is required now, has another schema",
      "param old of cache removed",
      "param new of cache added",
      "param must of cache added, which is required",
      "output host of cache is secret now",
      "output port of cache removed",
    ],
  },
])("the metadata's changes are told in words: $name", ({ from, to, says }) => {
  const { metadata } = diffPackages(pack({}, from), pack({}, to));
  expect(metadata.map(({ text }) => text)).toEqual(says);
});

test("what is provided is compared by target, type, class and id", () => {
  const provisioner = (uri: string, more: string) =>
    `- uri: ${uri}\n  type: ${more}\n  outputs: "{}"\n`;
  const from = pack({
    "compose.provisioners.yaml":
      provisioner("template://a", "cache") + provisioner("template://b", "gone"),
  });
  const to = pack({
    "compose.provisioners.yaml":
      provisioner("template://other", "cache") +
      provisioner("template://c", "cache\n  class: fast"),
    "k8s.provisioners.yaml": provisioner("template://a", "cache"),
  });
  expect(diffPackages(from, to).metadata).toEqual([
    {
      about: "provisioner",
      change: "changed",
      text: "cache.*#* for compose has the uri template://other, it was template://a",
    },
    { about: "provisioner", change: "removed", text: "no longer provides gone.*#* for compose" },
    { about: "provisioner", change: "added", text: "provides cache.fast#* for compose" },
    { about: "provisioner", change: "added", text: "provides cache.*#* for k8s" },
  ]);
});

test("a param that only the provisioners name counts", () => {
  const to = pack({ "compose.provisioners.yaml": PROVISIONERS.replace("[size]", "[]") });
  expect(diffPackages(pack({}), to).metadata.map(({ text }) => text)).toEqual([
    "param size of cache removed",
  ]);
});

test("as many provisioners as a version can hold are compared in bounded time (attack 34)", () => {
  const of = (uri: string) => {
    const text = lines(20_000, (line) => `- {uri: "${uri}${line}", type: t${line}}`);
    return pack({ "compose.provisioners.yaml": text, "k8s.provisioners.yaml": text });
  };
  const [from, to] = [of("template://a"), of("template://b")];
  const start = performance.now();
  expect(diffPackages(from, to).metadata).toHaveLength(40_000);
  expect(performance.now() - start).toBeLessThan(8000);
});
