import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ENVIRONMENT_KIND } from "../../../src/cli/platform/definition-kind.js";
import { diffDefinitions, formatDefinition } from "../../../src/cli/platform/definition-text.js";
import type { JsonValue } from "../../../src/core/codec/canonical-json.js";
import { formatEnvironment, parseEnvironment } from "../../../src/core/recipe/environment.js";

/** Texts that YAML readers like to take for something else, and any others. */
const text = fc.oneof(
  fc.constantFrom(
    "yes",
    "1.0",
    "~",
    "- a",
    "a: b",
    "# c",
    "'",
    '"',
    "{{ x }}",
    "é\n x",
    "2024-01-01",
  ),
  fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" }),
);
const said = text.filter((one) => one.trim() !== "" && !one.includes("\0"));
const entry = fc.record(
  {
    recipe: fc.constantFrom("acme/cache", "acme/queue"),
    range: fc.constantFrom("^1.0.0", "1.0.0", ">=1.0.0 <2.0.0 || ^3", "*"),
    type: said,
    class: said,
    id: said,
    target: fc.constantFrom("compose", "k8s"),
    patches: fc.boolean(),
  },
  { requiredKeys: ["recipe", "range"] },
);
const rules = fc.record(
  {
    prereleases: fc.boolean(),
    namespaces: fc.constant(["acme"]),
    signatures: fc.integer({ min: 1, max: 3 }),
    approvals: fc.integer({ min: 0, max: 3 }),
    promotesFrom: fc.constant(["staging"]),
    commands: fc.boolean(),
  },
  { requiredKeys: [] },
);
const definition = fc.record(
  {
    title: said,
    description: said,
    entries: fc.array(fc.oneof(entry, fc.constant({ list: "shared" })), { maxLength: 5 }),
    rules,
  },
  { requiredKeys: ["entries"] },
);

describe("a definition as YAML", () => {
  test("says the same when it is read", () => {
    fc.assert(
      fc.property(definition, (raw) => {
        const complete = formatEnvironment(parseEnvironment(raw as unknown as JsonValue));
        const again = ENVIRONMENT_KIND.parse(formatDefinition(complete), "again.yaml");
        expect(again).toEqual(complete);
      }),
    );
  });

  test("leaves out what goes without saying", () => {
    const entries: JsonValue = [{ recipe: "acme/cache", range: "1.0.0" }, { list: "shared" }];
    const complete = formatEnvironment(parseEnvironment({ entries, rules: { signatures: 1 } }));
    expect(formatDefinition(complete)).toBe(
      "entries:\n  - recipe: acme/cache\n    range: 1.0.0\n  - list: shared\n",
    );
  });

  test("keeps what a newer server says", () => {
    expect(formatDefinition({ entries: [], rules: { moons: 2 }, colour: "red" })).toBe(
      "colour: red\nentries: []\nrules:\n  moons: 2\n",
    );
  });

  test("differs from nothing by all its lines", () => {
    const diff = diffDefinitions("a", undefined, { entries: [], title: "T" });
    expect(diff).toContain("+title: T\n+entries: []\n");
  });
});
