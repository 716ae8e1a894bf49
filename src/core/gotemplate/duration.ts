/** Go's time.Duration: nanoseconds in 64 bits, read and written as `1h2m3.5s`. */
import { FunctionError } from "./error.js";
import { MAX_INT64, MIN_INT64 } from "./number.js";

export const SECOND = 1_000_000_000n;
export const MINUTE = 60n * SECOND;
export const HOUR = 60n * MINUTE;

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  "\u00b5s": 1_000n,
  "\u03bcs": 1_000n,
  ms: 1_000_000n,
  s: SECOND,
  m: MINUTE,
  h: HOUR,
};
const TERM = /^([0-9]*)(?:(\.)([0-9]*))?([^.0-9]*)/;

/** @throws {FunctionError} for text that is no duration or does not fit 64 bits */
export function parseDuration(text: string): bigint {
  const invalid = (): never => {
    throw new FunctionError(`time: invalid duration ${JSON.stringify(text)}`);
  };
  const sign = /^[-+]/.exec(text)?.[0] ?? "";
  let rest = text.slice(sign.length);
  if (rest === "0") return 0n;
  if (rest === "") return invalid();
  let total = 0n;
  while (rest !== "") {
    const [term = "", whole = "", , fraction = "", unitName = ""] = TERM.exec(rest) ?? [];
    const unit = Object.hasOwn(UNITS, unitName) ? UNITS[unitName] : undefined;
    if (unit === undefined || (whole === "" && fraction === "")) return invalid();
    total += scaled(whole, unit) + fractionOf(fraction, unit);
    if (total > -MIN_INT64) return invalid();
    rest = rest.slice(term.length);
  }
  if (sign === "-") return -total;
  return total > MAX_INT64 ? invalid() : total;
}

// more digits are beyond 64 bits whatever the unit
const MAX_DIGITS = 40;

function scaled(digits: string, unit: bigint): bigint {
  const significant = digits.replace(/^0+/, "");
  return significant.length > MAX_DIGITS ? MAX_INT64 * 2n : BigInt(significant || "0") * unit;
}

/** Digits beyond 64 bits do not count, and the product is a float64, as in Go. */
function fractionOf(digits: string, unit: bigint): bigint {
  let value = 0n;
  let scale = 1;
  for (const digit of digits) {
    const longer = value * 10n + BigInt(digit);
    if (value > MAX_INT64 / 10n || longer > -MIN_INT64) break;
    value = longer;
    scale *= 10;
  }
  return value === 0n ? 0n : BigInt(Math.trunc(Number(value) * (Number(unit) / scale)));
}

/** Go's Duration.String: the largest unit first, the last one with a fraction; below a second only one unit. */
export function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return "0s";
  const sign = nanoseconds < 0n ? "-" : "";
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (size < 1_000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${withFraction(size, 1_000n)}\u00b5s`;
  if (size < SECOND) return `${sign}${withFraction(size, 1_000_000n)}ms`;
  const hours = size / HOUR;
  const minutes = (size % HOUR) / MINUTE;
  const seconds = `${withFraction(size % MINUTE, SECOND)}s`;
  if (hours > 0n) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0n ? `${sign}${minutes}m${seconds}` : sign + seconds;
}

function withFraction(value: bigint, unit: bigint): string {
  const digits = String(value % unit).padStart(String(unit).length - 1, "0");
  const fraction = digits.replace(/0+$/, "");
  return fraction === "" ? String(value / unit) : `${value / unit}.${fraction}`;
}

/** Go's Duration.Round: to the nearest multiple of `unit`, halves away from zero; unchanged if `unit` is not positive. */
export function roundDuration(nanoseconds: bigint, unit: bigint): bigint {
  if (unit <= 0n) return nanoseconds;
  const rest = nanoseconds % unit;
  const size = rest < 0n ? -rest : rest;
  const down = nanoseconds - rest;
  if (size * 2n < unit) return down;
  return clampDuration(nanoseconds < 0n ? down - unit : down + unit);
}

/** The nearest duration that fits 64 bits. */
export function clampDuration(nanoseconds: bigint): bigint {
  if (nanoseconds > MAX_INT64) return MAX_INT64;
  return nanoseconds < MIN_INT64 ? MIN_INT64 : nanoseconds;
}
