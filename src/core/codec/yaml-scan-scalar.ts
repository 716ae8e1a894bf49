/** The scalars of YAML 1.1 (§9) as libyaml and yaml.v3 scan them: plain, quoted, block. */
import type { CodecError } from "./error.js";
import type { Cursor } from "./yaml-cursor.js";

/**
 * A plain scalar from the cursor on; it ends before `indent` columns outside of flow collections.
 * `ledByBreak` tells whether the cursor has passed a line end behind it.
 * @throws {CodecError} yaml_syntax
 */
export function scanPlain(
  cursor: Cursor,
  inFlow: boolean,
  indent: number,
): { text: string; ledByBreak: boolean } {
  const start = cursor.at;
  let text = "";
  let gap = "";
  let ledByBreak = false;
  while (!atPlainEnd(cursor)) {
    const from = cursor.at;
    skipPlain(cursor, inFlow);
    if (cursor.at > from) {
      text += gap + cursor.text.slice(from, cursor.at);
      gap = "";
      ledByBreak = false;
    }
    if (!cursor.isBlank() && !cursor.isBreak()) break;
    const blanks = skipBlanks(cursor, (isLedByBreak) => {
      if (isLedByBreak && cursor.column < indent && cursor.peek() === 0x09) {
        throw cursor.fail("a tab where the indentation should be", start);
      }
    });
    ledByBreak = blanks.breaks > 0;
    gap = blanks.text;
    if (!inFlow && cursor.column < indent) break;
  }
  return { text, ledByBreak };
}

function atPlainEnd(cursor: Cursor): boolean {
  return cursor.peek() === HASH || cursor.isDocumentMark("---") || cursor.isDocumentMark("...");
}

const HASH = 0x23;
const COLON = 0x3a;

/** By ASCII code: what may end a plain scalar anywhere, and what does in flow collections. */
const MAY_END = 1;
const ENDS_IN_FLOW = 2;
const PLAIN_ENDS = new Uint8Array(128);
for (const sign of "\0\t\n\r :") PLAIN_ENDS[sign.charCodeAt(0)] = MAY_END;
for (const sign of ",?[]{}") PLAIN_ENDS[sign.charCodeAt(0)] = ENDS_IN_FLOW;

/** Moves over the rest of a word of a plain scalar. */
function skipPlain(cursor: Cursor, inFlow: boolean): void {
  const { text } = cursor;
  for (; ; cursor.at++) {
    const unit = text.charCodeAt(cursor.at);
    const kind = unit < PLAIN_ENDS.length ? PLAIN_ENDS[unit] : MAY_END;
    if (kind === 0 || (kind === ENDS_IN_FLOW && !inFlow)) continue;
    if (kind === ENDS_IN_FLOW) return;
    if (unit === COLON ? cursor.isBlankOrEnd(1) : cursor.isBlankOrEnd()) return;
  }
}

/**
 * Moves over blanks and line ends and gives the text they stand for: a single line end is a space,
 * several are one less, blanks without a line end stay.
 */
function skipBlanks(
  cursor: Cursor,
  check: (isLedByBreak: boolean) => void = () => undefined,
): { text: string; breaks: number } {
  const from = cursor.at;
  while (cursor.isBlank()) cursor.at++;
  if (!cursor.isBreak()) return { text: cursor.text.slice(from, cursor.at), breaks: 0 };
  let first = "";
  let rest = "";
  let breaks = 0;
  while (cursor.isBlank() || cursor.isBreak()) {
    if (cursor.isBlank()) {
      check(breaks > 0);
      cursor.at++;
    } else {
      if (breaks === 0) first = cursor.takeBreak();
      else rest += cursor.takeBreak();
      breaks++;
    }
  }
  return { text: fold(first, rest), breaks };
}

function fold(first: string, rest: string): string {
  if (first !== "\n") return first + rest;
  return rest === "" ? " " : rest;
}

/**
 * A single-quoted scalar; the cursor is at the quote.
 * @throws {CodecError} yaml_syntax
 */
export function scanSingleQuoted(cursor: Cursor): string {
  return scanQuoted(cursor, 0x27, () => {
    if (cursor.peek() !== 0x27 || cursor.peek(1) !== 0x27) return undefined;
    cursor.at += 2;
    return "'";
  });
}

/**
 * A double-quoted scalar with its escapes; the cursor is at the quote.
 * @throws {CodecError} yaml_syntax
 */
export function scanDoubleQuoted(cursor: Cursor): string {
  const start = cursor.at;
  return scanQuoted(cursor, 0x22, () => {
    if (cursor.peek() !== 0x5c) return undefined;
    if (cursor.isBreak(1)) {
      cursor.at++;
      cursor.takeBreak();
      while (cursor.isBlank()) cursor.at++;
      // A line end that follows at once counts as the first of a fold whose space is left out.
      let breaks = "";
      while (cursor.isBlank() || cursor.isBreak()) {
        if (cursor.isBlank()) cursor.at++;
        else breaks += cursor.takeBreak();
      }
      return breaks;
    }
    return scanEscape(cursor, start);
  });
}

