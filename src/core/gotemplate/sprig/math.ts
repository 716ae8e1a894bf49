/**
 * Sprig's arithmetic: int64 that wraps around, float64, and floats added up as decimals. Arguments
 * are cast to numbers, so text counts and what is no number is 0.
 */
import { toFloat64, toInt64 } from "../cast.js";
import { FunctionError } from "../error.js";
import { int64 } from "../kind.js";
import { wrapInt } from "../number.js";
import { type CallContext, GoFunction, type Value } from "../value.js";
import { addDecimals, divideDecimals, multiplyDecimals, subtractDecimals } from "./decimal.js";
import { randomBelow } from "./random-bytes.js";

export const mathFunctions: readonly GoFunction[] = [
  new GoFunction("add1", ["any"], (_: CallContext, a: Value) => int64(toInt64(a) + 1n)),
  variadic("add", (values) => int64(values.map(toInt64).reduce((a, b) => a + b, 0n))),
  new GoFunction("sub", ["any", "any"], (_: CallContext, a: Value, b: Value) =>
    int64(toInt64(a) - toInt64(b)),
  ),
  new GoFunction("div", ["any", "any"], (_: CallContext, a: Value, b: Value) =>
    int64(toInt64(a) / divisor(b)),
  ),
  new GoFunction("mod", ["any", "any"], (_: CallContext, a: Value, b: Value) =>
    int64(toInt64(a) % divisor(b)),
  ),
  withFirst("mul", (first, rest) =>
    int64(rest.reduce((product: bigint, v) => wrapInt(product * toInt64(v)), toInt64(first))),
  ),
  ...["max", "biggest"].map((name) =>
    withFirst(name, (first, rest) =>
      int64(rest.map(toInt64).reduce((a, b) => (b > a ? b : a), toInt64(first))),
    ),
  ),
  withFirst("min", (first, rest) =>
    int64(rest.map(toInt64).reduce((a, b) => (b < a ? b : a), toInt64(first))),
  ),
  withFirst("maxf", (first, rest) => rest.map(toFloat64).reduce(maxFloat, toFloat64(first))),
  withFirst("minf", (first, rest) =>
    rest.map(toFloat64).reduce((a, b) => -maxFloat(-a, -b), toFloat64(first)),
  ),
  new GoFunction("add1f", ["any"], (context: CallContext, a: Value) =>
    addDecimals(context, toFloat64(a), [1]),
  ),
  variadic("addf", (values, context) => addDecimals(context, 0, values.map(toFloat64))),
  decimals("subf", subtractDecimals),
  decimals("mulf", multiplyDecimals),
  decimals("divf", divideDecimals),
  new GoFunction("ceil", ["any"], (_: CallContext, a: Value) => Math.ceil(toFloat64(a))),
  new GoFunction("floor", ["any"], (_: CallContext, a: Value) => Math.floor(toFloat64(a))),
  new GoFunction(
    "round",
    ["any", "int", "float64"],
    (_: CallContext, a: Value, places: bigint, roundUpFrom = 0.5) =>
      round(toFloat64(a), places, roundUpFrom),
    { variadic: true },
  ),
  new GoFunction("randInt", ["int", "int"], randInt),
];

function variadic(
  name: string,
  call: (values: Value[], context: CallContext) => Value,
): GoFunction {
  return new GoFunction(
    name,
    ["any"],
    (context: CallContext, ...values: Value[]) => {
      context.charge(values.length);
      return call(values, context);
    },
    { variadic: true },
  );
}

function withFirst(name: string, call: (first: Value, rest: Value[]) => Value): GoFunction {
  return new GoFunction(
    name,
    ["any", "any"],
    (context: CallContext, first: Value, ...rest: Value[]) => {
      context.charge(rest.length);
      return call(first, rest);
    },
    { variadic: true },
  );
}

function decimals(
  name: string,
  compute: (context: CallContext, first: number, rest: readonly number[]) => number,
): GoFunction {
  return new GoFunction(
    name,
    ["any", "any"],
    (context: CallContext, first: Value, ...rest: Value[]) => {
      context.charge(rest.length);
      return compute(context, toFloat64(first), rest.map(toFloat64));
    },
    { variadic: true },
  );
}

function divisor(value: Value): bigint {
  const number = toInt64(value);
  if (number === 0n) throw new FunctionError("runtime error: integer divide by zero");
  return number;
}

/** Go's math.Max: infinity wins over NaN. */
function maxFloat(a: number, b: number): number {
  return a === Number.POSITIVE_INFINITY || b === Number.POSITIVE_INFINITY
    ? Number.POSITIVE_INFINITY
    : Math.max(a, b);
}

/** Rounds up where the fraction reaches `roundUpFrom`, down otherwise; so negative numbers go down. */
function round(value: number, places: bigint, roundUpFrom: number): number {
  const power = powerOfTen(Number(places));
  const digits = power * value;
  const fraction = digits - Math.trunc(digits);
  return (fraction >= roundUpFrom ? Math.ceil(digits) : Math.floor(digits)) / power;
}

/**
 * Go's math.Pow(10, exponent): products of 0.625 = 10/2⁴ by repeated squaring, so that the last bit
 * is Go's and not that of the JavaScript engine.
 */
function powerOfTen(exponent: number): number {
  if (Math.abs(exponent) >= 2 ** 63) return exponent > 0 ? Number.POSITIVE_INFINITY : 0;
  let mantissa = 1;
  let binaryExponent = 0;
  let square = 0.625;
  let squareExponent = 4;
  for (let bits = BigInt(Math.abs(exponent)); bits !== 0n; bits >>= 1n) {
    if (squareExponent > 1 << 12) {
      binaryExponent += squareExponent;
      break;
    }
    if ((bits & 1n) === 1n) {
      mantissa *= square;
      binaryExponent += squareExponent;
    }
    square *= square;
    squareExponent *= 2;
    if (square < 0.5) {
      square *= 2;
      squareExponent--;
    }
  }
  return exponent < 0
    ? scaleByTwo(1 / mantissa, -binaryExponent)
    : scaleByTwo(mantissa, binaryExponent);
}

/** `value` · 2^`exponent` with one rounding; the steps keep each factor within float64. */
function scaleByTwo(value: number, exponent: number): number {
  const first = Math.max(-960, Math.min(960, exponent));
  const scaled = value * 2 ** first;
  return exponent === first
    ? scaled
    : scaled * 2 ** Math.max(-1074, Math.min(960, exponent - first));
}

// shorter numbers can be guessed, and hiding them would hide them everywhere
const MIN_SECRET_NUMBER = 1000n;

function randInt(context: CallContext, min: bigint, max: bigint): bigint {
  const spread = wrapInt(max - min);
  if (spread <= 0n) throw new FunctionError("invalid argument to Intn");
  const value = wrapInt(randomBelow(context, spread) + min);
  if (value >= MIN_SECRET_NUMBER || value <= -MIN_SECRET_NUMBER) context.secret(String(value));
  return value;
}
