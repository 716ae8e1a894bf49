/**
 * Any value to a number, as spf13/cast 1.10 does it (the casts behind Sprig's `int`, `add`, `max` …),
 * with the number syntax of Go's strconv. What cannot be read as a number is 0, never an error.
 */
import { MIN_INT64, parseFloat64, parseInt64 } from "./number.js";
import { Int, NamedString, type Value } from "./value.js";

/** `value` as an int64 (also Go's int, which has 64 bits). Floats lose their fraction, text may be hexadecimal, octal or binary. */
export function toInt64(value: Value): bigint {
  if (value instanceof Int) return BigInt.asIntN(64, value.value);
  if (value instanceof NamedString) return toInt64(value.value);
  switch (typeof value) {
    case "bigint":
      return value;
    case "number":
      return truncateToInt64(value);
    case "boolean":
      return value ? 1n : 0n;
    case "string":
      return parseInt64(dropFraction(value), 0) ?? 0n;
    default:
      return 0n;
  }
}

/** `value` as a float64. */
export function toFloat64(value: Value): number {
  if (value instanceof Int) return Number(value.value);
  if (value instanceof NamedString) return toFloat64(value.value);
  switch (typeof value) {
    case "bigint":
      return Number(value);
    case "number":
      return value;
    case "boolean":
      return value ? 1 : 0;
    case "string":
      return parseFloat64(value) ?? 0;
    default:
      return 0;
  }
}

/** Go's `int64(f)` on amd64: towards zero, and the smallest int64 for what does not fit or is no number. */
export function truncateToInt64(value: number): bigint {
  const truncated = Math.trunc(value);
  return truncated >= -(2 ** 63) && truncated < 2 ** 63 ? BigInt(truncated) : MIN_INT64;
}

/** "3.7" counts as 3 and "-.5" as 0; text that is more than sign, digits and one point stays as it is. */
function dropFraction(text: string): string {
  const match = /^([-+]?)([0-9]*)\.[0-9]*$/.exec(text);
  if (match === null) return text;
  return (match[1] ?? "") + (match[2] === "" ? "0" : match[2]);
}
