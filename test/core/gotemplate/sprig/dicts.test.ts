import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FunctionError } from "../../../../src/core/gotemplate/error.js";
import {
  Complex,
  Int,
  NamedMap,
  Struct,
  TypedMap,
  type Value,
} from "../../../../src/core/gotemplate/value.js";
import { call, contextWith } from "./call.js";

/** Objects as maps, all through. */
function go(value: unknown): Value {
  if (Array.isArray(value)) return value.map(go);
  if (
    typeof value === "object" &&
    value !== null &&
    Object.getPrototypeOf(value) === Object.prototype
  ) {
    return new Map(Object.entries(value).map(([key, item]) => [key, go(item)]));
  }
  return value as Value;
}

const nilMap = new TypedMap("map[string]interface {}", null);

describe("merge", () => {
  test.each<{ name: string; target: unknown; source: unknown; merged: unknown }>([
    {
      name: "keeps what is there",
      target: { a: 1n },
      source: { a: 2n, b: 3n },
      merged: { a: 1n, b: 3n },
    },
    {
      name: "fills what is empty",
      target: { a: 0n, b: "", c: false, d: null, e: [], f: {} },
      source: { a: 1n, b: "x", c: true, d: 2n, e: [1n], f: { y: 1n } },
      merged: { a: 1n, b: "x", c: true, d: 2n, e: [1n], f: { y: 1n } },
    },
    { name: "does not take nil", target: {}, source: { a: null }, merged: {} },
    {
      name: "goes down maps",
      target: { a: { b: { c: 1n } } },
      source: { a: { b: { c: 2n, d: 3n }, e: 4n } },
      merged: { a: { b: { c: 1n, d: 3n }, e: 4n } },
    },
    {
      name: "keeps complex zero",
      target: { a: new Complex(0, 0) },
      source: { a: 1n },
      merged: { a: new Complex(0, 0) },
    },
    {
      name: "replaces an empty map by a number",
      target: { a: {} },
      source: { a: 5n },
      merged: { a: 5n },
    },
    { name: "keeps a list", target: { a: [1n] }, source: { a: [2n, 3n] }, merged: { a: [1n] } },
  ])("$name", ({ target, source, merged }) => {
    expect(call("merge", [go(target), go(source)])).toEqual(go(merged));
  });

  test.each<{ name: string; target: unknown; source: unknown; merged: unknown }>([
    { name: "takes the source", target: { a: 1n }, source: { a: 2n }, merged: { a: 2n } },
    {
      name: "takes what is empty",
      target: { a: 1n, b: "x", c: [1n], d: 4n },
      source: { a: 0n, b: "", c: [], d: null },
      merged: { a: 0n, b: "", c: [], d: null },
    },
    {
      name: "goes down maps",
      target: { a: { b: 1n, c: 2n } },
      source: { a: { b: 3n } },
      merged: { a: { b: 3n, c: 2n } },
    },
    {
      name: "keeps a map against an empty one",
      target: { a: { b: 1n } },
      source: { a: {} },
      merged: { a: { b: 1n } },
    },
    {
      name: "replaces a map by text",
      target: { a: { b: 1n } },
      source: { a: "x" },
      merged: { a: "x" },
    },
  ])("mergeOverwrite $name", ({ target, source, merged }) => {
    expect(call("mergeOverwrite", [go(target), go(source)])).toEqual(go(merged));
  });

  test("changes its first map and shares what it took", () => {
    const target = new Map<string, Value>();
    const inner = new Map<string, Value>();
    expect(call("merge", [target, new Map([["a", inner]])])).toBe(target);
    expect(target.get("a")).toBe(inner);
  });

  test("makes a map of a nil one", () => {
    expect(call("merge", [nilMap, go({ a: 1n }), go({ a: 2n, b: 2n })])).toEqual(
      go({ a: 1n, b: 2n }),
    );
    expect(call("merge", [nilMap, nilMap])).toBe(nilMap);
  });

  const anyKeys = (...entries: [Value, Value][]) =>
    new TypedMap("map[interface {}]interface {}", new Map(entries));
  const texts = (...entries: [string, string][]) =>
    new TypedMap("map[string]string", new Map<Value, Value>(entries), "");

  test("takes text keys into a map of any keys, and equal integers for one key", () => {
    const target = anyKeys([new Int("int64", 1n), "old"]);
    call("merge", [go({ m: target }), go({ m: { x: 1n } })]);
    call("mergeOverwrite", [
      new Map([["m", target]]),
      new Map([["m", anyKeys([new Int("int64", 1n), "new"])]]),
    ]);
    expect([...(target.entries ?? [])]).toEqual([
      [new Int("int64", 1n), "new"],
      ["x", 1n],
    ]);
  });

  test.each<{ name: string; target: Value; source: Value }>([
    { name: "keys of any type into text keys", target: go({ x: 1n }), source: anyKeys(["x", 1n]) },
    { name: "any values into text", target: texts(["x", "1"]), source: go({ y: 1n }) },
  ])("fails for $name", ({ target, source }) => {
    expect(() => call("merge", [new Map([["m", target]]), new Map([["m", source]])])).toThrow(
      FunctionError,
    );
  });

  test("gives no text, or an error, where a pointer meets another type", () => {
    const pointer = new Struct("semver.Version", new Map(), { pointer: true });
    const args = () => [new Map<string, Value>([["a", pointer]]), go({ a: { b: 1n } })];
    expect(call("merge", args())).toBe("");
    expect(() => call("mustMerge", args())).toThrow(FunctionError);
    expect(call("mergeOverwrite", args())).toEqual(go({ a: { b: 1n } }));
  });

  test("stops at maps that hold themselves", () => {
    const loop = () => {
      const map = new Map<string, Value>();
      return map.set("self", map);
    };
    expect(() => call("merge", [loop(), loop()])).toThrow(
      expect.objectContaining({ code: "template_budget_depth" }),
    );
    expect(() => call("deepCopy", [loop()], contextWith({ steps: 1e5, bytes: 1e6 }))).toThrow(
      expect.objectContaining({ code: "template_budget_memory" }),
    );
  });
});

