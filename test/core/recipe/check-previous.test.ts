import { describe, expect, test } from "vitest";
import { checkRecipe } from "../../../src/core/recipe/check.js";
import { previousVersionOf } from "../../../src/core/recipe/check-previous.js";
import type { RecipeError } from "../../../src/core/recipe/error.js";
import { packRecipe, type RecipePackage } from "../../../src/core/recipe/package.js";

interface Text {
  readonly version?: string;
  readonly resources?: string;
  readonly compose?: string;
  readonly k8s?: string;
}

const REDIS = "{uri: 'template://redis', type: redis, class: big, expected_outputs: [host, port]}";

function recipe({
  version = "1.1.0",
  resources,
  compose = `- ${REDIS}`,
  k8s,
}: Text): RecipePackage {
  const more = resources === undefined ? "" : `resources: {redis: ${resources}}\n`;
  const texts = {
    "recipe.yaml": `name: dapr/redis\nversion: ${version}\n${more}`,
    "compose.provisioners.yaml": compose,
    ...(k8s === undefined ? {} : { "k8s.provisioners.yaml": k8s }),
  };
  const encoder = new TextEncoder();
  return packRecipe(
    new Map(Object.entries(texts).map(([path, text]) => [path, encoder.encode(text)])),
  );
}

/** Code and problems of publishing `next` after `previous`; undefined where it is taken. */
function refusal(previous: Text, next: Text, force = false) {
  const before = previousVersionOf(recipe({ version: "1.0.0", ...previous }));
  try {
    checkRecipe(recipe(next), { previous: before, force });
    return undefined;
  } catch (error) {
    return error as RecipeError;
  }
}

const withUri = (uri: string, more = "class: big") => `- {uri: '${uri}', type: redis, ${more}}`;

describe("attack 5: a changed uri", () => {
  const before = { compose: withUri("template://a") };

  test("is refused with a code, a place and a hint of its own", () => {
    const error = refusal(before, { compose: withUri("template://b") });
    expect(error).toMatchObject({
      code: "recipe_uri_changed",
      hint: expect.stringContaining("force"),
      problems: [
        {
          code: "recipe_uri_changed",
          place: { file: "compose.provisioners.yaml", line: 1 },
        },
      ],
    });
  });

  test("is a warning where it is meant", () => {
    const previous = previousVersionOf(recipe(before));
    const next = recipe({ compose: withUri("template://b") });
    const { warnings } = checkRecipe(next, { previous, force: true });
    expect(warnings.map(({ code }) => code)).toEqual(["recipe_uri_changed"]);
  });

  test.each([
    { name: "the same uri", next: { compose: withUri("template://a") } },
    {
      name: "a second provisioner of the same class",
      next: { compose: `${withUri("template://a")}\n${withUri("template://b")}` },
    },
    {
      name: "another target",
      next: { ...before, k8s: withUri("template://b") },
    },
    {
      name: "another class",
      next: { compose: `${withUri("template://a")}\n${withUri("template://b", "class: small")}` },
    },
    {
      name: "another id",
      next: {
        compose: `${withUri("template://a")}\n${withUri("template://b", "class: big, id: x")}`,
      },
    },
  ])("is none for $name", ({ next }) => {
    expect(refusal(before, next)).toBeUndefined();
  });
});

const schema = (outputs: string) => `{outputs: ${outputs}}`;

