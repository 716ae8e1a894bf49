/**
 * Scalars as yaml.v3 3.0.1 writes them. Text is quoted wherever a reader of YAML 1.1 or 1.2 could take
 * it for something else (`yes`, `1:30`, `0o17`, `2024-01-02`, `<<`).
 */
import { toBytes } from "../gotemplate/bytes.js";
import type { Time } from "../gotemplate/time.js";
import { isPlainText } from "./yaml-scalar.js";

/** Text that is plain without a closer look: begins with a letter and has no sign that means anything. */
const SIMPLE = /^[A-Za-z_/][A-Za-z0-9_./+-]*$/;
const WORDS = new Set(
  "true True TRUE false False FALSE null Null NULL y Y yes Yes YES on On ON n N no No NO off Off OFF".split(
    " ",
  ),
);
/** Sexagesimal numbers of YAML 1.1. */
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
/** An exponent without digits before it, which some readers of YAML 1.1 take for a float: `e1`. */
const BARE_EXPONENT = /^[-+]?_*(?:\.[0-9_]*)?[eE][-+]?[0-9]+$/;
/** The same, floats and timestamps that only YAML 1.1 knows, merge and value keys. */
const OLD = [
  BASE_60,
  BARE_EXPONENT,
  /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9_.]*)(?:[eE][-+]?[0-9]+)?$/,
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9:.]+[ \t]*(?:Z|[-+][0-9:]+)?$/,
  /^(?:<<|=)$/,
];

/**
 * `text` on one line: plain, single-quoted or double-quoted. With `likeGo` text is plain that yaml.v3
 * does not mind: `..`, `=`, `<<`.
 */
export function formatText(text: string, likeGo = false): string {
  if (SIMPLE.test(text)) {
    const plain = !WORDS.has(text) && (likeGo || !BARE_EXPONENT.test(text));
    return plain ? text : `"${text}"`;
  }
  if (text === "") return '""';
  const shape = analyze(text);
  if (shape.invalid) return formatBinary(text);
  if (shape.lineFeed || !isSafe(text, likeGo)) return quote(text);
  if (shape.plain) return text;
  return shape.single ? `'${text.replaceAll("'", "''")}'` : quote(text);
}

/**
 * `text` as a value whose further lines begin at column `indent`: a literal block where it has line
 * ends. With `likeGo` it repeats what yaml.v3 gets wrong, see `YamlFormatOptions`.
 */
export function formatTextBlock(text: string, indent: number, likeGo: boolean): string {
  if (likeGo && SEPARATOR.test(text)) return formatSeparated(text, indent);
  if (!text.includes("\n")) return formatText(text, likeGo);
  const shape = analyze(text);
  if (shape.invalid) return formatBinary(text);
  // At the root readers do not agree on what an indentation indicator counts from.
  if (!shape.block || (indent === 0 && !likeGo && /^[ \n]/.test(text))) return quote(text);
  return formatBlock(text, indent || 2, likeGo);
}

function formatBlock(text: string, indent: number, likeGo: boolean): string {
  // yaml.v3 leaves a first tab without a hint and cannot read it back.
  const hint = (likeGo ? /^[ \n]/ : /^[ \n\t]/).test(text) ? "2" : "";
  const chomp = !text.endsWith("\n") ? "-" : /^\n$|\n\n$/.test(text) ? "+" : "";
  // yaml.v3 counts the end of the `|` line as the first line end of the text.
  const kept = likeGo && text.startsWith("\n") ? text.slice(1) : text;
  if (kept === "") return `|${hint}${chomp}`;
  const body = kept.endsWith("\n") ? kept.slice(0, -1) : kept;
  const pad = " ".repeat(indent);
  const lines = body.split("\n").map((line) => (line === "" ? "" : pad + line));
  return `|${hint}${chomp}\n${lines.join("\n")}`;
}

const SEPARATOR = /[\u2028\u2029]/;

/**
 * Text with Unicode line or paragraph separators, which yaml.v3 takes for line ends: it leaves them
 * in single quotes or in a block and indents what follows, so that readers see spaces more.
 */
function formatSeparated(text: string, indent: number): string {
  const asBreaks = text.replace(/[\u2028\u2029]/g, "\n");
  const shape = analyze(asBreaks);
  const pad = " ".repeat(indent);
  const indented = text.replace(/[\u2028\u2029]+(?![\u2028\u2029\n]|$)/g, `$&${pad}`);
  if (text.includes("\n")) return shape.block ? formatBlock(indented, indent, true) : quote(text);
  if (!shape.block || /\n /.test(asBreaks) || text.includes("\t")) return quote(text);
  return `'${indented.replaceAll("'", "''")}'`;
}

