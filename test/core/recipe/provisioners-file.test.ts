import { describe, expect, test } from "vitest";
import { parseProvisionersFile } from "../../../src/core/recipe/provisioners-file.js";

const parse = (text: string, target: "compose" | "k8s" = "compose") =>
  parseProvisionersFile(text, { file: "p.yaml", target });

const FULL = `# two entries
- uri: template://acme/thing#v2
  type: thing
  class: big
  description: 5
  supported_params: [a, 2]
  expected_outputs:
    - host
  outputs: |
    host: {{ .Id }}
  state: ""

- uri: cmd://bash
  type: other
  args: ["-c", "true"]
`;

test("reads entries with their lines", () => {
  const [first, second] = parse(FULL);
  expect(first).toMatchObject({
    uri: "template://acme/thing#v2",
    type: "thing",
    class: "big",
    description: "5",
    supportedParams: ["a", "2"],
    expectedOutputs: ["host"],
    file: "p.yaml",
    line: 2,
  });
  expect(first?.templates).toEqual(new Map([["outputs", "host: {{ .Id }}\n"]]));
  expect(first?.templateStarts).toEqual(
    new Map([["outputs", { line: 10, column: 5, block: true }]]),
  );
  expect(second).toMatchObject({ uri: "cmd://bash", type: "other", line: 13 });
});

test("carries the recipe", () => {
  const recipe = { name: "acme/thing", version: "1.0.0", digest: "sha256:00" };
  const [entry] = parseProvisionersFile("- {uri: 'template://a/b', type: t}", {
    file: "p.yaml",
    target: "k8s",
    recipe,
  });
  expect(entry?.recipe).toBe(recipe);
});

test.each([["[]"], ["null"]])("an empty list %s has no entries", (text) => {
  expect(parse(text)).toEqual([]);
});

describe("refuses", () => {
  test.each([
    { name: "an empty file", text: "", code: "provisioners_empty" },
    { name: "only a comment", text: "# nothing\n", code: "provisioners_empty" },
    { name: "bad YAML", text: "- {uri: x", code: "provisioners_yaml", line: 1 },
    { name: "a map", text: "uri: template://a/b\ntype: t\n", code: "provisioners_form", line: 1 },
    { name: "a text for an entry", text: "- a\n", code: "provisioners_form", line: 1 },
    { name: "no uri", text: "- type: t\n", code: "provisioners_uri", line: 1 },
    {
      name: "a uri without a scheme",
      text: "- {uri: /x, type: t}\n",
      code: "provisioners_uri",
      line: 1,
    },
    {
      name: "a uri that is no URL",
      text: "- type: t\n  uri: template://a b/c\n",
      code: "provisioners_uri",
      line: 2,
    },
    {
      name: "another scheme",
      text: "- type: t\n  uri: http://a/b\n",
      code: "provisioners_scheme",
      line: 2,
    },
    {
      name: "the built-in's scheme",
      text: "- {uri: 'builtin://environment', type: t}",
      code: "provisioners_scheme",
    },
    { name: "no type", text: "- uri: template://a/b\n", code: "provisioners_type", line: 1 },
    {
      name: "an unknown key",
      text: "- uri: template://a/b\n  type: t\n  output: x\n",
      code: "provisioners_key",
      line: 3,
    },
    {
      name: "a key of the other target",
      text: "- {uri: 'template://a/b', type: t, manifests: x}",
      code: "provisioners_key",
    },
    {
      name: "templates of a command",
      text: "- {uri: 'cmd://bash', type: t, outputs: x}",
      code: "provisioners_key",
    },
    {
      name: "a map for a template",
      text: "- uri: template://a/b\n  type: t\n  init: {a: b}\n",
      code: "provisioners_value",
      line: 3,
    },
    {
      name: "a list for a type",
      text: "- {uri: 'template://a/b', type: [t]}",
      code: "provisioners_value",
    },
  ])("$name", ({ text, code, line }) => {
    const place = expect.objectContaining({
      file: "p.yaml",
      ...(line === undefined ? {} : { line }),
    });
    expect(() => parse(text)).toThrow(expect.objectContaining({ code, place }));
  });

  test("not a uri without slashes", () => {
    expect(parse("- {uri: 'template:a', type: t}")).toMatchObject([{ uri: "template:a" }]);
  });

  test("a local environment on k8s", () => {
    expect(() => parse("- {uri: 'local-env://a/b', type: environment}", "k8s")).toThrow(
      expect.objectContaining({ code: "provisioners_scheme" }),
    );
    expect(parse("- {uri: 'local-env://a/b', type: environment}")).toHaveLength(1);
  });
});
