import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FunctionError } from "../../../src/core/gotemplate/error.js";
import { decodeJson, formatJson, parseJson } from "../../../src/core/gotemplate/json.js";
import { Time } from "../../../src/core/gotemplate/time.js";
import {
  Complex,
  type Data,
  GoFunction,
  Int,
  NamedString,
  Struct,
  TypedList,
  TypedMap,
  type Value,
} from "../../../src/core/gotemplate/value.js";
import { contextWith } from "./sprig/call.js";

const port = new Struct(
  "provisioners.ServicePort",
  new Map<string, Value>([
    ["Name", "web"],
    ["TargetPort", 8080n],
  ]),
  { jsonNames: new Map([["TargetPort", "target_port"]]) },
);
const version = new Struct("semver.Version", new Map(), {
  pointer: true,
  methods: new Map([
    [
      "MarshalText",
      new GoFunction("MarshalText", [], () => {
        return new TypedList(
          "[]uint8",
          Array.from("1.2.3", (char) => new Int("uint8", BigInt(char.charCodeAt(0)))),
        );
      }),
    ],
  ]),
});

describe("writing", () => {
  test.each<{ name: string; value: Value; text: string }>([
    { name: "nil", value: null, text: "null" },
    { name: "an int", value: 5n, text: "5" },
    { name: "a uint64", value: new Int("uint64", 2n ** 64n - 1n), text: "18446744073709551615" },
    { name: "a small float", value: 1e-7, text: "1e-7" },
    { name: "a float just in range", value: 1e20, text: "100000000000000000000" },
    { name: "a large float", value: 1e21, text: "1e+21" },
    { name: "negative zero", value: -0, text: "-0" },
    { name: "HTML characters", value: "<a&b>", text: '"\\u003ca\\u0026b\\u003e"' },
    { name: "line separators", value: "\u2028\u2029", text: '"\\u2028\\u2029"' },
    { name: "controls", value: '\0\b\f\n\r\t"\\\x7f', text: '"\\u0000\\b\\f\\n\\r\\t\\"\\\\\x7f"' },
    { name: "a broken byte", value: "a\udcc3b", text: '"a\\ufffdb"' },
    { name: "text beyond 16 bits", value: "😀", text: '"😀"' },
    { name: "a named string", value: new NamedString("types.P", "TCP"), text: '"TCP"' },
    { name: "an empty list", value: [], text: "[]" },
    { name: "a nil list", value: new TypedList("[]interface {}", null), text: "null" },
    {
      name: "bytes",
      value: new TypedList("[]uint8", [new Int("uint8", 104n), new Int("uint8", 105n)]),
      text: '"aGk="',
    },
    {
      name: "keys in byte order",
      value: new Map<string, Value>([
        ["\u{10000}", 1n],
        ["\uffee", 2n],
        ["B", 3n],
        ["a", 4n],
      ]),
      text: '{"B":3,"a":4,"\uffee":2,"\u{10000}":1}',
    },
    {
      name: "a nil map",
      value: new TypedMap("map[string]interface {}", null),
      text: "null",
    },
    {
      name: "integer keys as text",
      value: new TypedMap(
        "map[int]string",
        new Map<Value, Value>([
          [10n, "a"],
          [9n, "b"],
        ]),
      ),
      text: '{"10":"a","9":"b"}',
    },
    { name: "a struct by its tags", value: port, text: '{"Name":"web","target_port":8080}' },
    { name: "a struct by its method", value: version, text: '"1.2.3"' },
    { name: "a time", value: new Time(1_500_000_000n), text: '"1970-01-01T00:00:01.5Z"' },
  ])("writes $name", ({ value, text }) => {
    expect(formatJson(value, { escapeHtml: true, context: contextWith() })).toBe(text);
  });

  test("indents, but not what is empty", () => {
    const value = new Map<string, Value>([["a", [1n, [], new Map()]]]);
    expect(formatJson(value, { escapeHtml: true, indent: "  " })).toBe(
      '{\n  "a": [\n    1,\n    [],\n    {}\n  ]\n}',
    );
  });

  test("leaves HTML characters alone when asked to", () => {
    expect(formatJson("<&>", { escapeHtml: false })).toBe('"<&>"');
  });

  test.each<{ name: string; value: Value }>([
    { name: "NaN", value: Number.NaN },
    { name: "infinity", value: Number.POSITIVE_INFINITY },
    { name: "a complex number", value: new Complex(1, 2) },
    { name: "a function", value: new GoFunction("f", [], () => null) },
    { name: "a year of five digits", value: new Time(300_000_000_000n * 1_000_000_000n) },
    {
      name: "keys of any type",
      value: new TypedMap("map[interface {}]interface {}", new Map()),
    },
  ])("refuses $name", ({ value }) => {
    expect(() => formatJson([value], { escapeHtml: true })).toThrow(FunctionError);
  });

  test("stops at a map that holds itself", () => {
    const map = new Map<string, Value>();
    map.set("self", map);
    expect(() => formatJson(map, { escapeHtml: true })).toThrow(FunctionError);
  });

  test("writes lists however deep they nest, but indents no more than 10000 levels", () => {
    let value: Value = [];
    for (let i = 0; i < 20_000; i++) value = [value];
    expect(formatJson(value, { escapeHtml: true })).toHaveLength(40_002);
    expect(() => formatJson(value, { escapeHtml: true, indent: " " })).toThrow(FunctionError);
  });

  test("charges lists that share their elements for each place", () => {
    let value: Value = "0123456789";
    for (let i = 0; i < 40; i++) value = [value, value];
    const context = contextWith({ steps: 1e6, bytes: 1e5 });
    expect(() => formatJson(value, { escapeHtml: true, context })).toThrow(
      expect.objectContaining({ code: "template_budget_memory" }),
    );
  });
});

