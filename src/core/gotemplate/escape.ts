/** The escapes for HTML, JavaScript and URL queries that templates offer (text/template funcs.go). */
import { fromRune, toBytes } from "./bytes.js";
import { isPrint } from "./quote.js";

const HTML: Readonly<Record<string, string>> = {
  "\0": "\ufffd",
  '"': "&#34;",
  "'": "&#39;",
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
};
const SCRIPT: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  '"': '\\"',
  "<": "\\u003C",
  ">": "\\u003E",
  "&": "\\u0026",
  "=": "\\u003D",
};

export function escapeHtml(text: string): string {
  return text.replace(/[\0"'&<>]/g, (char) => HTML[char] ?? char);
}

export function escapeScript(text: string): string {
  return text.replace(/[\\'"<>&=]|[^ -~]/gu, (char) => {
    const rune = char.codePointAt(0) ?? 0;
    if (rune === 0x7f) {
      return char;
    }
    if (rune < 0x80) {
      return SCRIPT[char] ?? `\\u00${hex(rune, 2)}`;
    }
    // A byte that is not UTF-8 stays as it is: U+FFFD, as which Go reads it, is printable.
    const invalid = rune >= 0xd800 && rune <= 0xdfff;
    return invalid || isPrint(rune) ? char : `\\u${hex(rune, 4)}`;
  });
}

/** url.QueryEscape: the form encoding. */
export function escapeQuery(text: string): string {
  let escaped = "";
  for (const byte of toBytes(text)) {
    escaped += QUERY[byte];
  }
  return escaped;
}

/** What each byte is written as in a query. */
const QUERY: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const char = fromRune(byte);
  if (byte < 0x80 && /[A-Za-z0-9_.~-]/.test(char)) {
    return char;
  }
  return byte === 0x20 ? "+" : `%${hex(byte, 2)}`;
});

function hex(value: number, width: number): string {
  return value.toString(16).toUpperCase().padStart(width, "0");
}