describe("a dropped output", () => {
  const dropped = {
    compose: "- {uri: 'template://redis', type: redis, class: big, expected_outputs: [host]}",
  };
  const gone = {
    compose:
      "- {uri: 'template://redis', type: redis, class: small, expected_outputs: [host, port]}",
  };
  const any = {
    compose: "- {uri: 'template://redis', type: redis, expected_outputs: [host, port]}",
  };

  test.each<{ name: string; previous?: Text; next: Text; codes: string[] }>([
    { name: "of a provisioner", next: dropped, codes: ["recipe_output_dropped"] },
    { name: "of a provisioner that is gone", next: gone, codes: ["recipe_output_dropped"] },
    {
      name: "of one that now serves fewer",
      previous: any,
      next: {},
      codes: ["recipe_output_dropped"],
    },
    {
      name: "of a target that is gone",
      previous: { k8s: `- ${REDIS}` },
      next: {},
      codes: ["recipe_output_dropped"],
    },
    {
      name: "of the schema",
      previous: { resources: schema("{properties: {url: {}, host: {}}, required: [tls]}") },
      next: { resources: schema("{properties: {host: {}}}") },
      codes: ["recipe_output_dropped", "recipe_output_dropped"],
    },
    {
      name: "that is no longer required",
      previous: { resources: schema("{required: [host]}") },
      next: { resources: schema("{properties: {host: {}}}") },
      codes: ["recipe_output_dropped"],
    },
    {
      name: "of a schema that is gone",
      previous: { resources: schema("{properties: {url: {}, host: {}}}") },
      next: {},
      codes: ["recipe_output_dropped"],
    },
    { name: "that was none: one that now serves all", next: any, codes: [] },
    {
      name: "that was none: a new output",
      next: { compose: `- ${REDIS.replace("port", "port, tls")}` },
      codes: [],
    },
    {
      name: "that was none: only the schema is new",
      next: { resources: schema("{properties: {host: {}}}") },
      codes: [],
    },
  ])("$name", ({ previous = {}, next, codes }) => {
    const error = refusal(previous, next);
    expect(error?.problems.map(({ code }) => code) ?? []).toEqual(codes);
    if (codes.length > 0)
      expect(error).toMatchObject({ code: codes[0], hint: expect.stringContaining("2.0.0") });
  });

  test("is not lifted by force", () => {
    expect(refusal({}, dropped, true)).toMatchObject({ code: "recipe_output_dropped" });
  });
});

describe("a newly required param", () => {
  const asks = (names: string) => ({ resources: `{params: {required: [${names}]}}` });

  test.each([
    { name: "beside others", previous: asks("a"), next: asks("a, b"), count: 1 },
    { name: "where there was no schema", previous: {}, next: asks("a, b"), count: 2 },
    { name: "that was required before is none", previous: asks("a, b"), next: asks("b"), count: 0 },
    {
      name: "of a type that is new is none",
      previous: { compose: "[]" },
      next: asks("a"),
      count: 0,
    },
  ])("$name", ({ previous, next, count }) => {
    const problems = refusal(previous, next)?.problems ?? [];
    expect(problems.map(({ code }) => code)).toEqual(
      Array.from({ length: count }, () => "recipe_param_required"),
    );
    for (const { place } of problems) {
      expect(place).toEqual({ file: "recipe.yaml", path: "resources.redis.params" });
    }
  });
});

test.each([
  ["1.0.0", "1.0.1", true],
  ["1.0.0", "1.1.0-rc.1", true],
  ["1.0.0", "2.0.0-rc.1", false],
  ["1.0.0", "2.0.0", false],
  ["1.0.0-rc.1", "1.0.0", true],
  ["0.1.0", "0.1.1", true],
  ["0.1.0", "0.2.0", false],
  ["0.0.1", "0.0.2", false],
  ["0.9.0", "1.0.0", false],
])("after %s, %s keeps what was promised: %s", (before, version, kept) => {
  const error = refusal({ version: before }, { version, compose: "[]" });
  expect(error?.code).toBe(kept ? "recipe_output_dropped" : undefined);
});

describe("attack 34: more provisioners than a file may have", () => {
  const many = (text: (i: number) => string) =>
    Array.from({ length: 13_000 }, (_, i) => `- {uri: "template://a${i}", ${text(i)}}\n`).join("");

  test.each([
    { name: "of as many types", before: (i: number) => `type: t${i}` },
    { name: "of one type", before: (i: number) => `type: t, class: c${i}` },
  ])("$name are held against those of the previous version in bounded time", ({ before }) => {
    const start = performance.now();
    const refused = refusal(
      { compose: many(before) },
      { compose: many((i) => `${before(i)}, id: x`) },
    );
    const codes = new Set(refused?.problems.map(({ code }) => code));
    expect(codes).toEqual(new Set(["recipe_file_limit", "recipe_output_dropped"]));
    expect(performance.now() - start).toBeLessThan(8000);
  });
});