/** `special` takes what begins with a sign of its own and gives its text; undefined for plain characters. */
function scanQuoted(cursor: Cursor, quote: number, special: () => string | undefined): string {
  const start = cursor.at++;
  let text = "";
  while (true) {
    if (cursor.isDocumentMark("---") || cursor.isDocumentMark("...")) {
      throw cursor.fail("a document marker inside a quoted text", start);
    }
    if (cursor.isEnd()) throw cursor.fail("a quoted text that is never closed", start);
    let from = cursor.at;
    while (!cursor.isBlankOrEnd()) {
      const before = cursor.at;
      const taken = special();
      if (taken !== undefined) {
        text += cursor.text.slice(from, before) + taken;
        from = cursor.at;
      } else if (cursor.peek() === quote) {
        text += cursor.text.slice(from, cursor.at);
        cursor.at++;
        return text;
      } else {
        cursor.at++;
      }
    }
    text += cursor.text.slice(from, cursor.at) + skipBlanks(cursor).text;
  }
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["0", "\0"],
  ["a", "\x07"],
  ["b", "\b"],
  ["t", "\t"],
  ["\t", "\t"],
  ["n", "\n"],
  ["v", "\v"],
  ["f", "\f"],
  ["r", "\r"],
  ["e", "\x1b"],
  [" ", " "],
  ['"', '"'],
  ["'", "'"],
  ["\\", "\\"],
  ["N", "\x85"],
  ["_", "\xa0"],
  ["L", "\u2028"],
  ["P", "\u2029"],
]);
const HEX_DIGITS: ReadonlyMap<string, number> = new Map([
  ["x", 2],
  ["u", 4],
  ["U", 8],
]);

function scanEscape(cursor: Cursor, start: number): string {
  const sign = cursor.text.charAt(cursor.at + 1);
  const simple = ESCAPES.get(sign);
  if (simple !== undefined) {
    cursor.at += 2;
    return simple;
  }
  const count = HEX_DIGITS.get(sign);
  if (count === undefined) throw cursor.fail("an unknown escape in a quoted text", start);
  const digits = cursor.text.slice(cursor.at + 2, cursor.at + 2 + count);
  if (digits.length < count || !/^[0-9A-Fa-f]+$/.test(digits)) throw badEscape(cursor, start);
  const point = Number.parseInt(digits, 16);
  if ((point >= 0xd800 && point <= 0xdfff) || point > 0x10ffff) throw badEscape(cursor, start);
  cursor.at += 2 + count;
  return String.fromCodePoint(point);
}

function badEscape(cursor: Cursor, start: number): CodecError {
  return cursor.fail("an escape in a quoted text that is no Unicode character", start);
}

/**
 * A literal (`|`) or folded (`>`) scalar; the cursor is at its sign. `parentIndent` is the indent of the
 * collection around it, -1 at the root.
 * @throws {CodecError} yaml_syntax
 */
export function scanBlock(cursor: Cursor, parentIndent: number): string {
  const start = cursor.at;
  const literal = cursor.peek() === 0x7c;
  cursor.at++;
  const header = scanBlockHeader(cursor, start);
  const floor = Math.max(parentIndent, 0);
  let indent = header.increment > 0 ? floor + header.increment : 0;
  const skipped = scanBlockBreaks(cursor, indent, parentIndent, start);
  indent = skipped.indent;
  let breaks = skipped.breaks;
  let text = "";
  let lineEnd = "";
  let ledByBlank = false;
  while (cursor.column === indent && !cursor.isEnd()) {
    const blank = cursor.isBlank();
    const folds = !literal && !ledByBlank && !blank && lineEnd === "\n";
    text += folds ? (breaks === "" ? " " : "") : lineEnd;
    text += breaks;
    ledByBlank = blank;
    const from = cursor.at;
    while (!cursor.isBreak() && !cursor.isEnd()) cursor.at++;
    text += cursor.text.slice(from, cursor.at);
    lineEnd = cursor.takeBreak();
    breaks = scanBlockBreaks(cursor, indent, parentIndent, start).breaks;
  }
  if (header.chomp !== "-") text += lineEnd;
  return header.chomp === "+" ? text + breaks : text;
}

function scanBlockHeader(cursor: Cursor, start: number): { chomp: string; increment: number } {
  let chomp = "";
  let increment = 0;
  const takeChomp = () => {
    const sign = cursor.text.charAt(cursor.at);
    if (chomp !== "" || (sign !== "+" && sign !== "-")) return;
    chomp = sign;
    cursor.at++;
  };
  takeChomp();
  const digit = cursor.peek() - 0x30;
  if (digit === 0) throw cursor.fail("an indentation indicator of 0", start);
  if (digit > 0 && digit <= 9) {
    increment = digit;
    cursor.at++;
    takeChomp();
  }
  while (cursor.isBlank()) cursor.at++;
  if (cursor.peek() === HASH) while (!cursor.isBreak() && !cursor.isEnd()) cursor.at++;
  if (!cursor.isBreak() && !cursor.isEnd()) {
    throw cursor.fail("more than an indicator or comment behind | or >", start);
  }
  cursor.takeBreak();
  return { chomp, increment };
}

/** Moves over empty lines and indentation; an `indent` of 0 is found out from the first line with content. */
function scanBlockBreaks(
  cursor: Cursor,
  indent: number,
  parentIndent: number,
  start: number,
): { breaks: string; indent: number } {
  let breaks = "";
  let widest = 0;
  while (true) {
    while ((indent === 0 || cursor.column < indent) && cursor.peek() === 0x20) cursor.at++;
    widest = Math.max(widest, cursor.column);
    if ((indent === 0 || cursor.column < indent) && cursor.peek() === 0x09) {
      throw cursor.fail("a tab where the indentation of a block should be", start);
    }
    if (!cursor.isBreak()) break;
    breaks += cursor.takeBreak();
  }
  return { breaks, indent: indent === 0 ? Math.max(widest, parentIndent + 1, 1) : indent };
}
