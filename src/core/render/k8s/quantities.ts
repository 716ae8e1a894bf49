/**
 * Kubernetes quantities such as `0.5`, `128Mi` or `12e6` (apimachinery `pkg/api/resource`,
 * "Quantity"): a decimal number with a suffix, written back so that the suffix is as large as
 * possible without a fraction. A text that is already so is kept as it stands, leading zeros and
 * sign included.
 */
import { K8sError } from "./error.js";

type Format = "decimalSI" | "binarySI" | "exponent";

interface Suffix {
  readonly format: Format;
  readonly base: 2 | 10;
  readonly exponent: number;
}

interface QuantityText {
  readonly negative: boolean;
  /** Digits before the point without leading zeros, `0` if there are none. */
  readonly whole: string;
  readonly fraction: string;
  readonly hasDigits: boolean;
  readonly suffix: string;
}

/** `unscaled * 10 ** exponent` */
interface Decimal {
  readonly unscaled: bigint;
  readonly exponent: number;
}

const DECIMAL_SUFFIXES = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const SMALLEST_DECIMAL_EXPONENT = -9;
const BINARY_SUFFIXES = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
/** Kubernetes computes in 64 bits up to this many digits, and only beyond rounds and caps. */
const DIGITS_IN_64_BITS = 18;
const MAX_INT64 = 2n ** 63n - 1n;
const MAX_TEXT_LENGTH = 256;

/**
 * The canonical text of a quantity.
 * @throws {K8sError} k8s_quantity
 */
export function canonicalQuantity(text: string): string {
  const { negative, whole, fraction, hasDigits, suffix } = parseQuantityText(text);
  const { format, base, exponent } = parseSuffix(suffix, text);
  const digits = BigInt(whole + fraction);

  const exact = exactValue(digits, whole.length, fraction.length, { format, base, exponent });
  if (exact !== undefined) {
    if (isCanonical(whole + fraction, digits, exact.exponent, format)) return text;
    return formatQuantity(signed(exact, negative), format);
  }

  if (!hasDigits) refuse(text, "no digits");
  const scaled: Decimal =
    base === 2
      ? { unscaled: digits << BigInt(exponent), exponent: -fraction.length }
      : { unscaled: digits, exponent: exponent - fraction.length };
  const rounded = roundAwayFromZero(scaled, SMALLEST_DECIMAL_EXPONENT);
  return formatQuantity(
    signed(format === "binarySI" ? capped(rounded) : rounded, negative),
    format,
  );
}

function parseQuantityText(text: string): QuantityText {
  if (text.length > MAX_TEXT_LENGTH)
    refuse(text.slice(0, 20), `over ${MAX_TEXT_LENGTH} characters`);
  const match = /^([+-]?)(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[+-]?\d*)$/.exec(text);
  if (text === "" || match === null) refuse(text, "not a number with a suffix");
  const [, sign, integer = "", decimals = "", suffix = ""] = match;
  const whole = integer.replace(/^0+/, "");
  return {
    negative: sign === "-",
    whole: whole === "" ? "0" : whole,
    fraction: decimals,
    hasDigits: integer !== "" || decimals !== "",
    suffix,
  };
}

function parseSuffix(suffix: string, text: string): Suffix {
  const decimal = DECIMAL_SUFFIXES.indexOf(suffix);
  if (decimal >= 0) {
    const exponent = SMALLEST_DECIMAL_EXPONENT + 3 * decimal;
    return { format: "decimalSI", base: 10, exponent };
  }
  const binary = BINARY_SUFFIXES.indexOf(suffix);
  if (binary > 0) return { format: "binarySI", base: 2, exponent: 10 * binary };
  if (/^[eE][+-]?\d{1,9}$/.test(suffix)) {
    return { format: "exponent", base: 10, exponent: Number(suffix.slice(1)) };
  }
  return refuse(text, `unknown suffix '${suffix}'`);
}

