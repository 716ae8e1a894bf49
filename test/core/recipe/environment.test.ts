import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../../src/core/codec/canonical-json.js";
import {
  DEFAULT_RULES,
  definitionDigest,
  formatEnvironment,
  parseEnvironment,
  parseEnvironmentYaml,
  rulesDigest,
} from "../../../src/core/recipe/environment.js";
import type { RecipeError } from "../../../src/core/recipe/error.js";

const YAML = `title: Staging
entries:
  - recipe: dapr/redis-state-store
    range: ^1.0.0
    type: dapr-state-store
    class: actors
    id: shared
    target: k8s
    patches: false
  - {recipe: score/dns, range: 2.1.0}
rules:
  prereleases: true
  namespaces: [dapr, score]
  signatures: 2
`;

describe("an environment", () => {
  test("is read with its defaults", () => {
    expect(parseEnvironmentYaml(YAML, { file: "staging.yaml" })).toEqual({
      title: "Staging",
      entries: [
        {
          recipe: "dapr/redis-state-store",
          range: "^1.0.0",
          type: "dapr-state-store",
          class: "actors",
          id: "shared",
          target: "k8s",
          patches: false,
        },
        { recipe: "score/dns", range: "2.1.0", patches: true },
      ],
      rules: {
        ...DEFAULT_RULES,
        prereleases: true,
        namespaces: ["dapr", "score"],
        signatures: 2,
      },
    });
  });

  test("may have no entries and no rules", () => {
    const { entries, rules } = parseEnvironment({ entries: [] });
    expect({ entries, rules }).toEqual({
      entries: [],
      rules: DEFAULT_RULES,
    });
  });

  test("comes back from JSON, under one digest", () => {
    const definition = parseEnvironmentYaml(YAML, { file: "staging.yaml" });
    const again = parseEnvironment(formatEnvironment(definition));
    expect(again).toEqual(definition);
    expect(definitionDigest(again)).toBe(definitionDigest(definition));
  });

  test("written with or without its defaults is one definition", () => {
    const short = parseEnvironment({ entries: [{ recipe: "a/b", range: "*" }] });
    const long = parseEnvironment({
      rules: { signatures: 1, prereleases: false },
      entries: [{ patches: true, range: "*", recipe: "a/b" }],
    });
    expect(definitionDigest(short)).toBe(definitionDigest(long));
    expect(rulesDigest(short.rules)).toBe(rulesDigest(long.rules));
  });

  test("in another order is another definition", () => {
    const [a, b] = [
      { recipe: "a/b", range: "*" },
      { recipe: "a/c", range: "*" },
    ];
    const [one, two] = [
      parseEnvironment({ entries: [a, b] }),
      parseEnvironment({ entries: [b, a] }),
    ];
    expect(definitionDigest(one)).not.toBe(definitionDigest(two));
  });
});

test("all faults are found at once, each with its place", () => {
  const text = `entries:
  - recipe: redis
    range: latest
    target: nomad
    klass: x
rules:
  signatures: 0
`;
  try {
    parseEnvironmentYaml(text, { file: "e.yaml" });
    expect.unreachable();
  } catch (error) {
    const { code, problems } = error as RecipeError;
    expect(code).toBe("environment_definition");
    expect(problems.map(({ place }) => [place?.line, place?.path])).toEqual([
      [2, "entries.0.recipe"],
      [3, "entries.0.range"],
      [4, "entries.0.target"],
      [5, "entries.0.klass"],
      [7, "rules.signatures"],
    ]);
  }
});

const entry = { recipe: "a/b", range: "*" };
test.each([
  { name: "no entries", value: {} },
  { name: "entries that are a map", value: { entries: {} } },
  { name: "an entry without a range", value: { entries: [{ recipe: "a/b" }] } },
  { name: "a blank class", value: { entries: [{ ...entry, class: " " }] } },
  { name: "patches as text", value: { entries: [{ ...entry, patches: "off" }] } },
  { name: "attack 12: threshold zero", value: { entries: [], rules: { signatures: 0 } } },
  { name: "a threshold that is no number", value: { entries: [], rules: { signatures: "2" } } },
  { name: "an unknown rule", value: { entries: [], rules: { approvers: 1 } } },
  { name: "a namespace that is none", value: { entries: [], rules: { namespaces: ["*"] } } },
  { name: "more entries than it may have", value: { entries: Array(201).fill(entry) } },
  { name: "a list", value: [] },
])("refuses $name", ({ value }) => {
  expect(() => parseEnvironment(value as JsonValue)).toThrow(
    expect.objectContaining({ code: "environment_definition" }),
  );
});
