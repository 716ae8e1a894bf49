import { describe, expect, test } from "vitest";
import {
  formatMetadata,
  inspectRecipeYaml,
  parseMetadataJson,
  type RecipeMetadata,
} from "../../../src/core/recipe/metadata.js";

const file = "recipe.yaml";
function read(text: string, overrides = {}): RecipeMetadata {
  const { value } = inspectRecipeYaml(text, { file, overrides });
  return value ?? expect.unreachable();
}
const FULL = `name: dapr/redis-state-store
version: 1.2.0
title: Dapr state store on Redis
description: |
  Two
  lines.
license: Apache-2.0 OR MIT
maintainers:
  - name: Ada
    email: ada@example.com
    url: https://example.com/ada
links:
  - title: Documentation
    url: https://docs.example.com/redis?a=b
resources:
  dapr-state-store:
    params:
      type: object
      properties:
        size: {type: integer, minimum: 1}
    outputs: {type: object}
    secretOutputs: [password]
  constructor:
    secretOutputs: []
`;

describe("recipe.yaml", () => {
  test("says everything that a recipe says of itself", () => {
    const metadata = read(FULL);
    expect(metadata).toMatchObject({
      name: "dapr/redis-state-store",
      version: "1.2.0",
      title: "Dapr state store on Redis",
      description: "Two\nlines.\n",
      license: "Apache-2.0 OR MIT",
      maintainers: [{ name: "Ada", email: "ada@example.com", url: "https://example.com/ada" }],
      links: [{ title: "Documentation", url: "https://docs.example.com/redis?a=b" }],
    });
    const { params, secretOutputs } = metadata.resources.get("dapr-state-store") ?? {};
    expect(params).toEqual({
      type: "object",
      properties: { size: { type: "integer", minimum: 1 } },
    });
    expect(secretOutputs).toEqual(["password"]);
  });

  test("says the same as JSON", () => {
    const metadata = read(FULL);
    expect(parseMetadataJson(formatMetadata(metadata))).toEqual(metadata);
  });

  test("needs a name and a version and nothing else", () => {
    const metadata = read("name: a/b\nversion: 0.1.0\n");
    expect(formatMetadata(metadata)).toEqual({ name: "a/b", version: "0.1.0" });
  });

  test("gives way to what the publisher says", () => {
    const overrides = { version: "2.0.0", name: "c/d" };
    const metadata = read("name: a/b\n", overrides);
    expect([metadata.name, metadata.version]).toEqual(["c/d", "2.0.0"]);
  });
});

function problemsOf(text: string) {
  const { problems } = inspectRecipeYaml(text, { file });
  for (const { code } of problems) expect(code).toBe("recipe_metadata");
  return problems;
}

test("all faults are found at once, each with its place", () => {
  const text = `name: dapr/Redis
version: 1.0
titel: Redis
license: {}
links:
  - title: Site
    url: javascript:alert(1)
resources:
  redis:
    params: {type: strin}
    secretOutputs: password
`;
  expect(problemsOf(text).map(({ place }) => [place?.line, place?.column, place?.path])).toEqual([
    [1, 1, "name"],
    [2, 1, "version"],
    [4, 1, "license"],
    [7, 5, "links.0.url"],
    [10, 5, "resources.redis.params"],
    [11, 5, "resources.redis.secretOutputs"],
    [3, 1, "titel"],
  ]);
});

test.each([
  { name: "a list", text: "[]" },
  { name: "nothing", text: "" },
  { name: "text that is no YAML", text: "name: [" },
  { name: "a key twice", text: "name: a/b\nname: a/c\nversion: 1.0.0" },
  { name: "build metadata", text: "name: a/b\nversion: 1.0.0+x" },
  { name: "an escape sequence in the title", text: 'name: a/b\nversion: 1.0.0\ntitle: "\\e[31m"' },
  { name: "text that turns around", text: 'name: a/b\nversion: 1.0.0\ntitle: "a\\u202eb"' },
  { name: "a title of two lines", text: 'name: a/b\nversion: 1.0.0\ntitle: "a\\nb"' },
  { name: "a title too long", text: `name: a/b\nversion: 1.0.0\ntitle: ${"x".repeat(101)}` },
  {
    name: "an e-mail address that is none",
    text: "name: a/b\nversion: 1.0.0\nmaintainers: [{name: a, email: b}]",
  },
  {
    name: "a maintainer without a name",
    text: "name: a/b\nversion: 1.0.0\nmaintainers: [{email: a@b}]",
  },
  {
    name: "a file URL",
    text: "name: a/b\nversion: 1.0.0\nlinks: [{title: a, url: file:///etc/passwd}]",
  },
  {
    name: "a remote schema",
    text: 'name: a/b\nversion: 1.0.0\nresources: {x: {params: {$ref: "https://attacker.example/s"}}}',
  },
  {
    name: "an infinite number",
    text: "name: a/b\nversion: 1.0.0\nresources: {x: {params: {minimum: .inf}}}",
  },
  {
    name: "a date",
    text: "name: a/b\nversion: 1.0.0\nresources: {x: {params: {const: 2024-01-02}}}",
  },
  {
    name: "a number that JSON cannot hold",
    text: "name: a/b\nversion: 1.0.0\nresources: {x: {params: {const: 9007199254740993}}}",
  },
])("refuses $name", ({ text }) => {
  expect(problemsOf(text).length).toBeGreaterThan(0);
});

test("attack 36: a key that is the prototype's stays a key, and is unknown", () => {
  expect(problemsOf("name: a/b\nversion: 1.0.0\n__proto__: {polluted: true}\n")).toHaveLength(1);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});
