/**
 * Sizes, durations, CPU shares, file modes and device counts of Compose documents. Sizes are bytes,
 * written as decimal text; durations are nanoseconds, written as Go does (`1m30s`).
 */
import { childPath } from "../../codec/yaml-path.js";
import { truncateToInt64 } from "../../gotemplate/cast.js";
import { MAX_INT64, MIN_INT64, parseFloat64, parseInt64 } from "../../gotemplate/number.js";
import { type Data, Int } from "../../gotemplate/value.js";
import { type Form, FormError, type SelfDecoding, wrongKind } from "./form.js";
import { float32, jsonInteger } from "./scalar-forms.js";

/** A size in bytes: a number, or text such as `512m` or `1.5GiB` with binary units. */
export const bytes: SelfDecoding = {
  zero: "0",
  isZero: (value) => value === "0",
  // Values of any other kind are taken for no size at all, without a word.
  decode(value, path) {
    if (typeof value === "bigint") return value.toString();
    if (typeof value === "string") return parseSize(value, path).toString();
    return "0";
  },
  check(value, path) {
    if (typeof value === "string") return parseSize(value, path).toString();
    return jsonInteger(value, path, MIN_INT64, MAX_INT64).toString();
  },
  checkNull: () => "0",
};

const SIZE_UNITS: Readonly<Record<string, bigint>> = {
  k: 1n << 10n,
  m: 1n << 20n,
  g: 1n << 30n,
  t: 1n << 40n,
  p: 1n << 50n,
};

const SIZE_SUFFIX = /^(?:b|([kmgtp])(?:i?b)?)?$/i;

function parseSize(value: string, path: string): bigint {
  const whole = parseInt64(value, 10);
  if (whole !== undefined) return whole;
  const fault = () => new FormError(path, `"${value}" is no size`);
  if (value.length > 64) throw fault();
  // The number ends with the last digit, dot or space; Go's ParseFloat reads it, `1_000` and `0x1p4` too.
  const end = /^.*[\d. ]/s.exec(value)?.[0].length ?? 0;
  const number = parseFloat64(value.slice(0, end).replace(/ $/, ""));
  const suffix = SIZE_SUFFIX.exec(value.slice(end));
  if (number === undefined || number < 0 || suffix === null) throw fault();
  const unit = suffix[1] === undefined ? 1n : (SIZE_UNITS[suffix[1].toLowerCase()] ?? 1n);
  // Sizes beyond 63 bits become what Go makes of them on amd64.
  return truncateToInt64(number * Number(unit));
}

/** A duration: text with units from ns to w. Bare numbers are refused, except 0. */
export const duration: SelfDecoding = {
  zero: "0s",
  isZero: (value) => value === "0s",
  decode(value, path) {
    const text =
      typeof value === "string" ? value : value instanceof Int ? `${value.value}` : String(value);
    return formatDuration(parseDuration(text, path, DURATION_UNITS));
  },
  check(value, path) {
    const text = typeof value === "string" ? value.replace(/^"+|"+$/g, "") : String(value);
    return formatDuration(parseDuration(text, path, GO_UNITS));
  },
  checkNull(path) {
    throw wrongKind(path, null, "a duration");
  },
};

const GO_UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const DURATION_UNITS: Readonly<Record<string, bigint>> = {
  ...GO_UNITS,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
};

function parseDuration(
  value: string,
  path: string,
  units: Readonly<Record<string, bigint>>,
): bigint {
  const fault = (why: string): FormError =>
    new FormError(path, `"${value}" is no duration: ${why}`);
  if (value.length > 256) throw fault("too long");
  const negative = value.startsWith("-");
  let rest = value.replace(/^[+-]/, "");
  if (rest === "0") return 0n;
  if (rest === "") throw fault("empty");
  let total = 0n;
  while (rest !== "") {
    const number = /^(\d*)(?:\.(\d*))?/.exec(rest);
    const whole = number?.[1] ?? "";
    const fraction = number?.[2] ?? "";
    if (number === null || (whole === "" && fraction === "")) throw fault("a number is missing");
    rest = rest.slice(number[0].length);
    const name = /^[^.\d]+/.exec(rest)?.[0];
    if (name === undefined) throw fault("the unit is missing");
    rest = rest.slice(name.length);
    const unit = Object.hasOwn(units, name) ? units[name] : undefined;
    if (unit === undefined) throw fault(`unknown unit "${name}"`);
    total += BigInt(whole === "" ? "0" : whole) * unit + fractionOf(fraction, unit);
    if (total > MAX_INT64) throw fault("out of range");
  }
  return negative ? -total : total;
}