test.each<{ name: string; args: unknown[]; result: unknown }>([
  { name: "dict", args: ["a", 1n, 2n, null, "b"], result: { a: 1n, 2: null, b: "" } },
  { name: "get", args: [{ a: null }, "a"], result: null },
  { name: "get", args: [{}, "a"], result: "" },
  { name: "pluck", args: ["a", { a: 1n }, { b: 2n }, { a: null }], result: [1n, null] },
  { name: "pick", args: [{ a: 1n, b: 2n }, "b", "c"], result: { b: 2n } },
  { name: "omit", args: [{ a: 1n, b: 2n }, "b", "c"], result: { a: 1n } },
  { name: "dig", args: ["a", "b", 0n, { a: { b: 5n } }], result: 5n },
  { name: "dig", args: ["a", "b", 0n, { a: { b: null } }], result: null },
  { name: "dig", args: ["a", "b", 0n, { a: {} }], result: 0n },
  { name: "get", args: [new NamedMap("types.ResourceParams", [["b", 1n]]), "b"], result: 1n },
  { name: "dig", args: ["a", "b", 0n, {}], result: 0n },
])("$name of $args", ({ name, args, result }) => {
  expect(call(name, args.map(go))).toEqual(go(result));
});

test.each<{ name: string; args: unknown[] }>([
  { name: "dig", args: ["a", {}] },
  { name: "dig", args: ["a", 0n, null] },
  { name: "dig", args: [1n, 0n, {}] },
  { name: "dig", args: ["a", "b", 0n, { a: 1n }] },
  { name: "dig", args: ["a", "b", 0n, { a: new NamedMap("types.ResourceParams", [["b", 1n]]) }] },
  { name: "set", args: [nilMap, "a", 1n] },
  { name: "deepCopy", args: [null] },
])("$name $args fails", ({ name, args }) => {
  expect(() => call(name, args.map(go))).toThrow(FunctionError);
});

test("a copy is equal and shares no map or list", () => {
  const trees = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.bigInt(),
      fc.string(),
      fc.constant(null),
      fc.array(tie("tree"), { maxLength: 3 }),
      fc.dictionary(fc.string(), tie("tree"), { maxKeys: 3, noNullPrototype: true }),
    ),
  })).tree;
  fc.assert(
    fc.property(trees, (tree) => {
      const value = [go(tree)];
      const copy = call("deepCopy", [value]);
      expect(copy).toEqual(value);
      expect(sharedNodes(copy, nodes(value))).toBe(0);
    }),
  );
});

function nodes(value: Value): Set<Value> {
  if (Array.isArray(value)) return new Set([value, ...value.flatMap((item) => [...nodes(item)])]);
  if (value instanceof Map) {
    return new Set<Value>([value, ...[...value.values()].flatMap((item) => [...nodes(item)])]);
  }
  return new Set();
}

function sharedNodes(value: Value, known: ReadonlySet<Value>): number {
  return [...nodes(value)].filter((node) => known.has(node)).length;
}

test.each<{ name: string; around: (value: Value) => Value; bytes: number }>([
  { name: "list", around: (value) => [value, value], bytes: 1e6 },
  // a map takes more than its entries
  { name: "map", around: (value) => new Map([["a", value]]), bytes: 7000 },
])("copies charge for every place of a shared $name", ({ around, bytes }) => {
  let value: Value = ["x"];
  for (let i = 0; i < 40; i++) value = around(value);
  expect(() => call("deepCopy", [value], contextWith({ steps: 1e6, bytes }))).toThrow(
    expect.objectContaining({ code: "template_budget_memory" }),
  );
});
