/**
 * Sums, products and quotients of floats as decimal numbers, as shopspring/decimal computes them: exact,
 * division to 16 digits after the point. So 0.1 + 0.2 is 0.3.
 */
import { Decimal } from "decimal.js";
import { FunctionError } from "../error.js";
import type { CallContext } from "../value.js";

// no rounding but where division asks for it
const Exact = Decimal.clone({ precision: 1_000_000, minE: -9e15, maxE: 9e15 });

const DIVISION_DIGITS = 16;
const STEPS_PER_OPERATION = 20;
/** A word holds 7 digits; the digits of an exact result grow with every operand. */
const STEPS_PER_WORD = 3;

export function addDecimals(context: CallContext, first: number, rest: readonly number[]): number {
  return compute(context, first, rest, (a, b) => a.plus(b));
}

export function subtractDecimals(
  context: CallContext,
  first: number,
  rest: readonly number[],
): number {
  return compute(context, first, rest, (a, b) => a.minus(b));
}

export function multiplyDecimals(
  context: CallContext,
  first: number,
  rest: readonly number[],
): number {
  return compute(context, first, rest, (a, b) => a.times(b));
}

/** @throws {FunctionError} for division by zero, as for infinite operands of all four */
export function divideDecimals(
  context: CallContext,
  first: number,
  rest: readonly number[],
): number {
  return compute(context, first, rest, divide);
}

function compute(
  context: CallContext,
  first: number,
  rest: readonly number[],
  operation: (a: Decimal, b: Decimal) => Decimal,
): number {
  let result = decimal(first);
  for (const next of rest) {
    result = operation(result, decimal(next));
    context.charge(STEPS_PER_OPERATION + STEPS_PER_WORD * result.d.length);
  }
  return Number(result.toString());
}

function decimal(value: number): Decimal {
  if (!Number.isFinite(value)) throw new FunctionError(`Cannot create a Decimal from ${value}`);
  return new Exact(value);
}

function divide(a: Decimal, b: Decimal): Decimal {
  if (b.isZero()) throw new FunctionError("decimal division by 0");
  const scale = new Exact(10).pow(DIVISION_DIGITS);
  const scaled = a.times(scale);
  const quotient = scaled.divToInt(b);
  const remainder = scaled.minus(quotient.times(b));
  // half goes away from zero
  const up = remainder.abs().times(2).gte(b.abs());
  const rounded = up ? quotient.plus(a.isNeg() === b.isNeg() ? 1 : -1) : quotient;
  return rounded.div(scale);
}