describe("reading", () => {
  test.each<{ text: string; value: Data }>([
    { text: " null ", value: null },
    { text: "12345678", value: 12345678 },
    { text: "-0.5e+1", value: -5 },
    { text: '"\\u00e9\\/\\n"', value: "é/\n" },
    { text: '"\\ud83d\\ude00"', value: "😀" },
    { text: '"\\ud83dx"', value: "\ufffdx" },
    { text: '"\\ud83d\udc80"', value: "\ufffd\ufffd" },
    { text: "[]", value: [] },
    { text: "[1, [2], {}]", value: [1, [2], new Map()] },
    { text: '{"a":1,"a":2}', value: new Map([["a", 2]]) },
    {
      text: '{"__proto__":{"x":[true,false]}}',
      value: new Map([["__proto__", new Map([["x", [true, false]]])]]),
    },
  ])("reads $text", ({ text, value }) => {
    expect(parseJson(text)).toStrictEqual(value);
  });

  test.each([
    "",
    "nul",
    "01",
    "1.",
    "+1",
    ".5",
    "[1,]",
    "[1 2]",
    "{,}",
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    "{a:1}",
    "'a'",
    '"a',
    '"\\x41"',
    '"\\u12"',
    '"\t"',
    "[1]]",
    "1 2",
    "[1}",
    "NaN",
    "\ufeff1",
    "1e999",
  ])("refuses %j", (text) => {
    expect(() => parseJson(text)).toThrow(FunctionError);
  });

  test("leaves nil where a number is beyond float64", () => {
    expect(decodeJson("[1e999, 2]")).toEqual({ value: [null, 2], outOfRange: "1e999" });
  });

  test("takes 10000 levels and no more", () => {
    const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
    expect(parseJson(nested(10_000))).toHaveLength(1);
    expect(() => parseJson(nested(10_001))).toThrow(FunctionError);
  });

  test("reads what it writes", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (json) => {
        const text = JSON.stringify(json);
        const written = formatJson(parseJson(text), { escapeHtml: true });
        expect(JSON.parse(written)).toEqual(JSON.parse(text));
      }),
    );
  });
});