/** A float64 as Go's `'g'` format with the shortest digits: 1, 0.5, 1e+06, 1e-05, .inf, .nan. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return value > 0 ? ".inf" : "-.inf";
  if (Object.is(value, -0)) return "-0";
  const [mantissa = "0", exponentText = "0"] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 6) return String(value);
  if (exponent === 20 || Math.abs(exponent) < 10) {
    const digits = String(Math.abs(exponent)).padStart(2, "0");
    return `${mantissa}e${exponent < 0 ? "-" : "+"}${digits}`;
  }
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`;
}

/** A time as RFC 3339 with as many decimals of the second as it has. */
export function formatTime(time: Time): string {
  const local = time.unixNanos + BigInt(time.offsetSeconds) * 1_000_000_000n;
  const nanos = ((local % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const millis = Number((local - nanos) / 1_000_000n);
  const seconds = new Date(millis).toISOString().replace(/\.[0-9]+Z$/, "");
  const fraction = nanos === 0n ? "" : `.${String(nanos).padStart(9, "0").replace(/0+$/, "")}`;
  return `${seconds}${fraction}${formatOffset(time.offsetSeconds)}`;
}

function formatOffset(offsetSeconds: number): string {
  if (offsetSeconds === 0) return "Z";
  const minutes = Math.floor(Math.abs(offsetSeconds) / 60);
  const two = (n: number) => String(n).padStart(2, "0");
  const sign = offsetSeconds < 0 ? "-" : "+";
  return `${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** Whether every reader, or with `likeGo` whether yaml.v3, takes the text, unquoted, for text. */
function isSafe(text: string, likeGo: boolean): boolean {
  if (!isPlainText(text) || WORDS.has(text)) return false;
  return likeGo ? !BASE_60.test(text) : !OLD.some((pattern) => pattern.test(text));
}

interface Shape {
  /** May stand without quotes in block style. */
  plain: boolean;
  single: boolean;
  /** May be a literal block. */
  block: boolean;
  lineFeed: boolean;
  /** Holds bytes that are no UTF-8. */
  invalid: boolean;
}

const FIRST_INDICATORS = "#,[]{}&*!|>'\"%@`";

/** libyaml's analysis of a scalar, reduced to block style. */
function analyze(text: string): Shape {
  const shape: Shape = { plain: true, single: true, block: true, lineFeed: false, invalid: false };
  if (/^(---|\.\.\.)/.test(text) || FIRST_INDICATORS.includes(text.charAt(0))) shape.plain = false;
  if (/^[?:-](?:[ \t\n\r]|$)/.test(text)) shape.plain = false;
  if (/^[ \n]|[ \n]$/.test(text)) shape.plain = false;
  if (text.endsWith(" ")) shape.block = false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x24 && unit <= 0x7e && unit !== 0x3a) continue;
    if (unit === 0x20) {
      const next = text.charCodeAt(i + 1);
      if (next === 0x23) shape.plain = false;
      if (next === 0x0a) shape.plain = shape.single = shape.block = false;
    } else if (unit === 0x0a) {
      shape.lineFeed = true;
      shape.plain = shape.single = false;
    } else if (unit === 0x09) {
      shape.plain = shape.single = false;
    } else if (unit === 0x3a) {
      const next = text.charAt(i + 1);
      if (next === "" || next === " " || next === "\t" || next === "\n") shape.plain = false;
    } else if (!isPrintable(unit)) {
      shape.plain = shape.single = shape.block = false;
      if (unit >= 0xdc80 && unit <= 0xdcff && !isLowHalf(text, i)) shape.invalid = true;
    }
  }
  return shape;
}

function isLowHalf(text: string, index: number): boolean {
  const before = text.charCodeAt(index - 1);
  return before >= 0xd800 && before < 0xdc00;
}

/** Surrogates count as not printable: libyaml escapes everything beyond the basic plane. */
function isPrintable(unit: number): boolean {
  if (unit < 0x7f) return unit >= 0x20;
  if (unit === 0x2028 || unit === 0x2029 || unit === 0xfeff) return false;
  return (unit >= 0xa0 && unit < 0xd800) || (unit >= 0xe000 && unit < 0xfffe);
}

const ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x00, "\\0"],
  [0x07, "\\a"],
  [0x08, "\\b"],
  [0x09, "\\t"],
  [0x0a, "\\n"],
  [0x0b, "\\v"],
  [0x0c, "\\f"],
  [0x0d, "\\r"],
  [0x1b, "\\e"],
  [0x22, '\\"'],
  [0x5c, "\\\\"],
  [0x85, "\\N"],
  [0x2028, "\\L"],
  [0x2029, "\\P"],
]);

function quote(text: string): string {
  let quoted = '"';
  // As yaml.v3 does: it looks for the byte order mark at the beginning, whatever character it is at.
  const escapeAll = text.startsWith("\ufeff");
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0;
    const short = ESCAPES.get(point);
    if (short !== undefined) quoted += short;
    else if (!escapeAll && point <= 0xffff && isPrintable(point)) quoted += char;
    else if (point <= 0xff) quoted += `\\x${hex(point, 2)}`;
    else if (point <= 0xffff) quoted += `\\u${hex(point, 4)}`;
    else quoted += `\\U${hex(point, 8)}`;
  }
  return `${quoted}"`;
}

function hex(value: number, width: number): string {
  return value.toString(16).toUpperCase().padStart(width, "0");
}

function formatBinary(text: string): string {
  return `!!binary ${Buffer.from(toBytes(text)).toString("base64")}`;
}
