/** Maps in the order Go prints and ranges over them (internal/fmtsort). */
import { compareStrings } from "./bytes.js";
import { kindOf, type MapValue, mapEntries, typeName } from "./kind.js";
import { Time } from "./time.js";
import { Complex, Int, NamedString, type Value } from "./value.js";

/**
 * Go orders keys of different types by where the linker put the types; this is that order in the
 * released peers.
 */
const TYPE_ORDER: readonly string[] = [
  "<nil>",
  "string",
  "int64",
  "uint64",
  "int",
  "complex128",
  "float64",
  "bool",
  "time.Time",
];

/** The entries of a map sorted by key. */
export function sortedEntries(map: MapValue): [Value, Value][] {
  if (map instanceof Map) {
    const keys = [...map.keys()].sort(compareStrings);
    return keys.map((key) => [key, map.get(key) ?? null]);
  }
  return [...mapEntries(map)].sort(([a], [b]) => compareKeys(a, b));
}

function compareKeys(a: Value, b: Value): number {
  if (typeof a === "string" && typeof b === "string") {
    return compareStrings(a, b);
  }
  const left = typeName(a);
  const right = typeName(b);
  return left === right
    ? compareSameType(a, b)
    : typeRank(left) - typeRank(right) || (left < right ? -1 : 1);
}

function typeRank(type: string): number {
  const rank = TYPE_ORDER.indexOf(type);
  return rank === -1 ? TYPE_ORDER.length : rank;
}

function compareSameType(a: Value, b: Value): number {
  switch (kindOf(a)) {
    case "int":
    case "bool":
      return compare(a as bigint | boolean, b as bigint | boolean);
    case "float64":
      return compareFloats(a as number, b as number);
  }
  if (a instanceof Int && b instanceof Int) {
    return compare(a.value, b.value);
  }
  if (a instanceof NamedString && b instanceof NamedString) {
    return compareStrings(a.value, b.value);
  }
  if (a instanceof Complex && b instanceof Complex) {
    return compareFloats(a.re, b.re) || compareFloats(a.im, b.im);
  }
  if (a instanceof Time && b instanceof Time) {
    return compareTimes(a, b);
  }
  return 0;
}

function compare<T extends bigint | boolean>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** NaN comes before all numbers. */
function compareFloats(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) {
    return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Go compares the fields of time.Time in turn: first the nanoseconds, then the seconds. */
function compareTimes(a: Time, b: Time): number {
  const nanos = (time: Time) =>
    ((time.unixNanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  return compare(nanos(a), nanos(b)) || compare(a.unixNanos, b.unixNanos);
}
