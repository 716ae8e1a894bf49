/**
 * Scalars of Compose documents, with mapstructure's conversions: whole numbers to text, text to
 * booleans and numbers, floats to whole numbers by truncation. The strict reading (Go's JSON)
 * converts nothing. Units: none here; sizes and durations are in unit-forms.ts.
 */
import { truncateToInt64 } from "../../gotemplate/cast.js";
import { MAX_INT64, MIN_INT64, parseFloat64, parseInt64 } from "../../gotemplate/number.js";
import { type Data, Int } from "../../gotemplate/value.js";
import { type Form, FormError, wrongKind } from "./form.js";

const TRUE_WORDS = new Set(["true", "y", "yes", "on"]);
const FALSE_WORDS = new Set(["false", "n", "no", "off"]);

/** Text; `decode` takes whole numbers too. */
export const text: Form = {
  zero: "",
  isZero: (value) => value === "",
  decode(value, path) {
    if (typeof value === "string") return value;
    if (typeof value === "bigint") return value.toString();
    throw wrongKind(path, value, "text");
  },
  check(value, path) {
    if (typeof value === "string") return value;
    throw wrongKind(path, value, "text");
  },
};

/** A boolean; `decode` takes yes/no words too. */
export const bool: Form = {
  zero: false,
  isZero: (value) => value === false,
  decode(value, path) {
    if (typeof value === "boolean") return value;
    if (typeof value === "string") {
      const word = value.toLowerCase();
      if (TRUE_WORDS.has(word)) return true;
      if (FALSE_WORDS.has(word)) return false;
      throw new FormError(path, `"${value}" is no boolean`);
    }
    throw wrongKind(path, value, "a boolean");
  },
  check(value, path) {
    if (typeof value === "boolean") return value;
    throw wrongKind(path, value, "a boolean");
  },
};

/** A boolean that is true by default in Compose: true is left out of the document, false is not. */
export const optOut: Form = { ...bool, isZero: (value) => value === true };

/** A signed whole number; `decode` takes decimal text and cuts fractions off. */
export const int: Form = {
  zero: 0n,
  isZero: (value) => value === 0n,
  decode(value, path) {
    if (typeof value === "string") return integerOfText(value, path);
    return wholeNumber(value, path);
  },
  check: (value, path) => jsonInteger(value, path, MIN_INT64, MAX_INT64),
};

/** An unsigned whole number of `bits`; text is refused, more bits are cut off as Go does. */
export function uint(bits: 16 | 32 | 64): Form {
  const max = 2n ** BigInt(bits) - 1n;
  return {
    zero: 0n,
    isZero: (value) => value === 0n,
    decode(value, path) {
      const number = value instanceof Int ? value.value : unsignedNumber(value, path);
      if (number < 0n) throw new FormError(path, `${number} is negative`);
      return BigInt.asUintN(bits, number);
    },
    check(value, path) {
      // Go writes the float as `-0`, and a sign makes no unsigned number.
      if (Object.is(value, -0)) throw wrongKind(path, value, "a whole number without sign");
      return jsonInteger(value, path, 0n, max);
    },
  };
}

/** A 32-bit float, written with the shortest digits that tell it apart. */
export const float32: Form = {
  zero: 0,
  isZero: (value) => value === 0 || value === 0n,
  decode(value, path) {
    if (typeof value === "string") return toFloat32(floatOfText(value, path));
    return floatOf(value, path);
  },
  check(value, path) {
    const number = floatOf(value, path);
    if (!Number.isFinite(number)) throw new FormError(path, "the number is too large");
    return number;
  },
};

function floatOf(value: Data, path: string): number {
  if (typeof value === "number") return toFloat32(value);
  if (typeof value === "bigint") return toFloat32(Number(value));
  if (value instanceof Int) return toFloat32(Number(value.value));
  throw wrongKind(path, value, "a number");
}

/** The double with the same shortest decimal digits as the nearest 32-bit float. */
function toFloat32(value: number): number {
  const single = Math.fround(value);
  if (!Number.isFinite(single)) return single;
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return short;
  }
  return Number(single.toPrecision(9));
}

function floatOfText(value: string, path: string): number {
  const number = parseFloat64(value);
  if (number === undefined) throw new FormError(path, `"${value}" is no number`);
  return number;
}

/** Decimal text within 64 bits. */
function integerOfText(value: string, path: string): bigint {
  const number = parseInt64(value, 10);
  if (number === undefined) throw new FormError(path, `"${value}" is no whole number`);
  return number;
}

/** Floats beyond 63 bits become what Go makes of them on amd64. */
function unsignedNumber(value: Data, path: string): bigint {
  if (typeof value !== "number" || value < 2 ** 63) return wholeNumber(value, path);
  return value < 2 ** 64 ? BigInt(value) : 2n ** 63n;
}

function wholeNumber(value: Data, path: string): bigint {
  if (typeof value === "bigint") return value;
  if (value instanceof Int) return BigInt.asIntN(64, value.value);
  if (typeof value === "number") return truncateToInt64(value);
  throw wrongKind(path, value, "a whole number");
}

/** A whole number as Go's JSON reads it: a float that is whole is written without a fraction. */
export function jsonInteger(value: Data, path: string, min: bigint, max: bigint): bigint {
  let number: bigint;
  if (typeof value === "bigint") number = value;
  else if (value instanceof Int) number = value.value;
  else if (typeof value === "number" && Number.isInteger(value) && Math.abs(value) < 1e21)
    number = BigInt(value);
  else throw wrongKind(path, value, "a whole number");
  if (number < min || number > max) throw new FormError(path, `${number} is out of range`);
  return number;
}