/** Go multiplies the fraction in double precision, with as many digits as 63 bits hold. */
function fractionOf(digits: string, unit: bigint): bigint {
  let counted = 0n;
  let scale = 1;
  for (const digit of digits) {
    const next = counted * 10n + BigInt(digit);
    if (next > MAX_INT64) break;
    counted = next;
    scale *= 10;
  }
  return BigInt(Math.trunc(Number(counted) * (Number(unit) / scale)));
}

/** Go's `time.Duration.String`. */
export function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return "0s";
  const sign = nanoseconds < 0n ? "-" : "";
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (size < 1000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${decimal(size, 1000n)}µs`;
  if (size < 1_000_000_000n) return `${sign}${decimal(size, 1_000_000n)}ms`;
  const seconds = `${decimal(size % GO_MINUTE, 1_000_000_000n)}s`;
  const minutes = size / GO_MINUTE;
  if (minutes === 0n) return sign + seconds;
  const hours = minutes / 60n;
  return `${sign}${hours > 0n ? `${hours}h` : ""}${minutes % 60n}m${seconds}`;
}

const GO_MINUTE = 60_000_000_000n;

function decimal(value: bigint, unit: bigint): string {
  const fraction = (value % unit)
    .toString()
    .padStart(unit.toString().length - 1, "0")
    .replace(/0+$/, "");
  return fraction === "" ? `${value / unit}` : `${value / unit}.${fraction}`;
}

/** A share of CPUs: a number or its text. */
export const cpus: Form = {
  ...float32,
  decode(value, path) {
    if (typeof value === "string" || typeof value === "number" || typeof value === "bigint")
      return float32.decode(value, path);
    throw wrongKind(path, value, "a number of CPUs");
  },
};

/** A file mode: octal text or a number, written as octal text with a leading 0. The JSON form is a number. */
export const fileMode: Form = {
  zero: "00",
  isZero: () => false,
  decode(value, path) {
    if (typeof value === "bigint") return octal(value);
    if (typeof value !== "string") throw wrongKind(path, value, "a file mode");
    const mode = parseInt64(value, 8);
    if (mode === undefined) throw new FormError(path, `"${value}" is no octal number`);
    return octal(mode);
  },
  check: (value, path) => octal(jsonInteger(value, path, MIN_INT64, MAX_INT64)),
};

function octal(mode: bigint): string {
  return `0${mode.toString(8)}`;
}

/** How many devices: a number, its text, or `all`, which is -1. */
export const deviceCount: Form = {
  zero: 0n,
  isZero: (value) => value === 0n,
  decode(value, path) {
    if (typeof value === "bigint") return value;
    if (typeof value !== "string") throw wrongKind(path, value, "a count");
    if (value.toLowerCase() === "all") return -1n;
    const count = parseInt64(value, 10);
    if (count === undefined) throw new FormError(path, `"${value}" is neither a number nor "all"`);
    return count;
  },
  check: (value, path) => jsonInteger(value, path, MIN_INT64, MAX_INT64),
};

/** A limit as one number or as `{soft, hard}`. The JSON form is always the map. */
export const ulimit: Form = {
  zero: new Map<string, Data>([
    ["soft", 0n],
    ["hard", 0n],
  ]),
  isZero: () => false,
  decode(value, path) {
    if (typeof value === "bigint") return ulimitOf(value, 0n, 0n);
    if (!(value instanceof Map)) throw wrongKind(path, value, "a number or {soft, hard}");
    const part = (key: string): bigint => {
      if (!value.has(key)) return 0n;
      const limit = value.get(key);
      if (typeof limit === "bigint") return limit;
      throw wrongKind(childPath(path, key), limit ?? null, "a whole number");
    };
    return ulimitOf(0n, part("soft"), part("hard"));
  },
  check(value, path) {
    if (!(value instanceof Map)) throw wrongKind(path, value, "{soft, hard}");
    const parts = { single: 0n, soft: 0n, hard: 0n };
    for (const [key, item] of value) {
      const name = key.toLowerCase();
      if (name !== "single" && name !== "soft" && name !== "hard") {
        throw new FormError(childPath(path, key), `unknown field "${key}"`);
      }
      if (item !== null)
        parts[name] = jsonInteger(item, childPath(path, key), MIN_INT64, MAX_INT64);
    }
    return ulimitOf(parts.single, parts.soft, parts.hard);
  },
};

function ulimitOf(single: bigint, soft: bigint, hard: bigint): Data {
  if (single !== 0n) return single;
  return new Map<string, Data>([
    ["soft", soft],
    ["hard", hard],
  ]);
}
