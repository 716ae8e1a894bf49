/** Structural comparison: order of map keys is of no interest, numbers count by value, types count. */
import type { Plain } from "./plain-yaml.js";

/** At most this many differences are shown of one case. */
const MAX_DIFFERENCES = 4;
const MAX_SHOWN = 120;

/** Where `actual` differs from `expected`, one line each. */
export function differences(expected: Plain, actual: Plain, path = ""): string[] {
  const found: string[] = [];
  compare(expected, actual, path, found);
  return found.slice(0, MAX_DIFFERENCES);
}

/** Where two texts differ: the first line that does. */
export function textDifference(expected: string, actual: string, name: string): string[] {
  if (expected === actual) return [];
  const left = expected.split("\n");
  const right = actual.split("\n");
  const line = left.findIndex((text, i) => text !== right[i]);
  const at = line < 0 ? left.length : line;
  return [`${name}:${at + 1}: expected ${show(left[at])}, got ${show(right[at])}`];
}

export function show(value: unknown): string {
  const text =
    value === undefined
      ? "nothing"
      : JSON.stringify(value, (_, item) => (typeof item === "bigint" ? Number(item) : item));
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

function compare(expected: Plain, actual: Plain, path: string, found: string[]): void {
  if (found.length >= MAX_DIFFERENCES) return;
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (expected.length !== actual.length) {
      found.push(`${path}: expected ${expected.length} entries, got ${actual.length}`);
    }
    for (const [i, item] of expected.entries()) {
      if (i < actual.length) compare(item, actual[i] ?? null, `${path}[${i}]`, found);
    }
  } else if (isMap(expected) && isMap(actual)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    for (const key of keys) {
      const at = `${path}.${key}`;
      if (!Object.hasOwn(actual, key))
        found.push(`${at}: expected ${show(expected[key])}, got nothing`);
      else if (!Object.hasOwn(expected, key))
        found.push(`${at}: not expected: ${show(actual[key])}`);
      else compare(expected[key] ?? null, actual[key] ?? null, at, found);
    }
  } else if (!isSame(expected, actual)) {
    found.push(`${path}: expected ${show(expected)}, got ${show(actual)}`);
  }
}

function isMap(value: Plain): value is { [key: string]: Plain } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSame(a: Plain, b: Plain): boolean {
  if (isNumber(a) && isNumber(b)) {
    // Relations, other than ===, compare a bigint with a number by exact value.
    return (a <= b && a >= b) || (Number.isNaN(a) && Number.isNaN(b));
  }
  return a === b;
}

function isNumber(value: Plain): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}