/** The value where Kubernetes computes it in 64 bits, without rounding; undefined where it does not. */
function exactValue(
  digits: bigint,
  wholeLength: number,
  fractionLength: number,
  suffix: Suffix,
): Decimal | undefined {
  if (suffix.format === "binarySI") {
    // Kubernetes' own estimate of the digits that a power of two takes.
    const room = 15 - wholeLength - Math.floor((suffix.exponent * 3) / 10) - 1;
    if (fractionLength > 0 || room < 0) return undefined;
    return { unscaled: digits << BigInt(suffix.exponent), exponent: 0 };
  }
  const exponent = suffix.exponent - fractionLength;
  if (wholeLength + fractionLength > DIGITS_IN_64_BITS) return undefined;
  return exponent < SMALLEST_DECIMAL_EXPONENT ? undefined : { unscaled: digits, exponent };
}

function isCanonical(digits: string, value: bigint, exponent: number, format: Format): boolean {
  if (format === "binarySI") return (value & 7n) !== 0n;
  return exponent % 3 === 0 && !digits.endsWith("000") && !digits.startsWith("0");
}

function formatQuantity(value: Decimal, format: Format): string {
  if (value.unscaled === 0n) return "0";
  const bytes = format === "binarySI" ? wholeBytes(value) : undefined;
  if (bytes !== undefined) {
    const { factor, times } = withoutFactors(bytes, 1024n);
    return `${factor}${BINARY_SUFFIXES[times] ?? ""}`;
  }
  const { factor, times } = withoutFactors(value.unscaled, 10n);
  const exponent = value.exponent + times;
  const excess = ((exponent % 3) + 3) % 3;
  const number = factor * 10n ** BigInt(excess);
  return `${number}${formatSuffix(exponent - excess, format)}`;
}

/** Binary form is for whole numbers of 1024 and more; anything else is written as a decimal. */
function wholeBytes({ unscaled, exponent }: Decimal): bigint | undefined {
  const divisor = 10n ** BigInt(-exponent);
  const whole = unscaled / divisor;
  return unscaled % divisor !== 0n || (whole > -1024n && whole < 1024n) ? undefined : whole;
}

function formatSuffix(exponent: number, format: Format): string {
  if (format === "exponent") return exponent === 0 ? "" : `e${exponent}`;
  // Beyond exa there is no suffix, and Kubernetes then writes none.
  return DECIMAL_SUFFIXES[(exponent - SMALLEST_DECIMAL_EXPONENT) / 3] ?? "";
}

function roundAwayFromZero(value: Decimal, exponent: number): Decimal {
  const dropped = exponent - value.exponent;
  if (dropped <= 0 || value.unscaled === 0n) return value;
  if (dropped > value.unscaled.toString().length) {
    return { unscaled: value.unscaled < 0n ? -1n : 1n, exponent };
  }
  const divisor = 10n ** BigInt(dropped);
  const away = value.unscaled < 0n ? -1n : 1n;
  const quotient = value.unscaled / divisor;
  return { unscaled: value.unscaled % divisor === 0n ? quotient : quotient + away, exponent };
}

function capped(value: Decimal): Decimal {
  const limit = { unscaled: MAX_INT64, exponent: 0 };
  return value.unscaled > MAX_INT64 * 10n ** BigInt(-value.exponent) ? limit : value;
}

function signed(value: Decimal, negative: boolean): Decimal {
  return negative ? { ...value, unscaled: -value.unscaled } : value;
}

function withoutFactors(value: bigint, base: bigint): { factor: bigint; times: number } {
  let factor = value;
  let times = 0;
  while (factor !== 0n && factor % base === 0n) {
    factor /= base;
    times++;
  }
  return { factor, times };
}

function refuse(text: string, reason: string): never {
  throw new K8sError("k8s_quantity", `'${text}' is not a quantity: ${reason}`);
}
