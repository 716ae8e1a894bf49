/** Sprig's functions on one text: Go's package strings with the arguments turned round, goutils 1.1.1 where named. */
import { byteLength, normalize, sliceBytes } from "../bytes.js";
import { FunctionError } from "../error.js";
import { formatValue } from "../printf.js";
import { quote } from "../quote.js";
import { type CallContext, GoFunction, type Value } from "../value.js";
import { fromByteText, toByteText } from "./byte-text.js";
import { randomBelow } from "./random-bytes.js";
import { isSpace, runesOf, validRune } from "./runes.js";
import { searchable } from "./search.js";
import { toText } from "./text.js";

export const stringFunctions: readonly GoFunction[] = [
  new GoFunction("trim", ["string"], trim),
  new GoFunction("trimAll", ["string", "string"], trimAll),
  new GoFunction("trimall", ["string", "string"], trimAll),
  new GoFunction("trimPrefix", ["string", "string"], trimPrefix),
  new GoFunction("trimSuffix", ["string", "string"], trimSuffix),
  new GoFunction("nospace", ["string"], noSpace),
  new GoFunction("contains", ["string", "string"], contains),
  new GoFunction("hasPrefix", ["string", "string"], hasPrefix),
  new GoFunction("hasSuffix", ["string", "string"], hasSuffix),
  new GoFunction("repeat", ["int", "string"], repeat),
  new GoFunction("replace", ["string", "string", "string"], replace),
  new GoFunction("plural", ["string", "string", "int"], plural),
  new GoFunction("substr", ["int", "int", "string"], substring),
  new GoFunction("trunc", ["int", "string"], truncate),
  new GoFunction("abbrev", ["int", "string"], abbreviate),
  new GoFunction("abbrevboth", ["int", "int", "string"], abbreviateBoth),
  new GoFunction("shuffle", ["string"], shuffle),
  new GoFunction("quote", ["any"], quoteAll, { variadic: true }),
  new GoFunction("squote", ["any"], singleQuoteAll, { variadic: true }),
  new GoFunction("cat", ["any"], joinBySpace, { variadic: true }),
  new GoFunction("toString", ["any"], (context: CallContext, value: Value) =>
    toText(value, context),
  ),
];

// runes that are read in about the time of one step
const RUNES_PER_STEP = 16;

function trim(context: CallContext, text: string): string {
  return trimWhere(context, text, isSpace);
}

/** Cuts all runes of `cutset` from both ends. */
function trimAll(context: CallContext, cutset: string, text: string): string {
  const cut = new Set(runesOf(cutset));
  return trimWhere(context, text, (rune) => cut.has(rune));
}

function trimWhere(context: CallContext, text: string, cut: (rune: string) => boolean): string {
  let start = 0;
  for (let rune = runeAt(text, 0); rune !== ""; rune = runeAt(text, start)) {
    if (!cut(validRune(rune))) break;
    start += rune.length;
  }
  let end = text.length;
  while (end > start) {
    const rune = runeBefore(text, end);
    if (!cut(validRune(rune))) break;
    end -= rune.length;
  }
  context.charge(Math.ceil((start + text.length - end) / RUNES_PER_STEP));
  return text.slice(start, end);
}

function runeAt(text: string, start: number): string {
  const code = text.codePointAt(start);
  return code === undefined ? "" : String.fromCodePoint(code);
}

function runeBefore(text: string, end: number): string {
  const pair = text.slice(Math.max(end - 2, 0), end);
  return pair.length === 2 && (pair.codePointAt(0) ?? 0) > 0xffff ? pair : text.charAt(end - 1);
}

function trimPrefix(context: CallContext, prefix: string, text: string): string {
  if (!hasPrefix(context, prefix, text)) return text;
  return sliceBytes(text, byteLength(prefix));
}

function trimSuffix(context: CallContext, suffix: string, text: string): string {
  if (!hasSuffix(context, suffix, text)) return text;
  return sliceBytes(text, 0, byteLength(text) - byteLength(suffix));
}

/** goutils takes each byte for a rune of its own, unless there is nothing to cut. */
function noSpace(context: CallContext, text: string): string {
  const bytes = toByteText(text);
  context.allocate(2 * bytes.length);
  context.charge(Math.ceil(bytes.length / RUNES_PER_STEP));
  const kept = Array.from(bytes).filter((byte) => !isSpace(byte));
  return kept.length === bytes.length ? text : kept.join("");
}

function contains(context: CallContext, part: string, text: string): boolean {
  const { haystack, needle } = searchable(context, text, part);
  return haystack.includes(needle);
}

function hasPrefix(context: CallContext, prefix: string, text: string): boolean {
  const { haystack, needle } = searchable(context, text, prefix);
  return haystack.startsWith(needle);
}

function hasSuffix(context: CallContext, suffix: string, text: string): boolean {
  const { haystack, needle } = searchable(context, text, suffix);
  return haystack.endsWith(needle);
}

