/** Go string and character literals: strconv.Quote, QuoteRune, IsPrint, CanBackquote. */
import { hasInvalidBytes } from "./bytes.js";
import { isAssigned } from "./unicode.js";

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u;
const PLAIN = /^[ !#-[\]-~]*$/;
const SHORT: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};

export interface QuoteOptions {
  /** Write everything beyond ASCII as an escape (`%+q`). */
  readonly ascii?: boolean;
}

/** strconv.Quote: the text as a double-quoted Go literal. */
export function quote(text: string, options: QuoteOptions = {}): string {
  if (PLAIN.test(text)) {
    return `"${text}"`;
  }
  let body = "";
  for (const char of text) {
    body += quoteChar(char, '"', options.ascii === true);
  }
  return `"${body}"`;
}

/** strconv.QuoteRune; what is no character is written as U+FFFD. */
export function quoteRune(rune: number, options: QuoteOptions = {}): string {
  const valid = rune >= 0 && rune <= 0x10ffff && !(rune >= 0xd800 && rune <= 0xdfff);
  const char = String.fromCodePoint(valid ? rune : 0xfffd);
  return `'${quoteChar(char, "'", options.ascii === true)}'`;
}

function quoteChar(char: string, mark: string, ascii: boolean): string {
  const rune = char.codePointAt(0) as number;
  if (rune >= 0xdc80 && rune <= 0xdcff) {
    return `\\x${(rune - 0xdc00).toString(16)}`;
  }
  if (char === mark || char === "\\") {
    return `\\${char}`;
  }
  if (isPrint(rune) && (rune < 0x80 || !ascii)) {
    return char;
  }
  const short = SHORT[char];
  if (short !== undefined) {
    return short;
  }
  if (rune < 0x20 || rune === 0x7f) {
    return `\\x${rune.toString(16).padStart(2, "0")}`;
  }
  return rune < 0x10000
    ? `\\u${rune.toString(16).padStart(4, "0")}`
    : `\\U${rune.toString(16).padStart(8, "0")}`;
}

/** strconv.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space. */
export function isPrint(rune: number): boolean {
  if (rune < 0x7f) {
    return rune >= 0x20;
  }
  if (rune > 0x10ffff) {
    return false;
  }
  const char = String.fromCodePoint(rune);
  return PRINTABLE.test(char) && isAssigned(char);
}

/** strconv.CanBackquote: whether the text can stand unchanged between backquotes. */
export function canBackquote(text: string): boolean {
  if (hasInvalidBytes(text)) {
    return false;
  }
  for (const char of text) {
    const rune = char.codePointAt(0) as number;
    if (rune === 0xfeff || rune === 0x7f || rune === 0x60 || (rune < 0x20 && rune !== 0x09)) {
      return false;
    }
  }
  return true;
}
