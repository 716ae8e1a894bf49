import { expect, test } from "vitest";
import { Time } from "../../../src/core/gotemplate/time.js";
import { Int, NamedMap, NamedString, TypedMap } from "../../../src/core/gotemplate/value.js";
import { structureOf } from "../../../src/core/provision/structure.js";

/** Makers of values that all differ. */
const different: readonly (() => unknown)[] = [
  () => null,
  () => undefined,
  () => true,
  () => false,
  () => "",
  () => "null",
  () => "\ud800",
  () => "\ud801",
  () => 1,
  () => 1n,
  () => "1",
  () => 0,
  () => -0,
  () => Number.NaN,
  () => Number.POSITIVE_INFINITY,
  () => [],
  () => [null],
  () => [[]],
  () => ["a", "b"],
  () => ["as1:b"],
  () => ["ab"],
  () => new Map(),
  () => new Map([["a", 1n]]),
  () => new Map([["a", 1]]),
  () => new Map([["a", undefined]]),
  () =>
    new Map([
      ["a", 1n],
      ["b", 2n],
    ]),
  () =>
    new Map([
      ["b", 2n],
      ["a", 1n],
    ]),
  () => new NamedMap("m", [["a", 1n]]),
  () => new NamedMap("n", [["a", 1n]]),
  () => new TypedMap("m", new Map([["a", 1n]])),
  () => new TypedMap("m", null),
  () => new TypedMap("m", new Map()),
  () => new Int("uint64", 1n),
  () => new Int("int64", 1n),
  () => new Time(1n),
  () => new Time(1n, "", 60),
  () => ({}),
  () => ({ a: 1n }),
  () => ({ a: undefined }),
  () => ({ kind: "uint64", value: 1n }),
];

test("is the same for equal values and differs for others", () => {
  const texts = different.map((make) => structureOf(make()));
  expect(texts).toEqual(different.map((make) => structureOf(make())));
  expect(new Set(texts).size).toBe(different.length);
  expect(texts).not.toContain(undefined);
});

test.each([
  ["a class that may hold more", new NamedString("t", "a")],
  ["a function", () => 1],
  ["a date", new Date(0)],
  ["bytes", Uint8Array.of(1)],
])("is not known for %s", (_, value) => {
  expect(structureOf(value)).toBeUndefined();
  expect(structureOf(new Map([["a", [value]]]))).toBeUndefined();
});
