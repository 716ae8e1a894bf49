import { expect, test } from "vitest";
import { sortedEntries } from "../../../src/core/gotemplate/map-order.js";
import { Time } from "../../../src/core/gotemplate/time.js";
import { Int, TypedMap, type Value } from "../../../src/core/gotemplate/value.js";

function keysOf(...keys: Value[]): Value[] {
  const map = new TypedMap("map[interface {}]interface {}", new Map(keys.map((key) => [key, 1n])));
  return sortedEntries(map).map(([key]) => key);
}

test("sorts text by bytes", () => {
  const map = new Map<string, Value>([..."z\ue000😀a"].map((key) => [key, key]));
  expect(sortedEntries(map).map(([key]) => key)).toEqual(["a", "z", "\ue000", "😀"]);
});

test("sorts keys of one type by value", () => {
  expect(keysOf(10n, 9n, -1n)).toEqual([-1n, 9n, 10n]);
  expect(keysOf(1, Number.NaN, -0.5)).toEqual([Number.NaN, -0.5, 1]);
  expect(keysOf(true, false)).toEqual([false, true]);
});

test("sorts types as the released peers do", () => {
  const time = new Time(0n);
  const wide = new Int("uint64", 7n);
  expect(keysOf(time, true, 1.5, 1n, "a", wide, null)).toEqual([
    null,
    "a",
    wide,
    1n,
    1.5,
    true,
    time,
  ]);
});
