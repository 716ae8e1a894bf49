/** Numbers from text as Go's strconv reads them. */

const DIGITS: Readonly<Record<number, RegExp>> = {
  2: /^[01]+$/,
  8: /^[0-7]+$/,
  10: /^[0-9]+$/,
  16: /^[0-9a-fA-F]+$/,
};
const PREFIX: Readonly<Record<number, string>> = { 2: "0b", 8: "0o", 10: "", 16: "0x" };
const MAX_DIGITS = 10_000;

/** Limits of Go's 64 bit integers. */
export const MIN_INT64 = -(2n ** 63n);
export const MAX_INT64 = 2n ** 63n - 1n;
export const MAX_UINT64 = 2n ** 64n - 1n;

/**
 * The integer that `text` writes, of any size: an optional sign, digits of `base` 2, 8, 10 or 16; with
 * base 0 Go's prefixes (0x, 0o, 0b, 0) and underscores between digits. Undefined if it is none.
 */
export function parseInteger(text: string, base: 0 | 2 | 8 | 10 | 16): bigint | undefined {
  const sign = text[0] === "-" || text[0] === "+" ? text[0] : "";
  let body = text.slice(sign.length);
  let radix: number = base;
  if (base === 0) {
    if (body.includes("_") && !underscoresFit(body)) {
      return undefined;
    }
    const prefix = body.slice(0, 2).toLowerCase();
    radix = prefix === "0x" ? 16 : prefix === "0b" ? 2 : prefix === "0o" ? 8 : 10;
    body = body.replaceAll("_", "");
    if (radix !== 10) {
      body = body.slice(2);
    } else if (body.length > 1 && body[0] === "0") {
      radix = 8;
    }
  }
  if (body.length > MAX_DIGITS || DIGITS[radix]?.test(body) !== true) {
    return undefined;
  }
  const value = BigInt(`${PREFIX[radix]}${body}`);
  return sign === "-" ? -value : value;
}

/** Underscores may stand only between digits, or between a base prefix and a digit. */
function underscoresFit(body: string): boolean {
  const prefixed = /^0[xXbBoO]/.test(body);
  const hex = /^0[xX]/.test(body);
  let previous = prefixed ? "0" : "^";
  for (const char of body.slice(prefixed ? 2 : 0)) {
    const digit = (char >= "0" && char <= "9") || (hex && /[a-fA-F]/.test(char));
    if (char === "_") {
      if (previous !== "0") {
        return false;
      }
      previous = "_";
    } else {
      if (!digit && previous === "_") {
        return false;
      }
      previous = digit ? "0" : "!";
    }
  }
  return previous !== "_";
}

/** strconv.ParseInt(text, base, 64): undefined where Go gives an error. */
export function parseInt64(text: string, base: 0 | 2 | 8 | 10 | 16): bigint | undefined {
  const value = parseInteger(text, base);
  return value !== undefined && value >= MIN_INT64 && value <= MAX_INT64 ? value : undefined;
}

/** strconv.ParseUint(text, base, 64), which takes no sign. */
export function parseUint64(text: string, base: 0 | 2 | 8 | 10 | 16): bigint | undefined {
  if (text[0] === "-" || text[0] === "+") {
    return undefined;
  }
  const value = parseInteger(text, base);
  return value !== undefined && value <= MAX_UINT64 ? value : undefined;
}

/** A two's complement integer of `bits` bits, as Go's arithmetic and conversions wrap. */
export function wrapInt(value: bigint, bits = 64): bigint {
  return BigInt.asIntN(bits, value);
}

// The dot is in a group, so that digits can be read in one way only: two would take quadratic time.
const DECIMAL = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const HEX = /^([+-]?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?[pP]([+-]?[0-9]+)$/;
const SPECIAL = /^([+-]?)(inf|infinity|nan)$/i;

/** strconv.ParseFloat(text, 64): undefined where Go gives an error, also for numbers out of range. */
export function parseFloat64(text: string): number | undefined {
  const special = SPECIAL.exec(text);
  if (special !== null) {
    if (special[2]?.toLowerCase() === "nan") {
      return special[1] === "" ? Number.NaN : undefined;
    }
    return special[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  const value = readFloat64(text);
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

/** A float from its digits, infinite where it is out of range; undefined where the text is none. */
export function readFloat64(text: string): number | undefined {
  let body = text;
  if (text.includes("_")) {
    if (!underscoresFit(text.replace(/^[+-]/, ""))) {
      return undefined;
    }
    body = text.replaceAll("_", "");
  }
  return DECIMAL.test(body) ? Number(body) : parseHexFloat(body);
}

function parseHexFloat(text: string): number | undefined {
  const match = HEX.exec(text);
  if (match === null) {
    return undefined;
  }
  const [, sign = "", whole = "", fraction = "", power = "0"] = match;
  if (whole === "" && fraction === "") {
    return undefined;
  }
  const digits = BigInt(`0x0${whole}${fraction}`);
  const size = scale(digits, Number(power) - 4 * fraction.length);
  return sign === "-" ? -size : size;
}

/** digits × 2^exponent, rounded once, halves to even. */
function scale(digits: bigint, exponent: number): number {
  if (digits === 0n) {
    return 0;
  }
  const bits = digits.toString(2).length;
  if (bits + exponent > 1025) {
    return Number.POSITIVE_INFINITY;
  }
  if (bits + exponent < -1080) {
    return 0;
  }
  // The last bit kept has at least the weight of the smallest subnormal, 2^-1074.
  const drop = Math.max(bits - 53, -1074 - exponent, 0);
  const shift = BigInt(drop);
  let kept = digits >> shift;
  if (drop > 0) {
    const rest = digits & ((1n << shift) - 1n);
    const half = 1n << (shift - 1n);
    if (rest > half || (rest === half && kept % 2n === 1n)) {
      kept += 1n;
    }
  }
  let value = Number(kept);
  let power = exponent + drop;
  while (power > 0) {
    const step = Math.min(power, 1000);
    value *= 2 ** step;
    power -= step;
  }
  // Exact, as no bit below 2^-1074 is left.
  while (power < 0) {
    const step = Math.min(-power, 1000);
    value /= 2 ** step;
    power += step;
  }
  return value;
}
