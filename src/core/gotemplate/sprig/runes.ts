/**
 * Case and class of one rune, as Go's `unicode` package (Unicode 15.0) has them: every mapping is
 * one rune to one rune, so "ß" has no upper case. A rune is a string of one code point; a byte that
 * is not UTF-8 (a lone surrogate, see value.ts) counts as U+FFFD.
 */
import { hasInvalidBytes } from "../bytes.js";
import { isAssigned } from "../unicode.js";

/** What Go decodes a broken byte to. */
export const RUNE_ERROR = "\uFFFD";

const FIRST_BEYOND_ASCII = "\x80";
const UPPER = /\p{Lu}/u;
const LOWER = /\p{Ll}/u;
const TITLE = /\p{Lt}/u;
const LETTER = /\p{L}/u;
const DIGIT = /\p{Nd}/u;
const NUMBER = /\p{N}/u;
const PUNCTUATION = /\p{P}/u;
const SPACE = /[\t-\r\u0085\p{Z}]/u;
// a lower case letter up to Unicode 16, then one without case
const LOWER_ONCE = "\u0295";
const GEORGIAN = /[\u10d0-\u10ff]/;
const FIRST_BROKEN = "\udc80";
const LAST_BROKEN = "\udcff";

export const isUpper = classOf((rune) => UPPER.test(rune));
export const isLower = classOf((rune) => LOWER.test(rune) || rune === LOWER_ONCE);
export const isTitle = classOf((rune) => TITLE.test(rune));
export const isLetter = classOf((rune) => LETTER.test(rune));
export const isDigit = classOf((rune) => DIGIT.test(rune));
export const isNumber = classOf((rune) => NUMBER.test(rune));
export const isPunctuation = classOf((rune) => PUNCTUATION.test(rune));
export const isSpace = classOf((rune) => SPACE.test(rune));

/** The same test of one rune with a table for ASCII, which a long text is looked up in many times. */
function classOf(holds: (rune: string) => boolean): (rune: string) => boolean {
  const ascii = Array.from({ length: 0x80 }, (_, code) => holds(String.fromCharCode(code)));
  return (rune) => ascii[rune.charCodeAt(0)] ?? (holds(rune) && isAssigned(rune));
}

/** Go's `[]rune(text)`: its code points, with U+FFFD for each broken byte. */
export function runesOf(text: string): string[] {
  const runes = Array.from(text);
  return hasInvalidBytes(text) ? runes.map(validRune) : runes;
}

/** The rune, or U+FFFD for a broken byte. */
export function validRune(rune: string): string {
  return isBrokenByte(rune) ? RUNE_ERROR : rune;
}

/** Whether the rune is a byte that is not UTF-8. */
export function isBrokenByte(rune: string): boolean {
  return rune >= FIRST_BROKEN && rune <= LAST_BROKEN;
}

/** `unicode.ToUpper`. */
export function toUpper(rune: string): string {
  if (rune < FIRST_BEYOND_ASCII) return rune.toUpperCase();
  const upper = rune.toUpperCase();
  return upper.length === rune.length ? known(rune, upper) : upperOfLigature(rune);
}

/** JavaScript spells these out in two or more letters; Unicode's simple mapping has one or none. */
function upperOfLigature(rune: string): string {
  const code = rune.charCodeAt(0);
  if (code >= 0x1f80 && code <= 0x1faf && (code & 8) === 0) return String.fromCharCode(code + 8);
  if (code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3) return String.fromCharCode(code + 9);
  return rune;
}

/** `unicode.ToLower`. */
export function toLower(rune: string): string {
  if (rune < FIRST_BEYOND_ASCII) return rune.toLowerCase();
  if (rune === "\u0130") return "i";
  return known(rune, rune.toLowerCase());
}

/** The rune in another case, if Go knows both: a letter may get its other case much later. */
function known(rune: string, changed: string): string {
  return changed === rune || isAssigned(rune + changed) ? changed : rune;
}

/** `unicode.ToTitle`: upper case but for the Latin digraphs and Georgian. */
export function toTitle(rune: string): string {
  if (rune < FIRST_BEYOND_ASCII) return rune.toUpperCase();
  const digraph = TITLE_OF_DIGRAPH.get(rune);
  if (digraph !== undefined) return digraph;
  return GEORGIAN.test(rune) ? rune : toUpper(rune);
}

const TITLE_OF_DIGRAPH: ReadonlyMap<string, string> = new Map([
  ["Ǆ", "ǅ"],
  ["ǅ", "ǅ"],
  ["ǆ", "ǅ"],
  ["Ǉ", "ǈ"],
  ["ǈ", "ǈ"],
  ["ǉ", "ǈ"],
  ["Ǌ", "ǋ"],
  ["ǋ", "ǋ"],
  ["ǌ", "ǋ"],
  ["Ǳ", "ǲ"],
  ["ǲ", "ǲ"],
  ["ǳ", "ǲ"],
]);
