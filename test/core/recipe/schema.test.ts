import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../../src/core/codec/canonical-json.js";
import {
  checkJsonSchema,
  compileJsonSchema,
  type JsonSchema,
} from "../../../src/core/recipe/schema.js";

const PARAMS: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  required: ["topic"],
  additionalProperties: false,
  properties: {
    topic: { $ref: "#/$defs/name" },
    code: { type: "string", pattern: "^[A-Z][0-9]$" },
    mode: { enum: ["fast", "safe"] },
    url: { type: "string", format: "uri" },
    list: { type: "array", items: { $ref: "#/$defs/name" }, maxItems: 3 },
  },
  $defs: { name: { type: "string", pattern: "^[a-z]+$" } },
};

describe("a schema", () => {
  test.each([
    { value: { topic: "orders" }, pointers: [] },
    { value: { topic: "orders", mode: "safe", list: ["a"] }, pointers: [] },
    { value: {}, pointers: [""] },
    { value: { topic: 1, mode: "slow" }, pointers: ["/topic", "/mode"] },
    { value: { topic: "a", extra: 1 }, pointers: [""] },
    { value: { topic: "a", list: ["b", "C"] }, pointers: ["/list/1"] },
    { value: { topic: "a", url: "not a url" }, pointers: ["/url"] },
    { value: [], pointers: [""] },
    { value: { topic: "a", code: "X1" }, pointers: [] },
    { value: { topic: "a", code: "a" }, pointers: ["/code"] },
  ])("judges $value", ({ value, pointers }) => {
    const faults = compileJsonSchema(PARAMS)(value as JsonValue);
    expect(faults.map(({ pointer }) => pointer)).toEqual(pointers);
  });

  test("names what is too much and what is allowed", () => {
    const check = compileJsonSchema(PARAMS);
    expect(check({ topic: "a", extra: 1 })[0]?.message).toContain("extra");
    expect(check({ topic: "a", mode: "x" })[0]?.message).toContain("fast, safe");
  });

  test.each([true, false])("may be %s", (schema) => {
    expect(compileJsonSchema(schema)({}).length === 0).toBe(schema);
  });
});

test("attack 35: a pattern that backtracks elsewhere takes no time here", () => {
  const check = compileJsonSchema({ type: "string", pattern: "^(a+)+$" });
  const started = performance.now();
  expect(check(`${"a".repeat(5000)}!`)).toHaveLength(1);
  expect(performance.now() - started).toBeLessThan(1000);
});

/** `$defs` in which each part names the one before twice: 2^n parts when written out. */
function doubling(levels: number): JsonValue {
  const parts = Array.from({ length: levels }, (_, i) => [
    `l${i + 1}`,
    { allOf: [{ $ref: `#/$defs/l${i}` }, { $ref: `#/$defs/l${i}` }] },
  ]);
  return {
    $ref: `#/$defs/l${levels}`,
    $defs: { l0: { type: "string" }, ...Object.fromEntries(parts) },
  };
}

describe("attack 37: schemas", () => {
  test.each([
    { name: "a remote reference", schema: { $ref: "https://attacker.example/schema" } },
    { name: "a reference to a file", schema: { $ref: "file:///etc/passwd" } },
    { name: "a reference to nothing", schema: { $ref: "#/$defs/none" } },
    { name: "a reference to the prototype", schema: { $ref: "#/constructor" } },
    { name: "a reference to itself", schema: { $ref: "#" } },
    {
      name: "a recursion through properties",
      schema: { type: "object", properties: { child: { $ref: "#" } } },
    },
    {
      name: "a recursion of two",
      schema: {
        $ref: "#/$defs/a",
        $defs: { a: { $ref: "#/$defs/b" }, b: { items: { $ref: "#/$defs/a" } } },
      },
    },
    {
      name: "a recursion that nothing uses",
      schema: { $defs: { a: { not: { $ref: "#/$defs/a" } } } },
    },
    { name: "exponential references", schema: doubling(40) },
    { name: "a huge enum", schema: { enum: Array.from({ length: 6000 }, (_, i) => i) } },
    { name: "a schema too long", schema: { description: "x".repeat(70_000) } },
    { name: "an identity", schema: { $id: "https://example.com/s", type: "string" } },
    { name: "an anchor", schema: { $anchor: "a" } },
    { name: "a dynamic reference", schema: { $dynamicRef: "#a" } },
    { name: "an asynchronous schema", schema: { $async: true } },
    { name: "another draft", schema: { $schema: "http://json-schema.org/draft-07/schema#" } },
    { name: "an unknown keyword", schema: { tpye: "string" } },
    { name: "an unknown type", schema: { type: "strin" } },
    { name: "an unknown format", schema: { type: "string", format: "postcode" } },
    { name: "a pattern that RE2 refuses", schema: { type: "string", pattern: "(a)\\1" } },
    { name: "text", schema: "object" },
    { name: "null", schema: null },
    { name: "a list", schema: [] },
  ])("refuses $name", ({ schema }) => {
    const started = performance.now();
    expect(checkJsonSchema(schema as JsonValue).length).toBeGreaterThan(0);
    expect(performance.now() - started).toBeLessThan(2000);
    expect(() => compileJsonSchema(schema as JsonSchema)).toThrow(
      expect.objectContaining({ code: "recipe_schema" }),
    );
  });

  test("shared parts are no recursion", () => {
    expect(checkJsonSchema(doubling(5))).toEqual([]);
  });
});
