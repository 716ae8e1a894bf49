import { describe, expect, test } from "vitest";
import { equalsAny, isLess, isLessOrEqual } from "../../../src/core/gotemplate/compare.js";
import {
  Int,
  NamedString,
  Struct,
  TypedList,
  type Value,
} from "../../../src/core/gotemplate/value.js";

const pointer = new Struct("a.B", new Map([["X", 1n]]), { pointer: true });
const twin = new Struct("a.B", new Map([["X", 1n]]), { pointer: true });
const plain = (x: Value) => new Struct("a.B", new Map([["X", x]]));

describe("equalsAny", () => {
  test.each<{ first: Value | undefined; others: (Value | undefined)[]; equal: boolean }>([
    { first: 1n, others: [2n, 1n], equal: true },
    { first: 1n, others: [new Int("uint8", 1n)], equal: true },
    { first: -1n, others: [new Int("uint64", 2n ** 64n - 1n)], equal: false },
    { first: "a", others: [new NamedString("a.B", "a")], equal: true },
    { first: undefined, others: [null], equal: true },
    { first: undefined, others: [""], equal: false },
    { first: null, others: [new TypedList("[]string", null)], equal: true },
    { first: null, others: [[]], equal: false },
    { first: 1n, others: [1n, "stops before this"], equal: true },
    { first: pointer, others: [pointer], equal: true },
    { first: pointer, others: [twin], equal: false },
    { first: plain(1n), others: [plain(1n)], equal: true },
    { first: plain(1n), others: [plain(2n)], equal: false },
  ])("$first and $others: $equal", ({ first, others, equal }) => {
    expect(equalsAny(first, others)).toBe(equal);
  });

  test.each<{ name: string; first: Value; others: Value[] }>([
    { name: "nothing to compare with", first: 1n, others: [] },
    { name: "int and float64", first: 1n, others: [1] },
    { name: "text and number", first: "1", others: [1n] },
    { name: "two maps", first: new Map(), others: [new Map()] },
    { name: "two lists", first: [], others: [[]] },
    { name: "a list and a map", first: [], others: [new Map()] },
    { name: "structs with maps", first: plain(new Map()), others: [plain(new Map())] },
  ])("refuses $name", ({ first, others }) => {
    expect(() => equalsAny(first, others)).toThrow(
      expect.objectContaining({ name: "FunctionError" }),
    );
  });
});

describe("order", () => {
  test("is of numbers and text", () => {
    expect(isLess(-1n, new Int("uint64", 0n))).toBe(true);
    expect(isLess(0.5, 0.25)).toBe(false);
    expect(isLess("\ue000", "😀")).toBe(true);
    expect(isLessOrEqual("a", "a")).toBe(true);
  });

  test("has no place for NaN", () => {
    expect(isLess(Number.NaN, 1)).toBe(false);
    expect(isLessOrEqual(Number.NaN, Number.NaN)).toBe(false);
  });

  test.each<{ a: Value; b: Value }>([
    { a: true, b: false },
    { a: null, b: 1n },
    { a: 1n, b: 1 },
    { a: [], b: [] },
  ])("refuses $a and $b", ({ a, b }) => {
    expect(() => isLess(a, b)).toThrow(expect.objectContaining({ name: "FunctionError" }));
  });
});
