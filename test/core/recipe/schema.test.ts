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
    { value: { topic: "orders" }, paths: [] },
    { value: { topic: "orders", mode: "safe", list: ["a"] }, paths: [] },
    { value: {}, paths: ["topic"] },
    { value: { topic: 1, mode: "slow" }, paths: ["topic", "mode"] },
    { value: { topic: "a", extra: 1 }, paths: ["extra"] },
    { value: { topic: "a", list: ["b", "C"] }, paths: ["list 1"] },
    { value: { topic: "a", url: "not a url" }, paths: ["url"] },
    { value: [], paths: [""] },
    { value: { topic: "a", code: "X1" }, paths: [] },
    { value: { topic: "a", code: "a" }, paths: ["code"] },
  ])("judges $value", ({ value, paths }) => {
    const faults = compileJsonSchema(PARAMS)(value);
    expect(faults.map(({ path }) => path.join(" "))).toEqual(paths);
  });

  test("names what is allowed", () => {
    const check = compileJsonSchema(PARAMS);
    expect(check({ topic: "a", mode: "x" })[0]?.message).toContain("fast, safe");
  });

  test.each([true, false])("may be %s", (schema) => {
    expect(compileJsonSchema(schema)({}).length === 0).toBe(schema);
  });
});

describe("alternatives", () => {
  const either: JsonSchema = {
    type: "object",
    properties: {
      size: { oneOf: [{ type: "integer" }, { type: "string", pattern: "^[0-9]+Gi$" }] },
    },
    anyOf: [{ required: ["size"] }, { required: ["name"] }],
  };
  test.each([
    { value: { size: 1 }, faults: [] },
    { value: { size: "1Gi" }, faults: [] },
    { value: {}, faults: [": fits none of the alternatives: size is missing, or name is missing"] },
    {
      value: { size: "secret" },
      faults: [
        'size: fits none of the alternatives: must be integer, or must match pattern "^[0-9]+Gi$"',
      ],
    },
  ])("of $value are one fault", ({ value, faults }) => {
    const found = compileJsonSchema(either)(value);
    expect(found.map(({ path, message }) => `${path.join(".")}: ${message}`)).toEqual(faults);
  });

  test.each<{ name: string; schema: JsonSchema; value: unknown; faults: string[] }>([
    {
      name: "that are references",
      schema: {
        $defs: {
          port: { type: "object", required: ["x"], properties: { x: { $ref: "#/$defs/number" } } },
          number: { type: "integer" },
        },
        properties: { p: { anyOf: [{ $ref: "#/$defs/port" }, { $ref: "#/$defs/number" }] } },
      },
      value: { p: { x: "a" } },
      faults: ["p: fits none of the alternatives: x must be integer, or must be integer"],
    },
    {
      name: "beside a reference",
      schema: {
        $defs: { a: { required: ["x"] }, b: { allOf: [{ $ref: "#/$defs/a" }] } },
        $ref: "#/$defs/b",
        allOf: [{ required: ["y"] }],
        minProperties: 1,
      },
      value: {},
      faults: [": must NOT have fewer than 1 properties", "y: is missing", "x: is missing"],
    },
    {
      name: "with more faults than are looked at",
      schema: { anyOf: [{ type: "array", items: { type: "string" } }, { type: "null" }] },
      value: Array.from({ length: 2000 }, () => 1),
      faults: [
        `: fits none of the alternatives: ${[...Array(20).keys()].map((i) => `${i} must be string`).join(", or ")}`,
      ],
    },
    {
      name: "of the entries of a list",
      schema: { contains: { type: "string" } },
      value: [1, 2],
      faults: [": must contain at least 1 valid item(s)"],
    },
  ])("$name are one fault", ({ schema, value, faults }) => {
    const found = compileJsonSchema(schema)(value);
    expect(found.map(({ path, message }) => `${path.join(".")}: ${message}`).sort()).toEqual(
      faults.sort(),
    );
  });

  test("that all fit are one too many", () => {
    const check = compileJsonSchema({ oneOf: [{ type: "string" }, { minLength: 1 }] });
    expect(check("secret")).toEqual([
      { path: [], message: "must match exactly one schema in oneOf" },
    ]);
  });
});

test("no message quotes a value", () => {
  const schemas: JsonSchema[] = [
    { const: 1 },
    { enum: ["a", { b: 1 }] },
    { type: "integer" },
    { pattern: "^a" },
    { format: "date" },
    { maxLength: 1 },
    { not: { type: "string" } },
    JSON.parse('{"if": {"type": "string"}, "then": {"maxLength": 2}}'),
    { allOf: [{ type: "string" }, { minLength: 99 }] },
    { anyOf: [{ type: "integer" }, { maxLength: 1 }] },
    { oneOf: [{ type: "string" }, { minLength: 1 }] },
    false,
  ];
  for (const schema of schemas) {
    const found = compileJsonSchema(schema)("top-secret");
    expect(found.length, JSON.stringify(schema)).toBeGreaterThan(0);
    expect(JSON.stringify(found)).not.toContain("top-secret");
  }
});

