/** Text of float64 numbers as Go's strconv.FormatFloat writes it. */

export type FloatFormat = "e" | "E" | "f" | "g" | "G" | "b" | "x" | "X";

/** Decimal digits d1d2d3… of a number 0.d1d2d3… × 10^point. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

/** `precision` -1 is the smallest number of digits that reads back as the same number. */
export function formatFloat(value: number, format: FloatFormat, precision: number): string {
  if (Number.isNaN(value)) {
    return "NaN";
  }
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const size = Math.abs(value);
  if (size === Number.POSITIVE_INFINITY) {
    return sign === "" ? "+Inf" : "-Inf";
  }
  switch (format) {
    case "b":
      return sign + formatBinary(size);
    case "x":
      return sign + formatHex(size, precision);
    case "X":
      return (sign + formatHex(size, precision)).toUpperCase();
    case "e":
      return sign + formatExponent(roundedTo(size, precision, "e"), precision);
    case "E":
      return (sign + formatExponent(roundedTo(size, precision, "e"), precision)).toUpperCase();
    case "f":
      return sign + formatFixed(roundedTo(size, precision, "f"), precision);
    case "g":
      return sign + formatGeneral(size, precision);
    case "G":
      return (sign + formatGeneral(size, precision)).toUpperCase();
  }
}

/** Go's `%v` of a float64: `g` with the fewest digits. */
export function formatFloatValue(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e6 && !Object.is(value, -0)) {
    return String(value);
  }
  return formatFloat(value, "g", -1);
}

function formatGeneral(size: number, precision: number): string {
  const digits = roundedTo(size, precision, "g");
  const count = digits.digits.length;
  const wanted = precision < 0 ? count : Math.max(precision, 1);
  let limit = wanted > count && count >= digits.point ? count : wanted;
  // With the fewest digits Go always decides as for a precision of 6.
  if (precision < 0) {
    limit = 6;
  }
  const exponent = digits.point - 1;
  if (exponent < -4 || exponent >= limit) {
    return formatExponent(digits, Math.min(wanted, count) - 1);
  }
  return formatFixed(digits, Math.max(count - digits.point, 0));
}

/** d.ddde±dd; `precision` digits after the point, -1 for all. */
function formatExponent(decimal: Decimal, precision: number): string {
  const { digits } = decimal;
  const count = precision < 0 ? Math.max(digits.length - 1, 0) : precision;
  const fraction = digits.slice(1, count + 1).padEnd(count, "0");
  const exponent = digits === "" ? 0 : decimal.point - 1;
  const mark = exponent < 0 ? "e-" : "e+";
  return `${digits[0] ?? "0"}${count > 0 ? `.${fraction}` : ""}${mark}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/** ddd.ddd; `precision` digits after the point, -1 for all. */
function formatFixed(decimal: Decimal, precision: number): string {
  const { digits, point } = decimal;
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "0";
  const count = precision < 0 ? Math.max(digits.length - point, 0) : precision;
  if (count === 0) {
    return whole;
  }
  const fraction = point >= 0 ? digits.slice(point) : "0".repeat(-point) + digits;
  return `${whole}.${fraction.slice(0, count).padEnd(count, "0")}`;
}

function roundedTo(size: number, precision: number, format: "e" | "f" | "g"): Decimal {
  if (precision < 0) {
    return shortest(size);
  }
  const decimal = exact(size);
  switch (format) {
    case "e":
      return round(decimal, precision + 1);
    case "f":
      return round(decimal, decimal.point + precision);
    case "g":
      return round(decimal, Math.max(precision, 1));
  }
}

/** The fewest digits that read back as the same number. */
function shortest(size: number): Decimal {
  if (size === 0) {
    return { digits: "", point: 0 };
  }
  const [mantissa, exponent] = size.toExponential().split("e") as [string, string];
  return { digits: mantissa.replace(".", ""), point: Number(exponent) + 1 };
}

/** All digits of the exact value. */
function exact(size: number): Decimal {
  if (size === 0) {
    return { digits: "", point: 0 };
  }
  const { mantissa, exponent } = decompose(size);
  const scaled = exponent >= 0 ? mantissa << BigInt(exponent) : mantissa * 5n ** BigInt(-exponent);
  const text = scaled.toString();
  return { digits: text.replace(/0+$/, ""), point: text.length + Math.min(exponent, 0) };
}

/** Rounds to `count` digits, halves to even as the exact value is known. */
function round(decimal: Decimal, count: number): Decimal {
  const { digits, point } = decimal;
  if (count < 0) {
    return { digits: "", point: 0 };
  }
  if (count >= digits.length) {
    return decimal;
  }
  const kept = digits.slice(0, count);
  const half = digits[count] === "5" && count + 1 === digits.length;
  const odd = count > 0 && Number(digits[count - 1]) % 2 === 1;
  const up = half ? odd : (digits[count] as string) >= "5";
  if (!up) {
    const trimmed = kept.replace(/0+$/, "");
    return { digits: trimmed, point: trimmed === "" ? 0 : point };
  }
  let last = count - 1;
  while (last >= 0 && kept[last] === "9") {
    last--;
  }
  return last < 0
    ? { digits: "1", point: point + 1 }
    : { digits: kept.slice(0, last) + String(Number(kept[last]) + 1), point };
}

/** value = mantissa × 2^exponent, with the exponent of Go's `%b`. */
function decompose(size: number): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, size);
  const bits = view.getBigUint64(0);
  const biased = Number(bits >> 52n);
  const fraction = bits & 0xfffffffffffffn;
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | (1n << 52n), exponent: biased - 1075 };
}

function formatBinary(size: number): string {
  const { mantissa, exponent } = decompose(size);
  return `${mantissa}p${exponent >= 0 ? "+" : ""}${exponent}`;
}

/** 0x1.yyyyp±dd, normalised to one leading bit. */
function formatHex(size: number, precision: number): string {
  let { mantissa, exponent } = decompose(size);
  if (mantissa === 0n) {
    return `0x0${precision > 0 ? `.${"0".repeat(precision)}` : ""}p+00`;
  }
  // The leading bit moves to bit 52, so that 13 hex digits follow it.
  while (mantissa >> 52n === 0n) {
    mantissa <<= 1n;
    exponent--;
  }
  exponent += 52;
  let fraction = (mantissa & 0xfffffffffffffn).toString(16).padStart(13, "0");
  if (precision < 0) {
    fraction = fraction.replace(/0+$/, "");
  } else if (precision >= 13) {
    fraction = fraction.padEnd(precision, "0");
  } else {
    const drop = BigInt(4 * (13 - precision));
    const rest = mantissa & ((1n << drop) - 1n);
    const half = 1n << (drop - 1n);
    let kept = mantissa >> drop;
    if (rest > half || (rest === half && kept % 2n === 1n)) {
      kept += 1n;
    }
    const digits = BigInt(4 * precision);
    if (kept >> digits === 2n) {
      kept >>= 1n;
      exponent++;
    }
    fraction =
      precision === 0 ? "" : (kept & ((1n << digits) - 1n)).toString(16).padStart(precision, "0");
  }
  const power = `${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  return `0x1${fraction === "" ? "" : `.${fraction}`}p${power}`;
}
