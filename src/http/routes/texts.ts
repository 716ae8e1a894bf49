/**
 * Forms of texts for people: no control characters, no halves of surrogate pairs. The API document
 * has them in the words of every regular expression, without `\p{…}`; halves of pairs are nothing
 * that JSON in UTF-8 has (RFC 8259 §8.1).
 */
import { Type } from "typebox";
import { documented } from "../documented.js";

/** What a database keeps: no U+0000. */
export const KEPT = "^[^\\u0000]*$";

const CONTROLS = "\\u0000-\\u001f\\u007f-\\u009f";
const SPACES = "\\u0020\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
/** They turn the direction of text, or are not seen. */
const FORMATS = "\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ufeff";

/** One line. */
export function lineOf(options: TextOptions) {
  const line = { ...options, "x-form": "one line without control characters" };
  return documented(Type.String({ ...line, pattern: "^[^\\p{Cc}\\p{Cs}]*$" }), {
    type: "string",
    ...line,
    pattern: `^[^${CONTROLS}]*$`,
  });
}

/** Lines with something to read. */
export function linesOf(options: TextOptions) {
  const lines = {
    ...options,
    "x-form": "something to read, without control characters but line feeds",
  };
  const pattern = `^(?=[^]*[^\\s])(?:\\n|[^\\p{Cc}\\p{Cs}${FORMATS}])*$`;
  return documented(Type.String({ ...lines, pattern }), {
    type: "string",
    ...lines,
    pattern: `^[\\n${SPACES}]*[^${CONTROLS}${SPACES}${FORMATS}]([^${CONTROLS}${FORMATS}]|\\n)*$`,
  });
}

interface TextOptions {
  readonly minLength: number;
  readonly maxLength: number;
  readonly description: string;
}
