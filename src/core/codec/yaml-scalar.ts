/**
 * What a YAML scalar means to Go: the rules of yaml.v3 3.0.1 (`resolve.go`), which are YAML 1.2's
 * plus the octals, underscores and timestamps of 1.1. `yes`, `no`, `on`, `off` and `1:30` are text.
 */
import { parseFloat64 } from "../gotemplate/number.js";
import type { Time } from "../gotemplate/time.js";
import { type Data, Int } from "../gotemplate/value.js";
import { CodecError } from "./error.js";
import { parseTimestamp } from "./yaml-timestamp.js";

/** Short tag names; others (`!custom`, `!!set`) are kept as they stand. */
export type ScalarTag =
  | "!!null"
  | "!!bool"
  | "!!str"
  | "!!int"
  | "!!float"
  | "!!timestamp"
  | "!!binary"
  | (string & {});

export interface ResolvedScalar {
  readonly tag: ScalarTag;
  readonly value: null | boolean | string | bigint | number | Int | Time;
}

const NAMED: ReadonlyMap<string, ResolvedScalar> = new Map<string, ResolvedScalar>([
  ...named({ tag: "!!null", value: null }, ["", "~", "null", "Null", "NULL"]),
  ...named({ tag: "!!bool", value: true }, ["true", "True", "TRUE"]),
  ...named({ tag: "!!bool", value: false }, ["false", "False", "FALSE"]),
  ...named({ tag: "!!float", value: Number.NaN }, [".nan", ".NaN", ".NAN"]),
  ...named({ tag: "!!float", value: Number.POSITIVE_INFINITY }, [
    ".inf",
    ".Inf",
    ".INF",
    "+.inf",
    "+.Inf",
    "+.INF",
  ]),
  ...named({ tag: "!!float", value: Number.NEGATIVE_INFINITY }, ["-.inf", "-.Inf", "-.INF"]),
]);

const RESOLVABLE = new Set(["", "!!str", "!!bool", "!!int", "!!float", "!!null", "!!timestamp"]);
const MAX_INT = 2n ** 63n - 1n;
const MIN_INT = -(2n ** 63n);
const MAX_UINT = 2n ** 64n - 1n;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;

/**
 * The value of the scalar text `text` under `tag`: "" for a plain scalar without one.
 * @throws {CodecError} yaml_tag where the text does not fit the tag
 */
export function resolveScalar(tag: string, text: string): ResolvedScalar {
  if (!RESOLVABLE.has(tag)) return { tag, value: text };
  if (tag === "!!str") return { tag, value: text };
  const resolved = resolvePlain(text, tag === "" || tag === "!!timestamp");
  if (tag === "" || tag === resolved.tag) return resolved;
  if (tag === "!!float" && typeof resolved.value === "bigint") {
    return { tag, value: Number(resolved.value) };
  }
  const text20 = text.length > 20 ? `${text.slice(0, 20)}…` : text;
  throw new CodecError("yaml_tag", `cannot read ${resolved.tag} \`${text20}\` as ${tag}`);
}

/** Whether yaml.v3 reads the plain scalar `text` as text. */
export function isPlainText(text: string): boolean {
  return isSurelyText(text) || resolvePlain(text, true).tag === "!!str";
}

/** Whether the first character tells that the plain scalar `text` is text: true for most. */
export function isSurelyText(text: string): boolean {
  const first = text.charCodeAt(0);
  return first >= AMBIGUOUS.length || AMBIGUOUS[first] === 0;
}

/** By ASCII code: 1 where a null, bool, number or timestamp can begin. */
const AMBIGUOUS = new Uint8Array(128);
for (const sign of "0123456789+-.~nNtTfF") AMBIGUOUS[sign.charCodeAt(0)] = 1;

function resolvePlain(text: string, timestamps: boolean): ResolvedScalar {
  if (isSurelyText(text)) return plainText(text);
  const first = text.charCodeAt(0);
  const isDigit = first >= 0x30 && first <= 0x39;
  const known = NAMED.get(text);
  if (known !== undefined) return known;
  if (text.startsWith(".")) {
    // Not by the pattern below: Go's own number syntax, with underscores between digits only.
    const value = parseFloat64(text);
    return value === undefined ? plainText(text) : { tag: "!!float", value };
  }
  if (!isDigit && first !== 0x2b && first !== 0x2d) return plainText(text);
  const time = timestamps ? parseTimestamp(text) : undefined;
  if (time !== undefined) return { tag: "!!timestamp", value: time };
  const digits = text.includes("_") ? text.replaceAll("_", "") : text;
  const integer = parseInteger(digits);
  if (integer !== undefined) return { tag: "!!int", value: integer };
  return FLOAT.test(digits) ? float(digits, text) : plainText(text);
}

/** A float, or text where float64 cannot hold it. */
function float(digits: string, text: string): ResolvedScalar {
  const value = Number(digits);
  return Number.isFinite(value) ? { tag: "!!float", value } : plainText(text);
}

function plainText(text: string): ResolvedScalar {
  return { tag: "!!str", value: text };
}

/**
 * A Go integer literal (`12`, `0x1f`, `0b1`, `0o17`, `017`) with optional sign, as `int`, or as
 * `uint64` where only that holds it.
 */
function parseInteger(text: string): (Data & (bigint | Int)) | undefined {
  // yaml.v3 reads a sign behind the prefix as well.
  const inside = /^0[bo](?=[-+])/.exec(text)?.[0] ?? "";
  const sign = /^[-+]/.test(text.slice(inside.length)) ? text.charAt(inside.length) : "";
  const magnitude = parseMagnitude(inside + text.slice(inside.length + sign.length));
  if (magnitude === undefined) return undefined;
  const value = sign === "-" ? -magnitude : magnitude;
  if (value >= MIN_INT && value <= MAX_INT) return value;
  return sign === "" && value <= MAX_UINT ? new Int("uint64", value) : undefined;
}

function parseMagnitude(digits: string): bigint | undefined {
  // No 64-bit number has more characters than this in base 2, leading zeros aside.
  if (digits.length > 200) return undefined;
  if (/^(0|[1-9][0-9]*)$/.test(digits)) return BigInt(digits);
  if (/^0[xX][0-9a-fA-F]+$/.test(digits)) return BigInt(digits.toLowerCase());
  if (/^0[bB][01]+$/.test(digits)) return BigInt(digits.toLowerCase());
  if (/^0[oO]?[0-7]+$/.test(digits)) return BigInt(`0o${digits.replace(/^0[oO]?/, "")}`);
  return undefined;
}

function named(resolved: ResolvedScalar, texts: string[]): [string, ResolvedScalar][] {
  return texts.map((text) => [text, resolved]);
}