describe("equality", () => {
  const unique: JsonSchema = { type: "array", uniqueItems: true };
  const one: JsonSchema = { const: { a: [1, { b: null }], c: "x" } };
  const rows: { name: string; schema: JsonSchema; value: JsonValue; fits: boolean }[] = [
    { name: "equal numbers", schema: unique, value: [1, 1], fits: false },
    {
      name: "a number and its text",
      schema: unique,
      value: [1, "1", true, "true", null],
      fits: true,
    },
    {
      name: "equal maps, other order",
      schema: unique,
      value: [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      fits: false,
    },
    {
      name: "lists that join to one text",
      schema: unique,
      value: [["a,b"], ["a", "b"]],
      fits: true,
    },
    {
      name: "keys that every object has",
      schema: unique,
      value: [{ valueOf: 1, toString: 1, constructor: 1 }, { valueOf: 2 }],
      fits: true,
    },
    { name: "the constant", schema: one, value: { c: "x", a: [1, { b: null }] }, fits: true },
    {
      name: "more than the constant",
      schema: one,
      value: { c: "x", a: [1, { b: null }], d: 1 },
      fits: false,
    },
    {
      name: "odd keys for a constant",
      schema: one,
      value: { valueOf: 1, toString: 1 },
      fits: false,
    },
    { name: "a list for a map", schema: { const: {} }, value: [], fits: false },
    { name: "a value of the enum", schema: { enum: [null, [1], "a"] }, value: [1], fits: true },
    { name: "no value of the enum", schema: { enum: [null, [1], "a"] }, value: [2], fits: false },
    {
      name: "any duplicates, where they may be",
      schema: { uniqueItems: false },
      value: [1, 1],
      fits: true,
    },
  ];
  test.each(rows)("$name", ({ schema, value, fits }) => {
    expect(compileJsonSchema(schema)(value).length === 0).toBe(fits);
  });

  test("what is of no JSON type fits no type and equals nothing", () => {
    const date = Symbol("a date");
    expect(compileJsonSchema({ type: ["string", "object", "array", "number"] })(date)).toHaveLength(
      1,
    );
    expect(compileJsonSchema(unique)([date, date, [date], [date]])).toEqual([]);
    expect(compileJsonSchema(true)(date)).toEqual([]);
  });
});

describe("a check ends", () => {
  const numbers = Array.from({ length: 100_000 }, (_, i) => i);
  const cases: { name: string; schema: JsonSchema; value: JsonValue; faults: number }[] = [
    {
      name: "with many unique items",
      schema: { type: "array", uniqueItems: true },
      value: numbers.map((i) => ({ i })),
      faults: 0,
    },
    {
      name: "with many faults",
      schema: { type: "array", items: { type: "string" } },
      value: numbers,
      faults: 1000,
    },
    {
      name: "with more values than it may look at",
      schema: {
        type: "array",
        items: { allOf: Array.from({ length: 3000 }, (_, i) => ({ minimum: -i })) },
      },
      value: numbers,
      faults: 1,
    },
    {
      name: "with large patterns on long texts",
      schema: { type: "array", items: { pattern: "^(([a-z]{1,30}){1,30}x)?$" } },
      value: Array.from({ length: 100 }, () => "a".repeat(50_000)),
      faults: 1,
    },
    {
      name: "with formats of long texts",
      schema: {
        type: "array",
        items: {
          anyOf: [
            "email",
            "uri",
            "hostname",
            "uri-template",
            "date-time",
            "duration",
            "ipv6",
            "json-pointer",
            "regex",
            "uuid",
          ].map((format) => ({ format })),
        },
      },
      value: [
        "a@".repeat(500_000),
        "a.".repeat(500_000),
        `http://${"%41".repeat(300_000)}`,
        "(a+)+".repeat(100_000),
      ],
      faults: 4,
    },
    {
      name: "with constants beside a large value",
      schema: { anyOf: Array.from({ length: 900 }, (_, i) => ({ const: { a: i, b: [[[]]] } })) },
      value: { a: -1, b: numbers.slice(0, 800) },
      faults: 1,
    },
  ];
  test.each(cases)("$name", ({ schema, value, faults }) => {
    const check = compileJsonSchema(schema);
    const started = performance.now();
    expect(check(value)).toHaveLength(faults);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test("and one after it has all its budget again", () => {
    const check = compileJsonSchema({
      type: "array",
      items: { pattern: "^(([a-z]{1,30}){1,30}x)?$" },
    });
    expect(check(["a".repeat(50_000)])).toHaveLength(1);
    expect(check(["ax"])).toEqual([]);
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

test("a pattern that stands in many places is compiled once", () => {
  const names = Array.from({ length: 300 }, (_, i) => `p${i}`);
  const schema = {
    $defs: { long: { type: "string", pattern: "(a|b)".repeat(6000) } },
    properties: Object.fromEntries(names.map((name) => [name, { $ref: "#/$defs/long" }])),
  };
  const start = performance.now();
  expect(checkJsonSchema(schema)).toEqual([]);
  expect(compileJsonSchema(schema)({ p1: "x" })).toHaveLength(1);
  expect(performance.now() - start).toBeLessThan(5_000);
});
