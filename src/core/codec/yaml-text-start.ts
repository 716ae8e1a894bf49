/**
 * Where the text of a scalar stands in its YAML file, so that a fault inside the text can be shown in
 * the file: exactly for literal blocks and for texts that stand on one line as they are.
 */
import type { Cursor } from "./yaml-cursor.js";
import type { ScalarNode } from "./yaml-parser.js";

export interface TextStart {
  /** The 1-based line where the text begins. */
  readonly line: number;
  /** The 1-based column where each of its lines begins; undefined where escapes or folding move them. */
  readonly column?: number;
  /** Whether each line of the text is one of the file. */
  readonly block: boolean;
}

/** Where the text of `scalar` begins in the text of `cursor`. */
export function findTextStart(
  cursor: Cursor,
  { at, text }: Pick<ScalarNode, "at" | "text">,
): TextStart {
  const source = cursor.text.slice(0, -1);
  const { line = 1 } = cursor.place(at);
  const sign = /(?:[&!][^\s]*[ \t]+)*/y;
  sign.lastIndex = at;
  const start = at + (sign.exec(source)?.[0].length ?? 0);
  const first = source.charAt(start);
  if (first === "|") return blockStart(source, start, text, line + 1);
  if (first === ">") return { line: line + 1, block: false };
  const quoted = first === '"' || first === "'";
  const from = quoted ? start + 1 : start;
  const asWritten =
    source.startsWith(text, from) && (!quoted || source.charAt(from + text.length) === first);
  const column = from - source.lastIndexOf("\n", from - 1);
  return { line, ...(asWritten && !text.includes("\n") ? { column } : {}), block: false };
}

/** A literal block is indented by what its first line with content has more than the text's. */
function blockStart(source: string, sign: number, text: string, line: number): TextStart {
  const lines = text.split("\n");
  const index = lines.findIndex((one) => one.trim() !== "");
  const written = source.slice(source.indexOf("\n", sign) + 1).split("\n", index + 1)[index];
  if (index < 0 || written === undefined) return { line, block: true };
  const bare = written.replace(/\r$/, "");
  return { line, column: bare.length - (lines[index]?.length ?? 0) + 1, block: true };
}