function repeat(context: CallContext, count: bigint, text: string): string {
  if (count < 0n) throw new FunctionError("strings: negative Repeat count");
  if (text === "" || count === 0n) return "";
  context.allocate(byteLength(text) * Number(count));
  return normalize(text.repeat(Number(count)));
}

function replace(context: CallContext, before: string, after: string, text: string): string {
  // pieces are charged as the strings they are, and what goes between them
  if (before === "") {
    const runes = Array.from(text);
    context.allocate(runes.length * (after.length + 16) + after.length);
    return normalize(after + runes.map((rune) => rune + after).join(""));
  }
  const { haystack, needle, asBytes } = searchable(context, text, before);
  const pieces = haystack.split(needle);
  if (pieces.length === 1) return text;
  context.allocate(text.length + (pieces.length - 1) * (after.length + 16));
  return asBytes ? fromByteText(pieces.join(toByteText(after))) : normalize(pieces.join(after));
}

function plural(_context: CallContext, one: string, many: string, count: bigint): string {
  return count === 1n ? one : many;
}

/** `text[start:end]` in bytes; a negative start counts as 0, an end that is negative or too large as the end. */
function substring(context: CallContext, start: bigint, end: bigint, text: string): string {
  const size = BigInt(byteLength(text));
  const from = start < 0n ? 0n : start;
  const to = start >= 0n && (end < 0n || end > size) ? size : end;
  if (to < from || to > size) {
    throw new FunctionError(`slice bounds out of range [${from}:${to}] with length ${size}`);
  }
  context.allocate(Number(to - from));
  return sliceBytes(text, Number(from), Number(to));
}

/** The first `count` bytes, or the last of a negative count. */
function truncate(context: CallContext, count: bigint, text: string): string {
  const size = byteLength(text);
  const wanted = count < 0n ? -count : count;
  if (wanted >= BigInt(size)) return text;
  context.allocate(Number(wanted));
  return count < 0n ? sliceBytes(text, size - Number(wanted)) : sliceBytes(text, 0, Number(count));
}

const DOTS = "...";

function abbreviate(context: CallContext, width: bigint, text: string): string {
  if (width < 4n) return text;
  return abbreviateFrom(context, text, 0n, width);
}

function abbreviateBoth(context: CallContext, left: bigint, right: bigint, text: string): string {
  if (right < 4n || (left > 0n && right < 7n)) return text;
  return abbreviateFrom(context, text, left, right);
}

/** goutils.AbbreviateFull: at most `width` bytes, of which the byte at `offset` is one; dots where it was cut. */
function abbreviateFrom(context: CallContext, text: string, offset: bigint, width: bigint): string {
  const bytes = toByteText(text);
  if (width >= BigInt(bytes.length)) return text;
  context.allocate(bytes.length);
  const room = Number(width) - DOTS.length;
  // Go's difference wraps around where the offset is far below zero
  const left = BigInt.asIntN(64, BigInt(bytes.length) - offset);
  const start = left < BigInt(room) ? bytes.length - room : Number(offset);
  if (start <= 4) return fromByteText(bytes.slice(0, room)) + DOTS;
  if (width < 7n) return "";
  const end = start + room < bytes.length ? start + room - DOTS.length : bytes.length;
  const tail = end < bytes.length ? DOTS : "";
  return DOTS + fromByteText(bytes.slice(tail === "" ? bytes.length - room : start, end)) + tail;
}

/** The runes in random order. */
function shuffle(context: CallContext, text: string): string {
  const runes = runesOf(text);
  context.allocate(8 * runes.length);
  for (let last = runes.length - 1; last > 0; last--) {
    const other = Number(randomBelow(context, BigInt(last + 1)));
    [runes[last], runes[other]] = [runes[other] ?? "", runes[last] ?? ""];
  }
  return runes.join("");
}

/** Each value as a Go string literal; nil is left out. */
function quoteAll(context: CallContext, ...values: Value[]): string {
  return joinTexts(context, values, (value) => {
    const text = toText(value, context);
    context.allocate(4 * text.length);
    context.charge(Math.ceil(text.length / RUNES_PER_STEP));
    return quote(text);
  });
}

/** Each value between single quotes, which are not escaped inside; nil is left out. */
function singleQuoteAll(context: CallContext, ...values: Value[]): string {
  return joinTexts(context, values, (value) => `'${formatValue(value, context)}'`);
}

function joinBySpace(context: CallContext, ...values: Value[]): string {
  return joinTexts(context, values, (value) => formatValue(value, context));
}

function joinTexts(
  context: CallContext,
  values: readonly Value[],
  format: (value: Value) => string,
): string {
  const texts = values.filter((value) => value !== null).map(format);
  context.allocate(texts.reduce((size, text) => size + text.length + 1, 0));
  return texts.join(" ");
}
