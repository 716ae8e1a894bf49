/** Go string and character literals to their text (strconv.Unquote, UnquoteChar). */
import { fromBytes, normalize } from "./bytes.js";

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
};
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** The text of a literal in `"` or backquotes; undefined if it is malformed. */
export function unquote(literal: string): string | undefined {
  const mark = literal[0];
  if (literal.length < 2 || mark !== literal.at(-1)) {
    return undefined;
  }
  const body = literal.slice(1, -1);
  if (mark === "`") {
    return body.includes("`") ? undefined : body.replaceAll("\r", "");
  }
  if (mark !== '"') {
    return undefined;
  }
  let text = "";
  for (let at = 0; at < body.length; ) {
    const char = unquoteChar(body, at, mark);
    if (char === undefined) {
      return undefined;
    }
    text += char.text;
    at = char.end;
  }
  return normalize(text);
}

/** The character of a literal in `'`, or Go's message of what is wrong with it. */
export function unquoteRune(literal: string): number | string {
  const char = unquoteChar(literal, 1, "'");
  if (char === undefined) return "invalid syntax";
  return literal.slice(char.end) === "'" ? char.rune : `malformed character constant: ${literal}`;
}

interface Unquoted {
  readonly text: string;
  readonly rune: number;
  readonly end: number;
}

/** One character or escape of a literal that ends with `mark`. */
function unquoteChar(body: string, at: number, mark: string): Unquoted | undefined {
  const code = body.codePointAt(at);
  if (code === undefined || code === 0x0a) {
    return undefined;
  }
  const char = String.fromCodePoint(code);
  if (char === mark) {
    return undefined;
  }
  if (char !== "\\") {
    const rune = code >= 0xd800 && code <= 0xdfff ? 0xfffd : code;
    return { text: char, rune, end: at + char.length };
  }
  const letter = body[at + 1] ?? "";
  const simple = ESCAPES[letter];
  if (simple !== undefined || (letter === mark && letter !== "")) {
    const text = simple ?? letter;
    return { text, rune: text.charCodeAt(0), end: at + 2 };
  }
  if (letter >= "0" && letter <= "7") {
    return numeric(body, at + 1, 3, 8);
  }
  const digits = HEX_DIGITS[letter];
  return digits === undefined ? undefined : numeric(body, at + 2, digits, 16);
}

/** Two hex or three octal digits are a byte, four or eight hex digits a character. */
function numeric(body: string, at: number, count: number, base: 8 | 16): Unquoted | undefined {
  const digits = body.slice(at, at + count);
  const valid = base === 8 ? /^[0-7]+$/ : /^[0-9a-fA-F]+$/;
  if (digits.length !== count || !valid.test(digits)) {
    return undefined;
  }
  const rune = Number.parseInt(digits, base);
  const end = at + count;
  if (count <= 3) {
    return rune > 0xff ? undefined : { text: fromBytes(Uint8Array.of(rune)), rune, end };
  }
  const valid32 = rune <= 0x10ffff && !(rune >= 0xd800 && rune <= 0xdfff);
  return valid32 ? { text: String.fromCodePoint(rune), rune, end } : undefined;
}
