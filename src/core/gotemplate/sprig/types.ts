/** Sprig's conversions between numbers and text, and its rows of numbers. */
import { appended, INT } from "../capacity.js";
import { toFloat64, toInt64 } from "../cast.js";
import { MAX_INT64, MIN_INT64, parseInt64, parseUint64 } from "../number.js";
import { formatValue } from "../printf.js";
import { type CallContext, GoFunction, Int, TypedList, type Value } from "../value.js";

export const typeFunctions: readonly GoFunction[] = [
  new GoFunction("atoi", ["string"], (_context: CallContext, text: string) => parseDecimal(text)),
  new GoFunction("int", ["any"], (_context: CallContext, value: Value) => toInt64(value)),
  new GoFunction(
    "int64",
    ["any"],
    (_context: CallContext, value: Value) => new Int("int64", toInt64(value)),
  ),
  new GoFunction("float64", ["any"], (_context: CallContext, value: Value) => toFloat64(value)),
  new GoFunction("toDecimal", ["any"], toDecimal),
  new GoFunction("until", ["int"], until),
  new GoFunction("untilStep", ["int", "int", "int"], untilStep),
  new GoFunction("seq", ["int"], seq, { variadic: true }),
];

/**
 * Decimal only; 0 for what is no number, the nearest int for what is too large. Go stops reading where
 * the digits exceed 64 bits, whatever comes after them.
 */
export function parseDecimal(text: string): bigint {
  const value = parseInt64(text, 10);
  if (value !== undefined) return value;
  const [, digits = "", rest = ""] = /^[+-]?([0-9]+)(.*)$/s.exec(text) ?? [];
  const tooLarge = digits !== "" && (rest === "" || parseUint64(digits, 10) === undefined);
  if (!tooLarge) return 0n;
  return text.startsWith("-") ? MIN_INT64 : MAX_INT64;
}

/** Reads what `%v` prints as an octal number. */
function toDecimal(context: CallContext, value: Value): Int {
  return new Int("int64", parseInt64(formatValue(value, context), 8) ?? 0n);
}

function until(context: CallContext, stop: bigint): TypedList {
  return intList(range(context, 0n, stop, stop < 0n ? -1n : 1n));
}

function untilStep(context: CallContext, start: bigint, stop: bigint, step: bigint): TypedList {
  return intList(range(context, start, stop, step));
}

/** Numbers with a space between, as seq(1) counts: to, from and to, or from, step and to. */
function seq(context: CallContext, ...bounds: bigint[]): string {
  const [one = 0n, two = 0n, three = 0n] = bounds;
  switch (bounds.length) {
    case 1:
      return countTo(context, 1n, one, one < 1n ? -1n : 1n);
    case 2:
      return countTo(context, one, two, two < one ? -1n : 1n);
    case 3:
      return three < one && two > 0n ? "" : countTo(context, one, three, two);
    default:
      return "";
  }
}

/** The last number included, whatever the step. */
function countTo(context: CallContext, start: bigint, end: bigint, step: bigint): string {
  const numbers = range(context, start, end < start ? end - 1n : end + 1n, step);
  const text = numbers.join(" ");
  context.allocate(text.length);
  return text;
}

// a bigint and its place in a list
const NUMBER_BYTES = 32;

/** From `start` to before `stop`; nothing if the step leads away or nowhere. */
function range(context: CallContext, start: bigint, stop: bigint, step: bigint): bigint[] {
  const distance = stop - start;
  if (step === 0n || distance === 0n || distance > 0n !== step > 0n) return [];
  const count = Number((distance + step - (step > 0n ? 1n : -1n)) / step);
  context.allocate(NUMBER_BYTES * count);
  context.charge(count);
  const numbers: bigint[] = [];
  for (let next = start; numbers.length < count; next += step) numbers.push(next);
  return numbers;
}

function intList(numbers: bigint[]): TypedList {
  return new TypedList("[]int", appended(numbers, 0, INT));
}
