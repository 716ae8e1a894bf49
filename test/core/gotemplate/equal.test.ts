import { describe, expect, test } from "vitest";
import { deepEqual, lookupKey } from "../../../src/core/gotemplate/equal.js";
import { Time } from "../../../src/core/gotemplate/time.js";
import {
  Int,
  NamedMap,
  NamedString,
  TypedList,
  TypedMap,
  type Value,
} from "../../../src/core/gotemplate/value.js";

const nested = (last: Value): Value =>
  new Map<string, Value>([["a", [1n, new Map([["b", last]])]]]);
const notNumber = [Number.NaN];

describe("deepEqual", () => {
  test.each<{ name: string; a: Value; b: Value; equal: boolean }>([
    { name: "numbers of one type", a: 1n, b: 1n, equal: true },
    { name: "int and float64", a: 1n, b: 1, equal: false },
    { name: "int and int64", a: 1n, b: new Int("int64", 1n), equal: false },
    { name: "int64 and int64", a: new Int("int64", 1n), b: new Int("int64", 1n), equal: true },
    { name: "nil and nil", a: null, b: null, equal: true },
    { name: "nil and a nil list", a: null, b: new TypedList("[]interface {}", null), equal: false },
    {
      name: "an empty and a nil list",
      a: [],
      b: new TypedList("[]interface {}", null),
      equal: false,
    },
    {
      name: "lists of different types",
      a: ["a"],
      b: new TypedList("[]string", ["a"]),
      equal: false,
    },
    {
      name: "maps of different types",
      a: new Map([["a", 1n]]),
      b: new NamedMap("types.ResourceParams", [["a", 1n]]),
      equal: false,
    },
    {
      name: "maps of one named type",
      a: new NamedMap("types.ResourceParams", [["a", 1n]]),
      b: new NamedMap("types.ResourceParams", [["a", 1n]]),
      equal: true,
    },
    { name: "nested values", a: nested(true), b: nested(true), equal: true },
    { name: "nested values that differ", a: nested(true), b: nested(false), equal: false },
    {
      name: "maps of different keys",
      a: new Map([["a", 1n]]),
      b: new Map([["b", 1n]]),
      equal: false,
    },
    { name: "NaN and itself", a: Number.NaN, b: Number.NaN, equal: false },
    { name: "lists with NaN", a: [Number.NaN], b: [Number.NaN], equal: false },
    { name: "one list with NaN", a: notNumber, b: notNumber, equal: true },
    { name: "times", a: new Time(5n), b: new Time(5n), equal: true },
    { name: "times in two zones", a: new Time(5n), b: new Time(5n, "", 3600), equal: false },
    { name: "named and plain text", a: new NamedString("a.B", "x"), b: "x", equal: false },
  ])("$name: $equal", ({ a, b, equal }) => {
    expect(deepEqual(a, b)).toBe(equal);
  });

  test("compares values however deep they nest", () => {
    let a: Value = 1n;
    let b: Value = 1n;
    for (let i = 0; i < 50_000; i++) {
      a = [a];
      b = [b];
    }
    expect(deepEqual(a, b)).toBe(true);
    expect(deepEqual(a, [b])).toBe(false);
  });

  test("maps that hold themselves are equal where no difference is met", () => {
    const loop = (...more: [string, Value][]) => {
      const map = new Map<string, Value>(more);
      return map.set("self", [map, map]);
    };
    expect(deepEqual(loop(), loop())).toBe(true);
    expect(deepEqual(loop(), loop(["a", 1n]))).toBe(false);
  });
});

describe("lookupKey", () => {
  const map = new TypedMap(
    "map[interface {}]interface {}",
    new Map<Value, Value>([
      [1n, "int"],
      [1, "float"],
      [new Int("uint64", 1n), "uint"],
      [new Time(0n), "time"],
      [Number.NaN, "nan"],
    ]),
  );
  test.each<{ key: Value; found: Value | undefined }>([
    { key: 1n, found: "int" },
    { key: 1, found: "float" },
    { key: new Int("uint64", 1n), found: "uint" },
    { key: new Int("uint32", 1n), found: undefined },
    { key: new Time(0n), found: "time" },
    { key: Number.NaN, found: undefined },
    { key: "1", found: undefined },
  ])("finds $found", ({ key, found }) => {
    expect(lookupKey(map.entries ?? new Map(), key)).toBe(found);
  });
});
