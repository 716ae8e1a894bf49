/** Sprig's functions that lay text out in lines: indenting, and the word wrap of goutils 1.1.1, which counts bytes. */
import { byteLength } from "../bytes.js";
import { FunctionError } from "../error.js";
import { type CallContext, GoFunction } from "../value.js";
import { fromByteText, toByteText } from "./byte-text.js";

export const stringLayoutFunctions: readonly GoFunction[] = [
  new GoFunction("indent", ["int", "string"], indent),
  new GoFunction(
    "nindent",
    ["int", "string"],
    (context: CallContext, spaces: bigint, text: string) => `\n${indent(context, spaces, text)}`,
  ),
  new GoFunction("wrap", ["int", "string"], (context: CallContext, width: bigint, text: string) =>
    wrap(context, text, { width, lineBreak: "\n", breakWords: false }),
  ),
  new GoFunction(
    "wrapWith",
    ["int", "string", "string"],
    (context: CallContext, width: bigint, separator: string, text: string) =>
      wrap(context, text, {
        width,
        lineBreak: separator === "" ? "\n" : separator,
        breakWords: true,
      }),
  ),
];

function indent(context: CallContext, spaces: bigint, text: string): string {
  if (spaces < 0n) throw new FunctionError("strings: negative Repeat count");
  const width = Number(spaces);
  context.allocate(width);
  const lines = text.split("\n");
  context.allocate(byteLength(text) + lines.length * width);
  const pad = " ".repeat(width);
  return pad + lines.join(`\n${pad}`);
}

interface WrapRule {
  /** The most bytes of a line; below 1 counts as 1. */
  readonly width: bigint;
  readonly lineBreak: string;
  /** Whether a word longer than a line is cut. */
  readonly breakWords: boolean;
}

/** Breaks at the last space that fits; a line loses the spaces it would start with, but not the last line. */
function wrap(context: CallContext, text: string, rule: WrapRule): string {
  const bytes = toByteText(text);
  const lineBreak = toByteText(rule.lineBreak);
  const widest = BigInt(Math.max(bytes.length, 1));
  const width = Number(rule.width < 1n ? 1n : rule.width < widest ? rule.width : widest);
  context.allocate(bytes.length);
  const lines: string[] = [];
  let start = 0;
  while (bytes.length - start > width) {
    if (bytes[start] === " ") {
      start++;
      continue;
    }
    const line = nextLine(bytes, start, width, rule.breakWords);
    if (line.end === bytes.length) break;
    context.allocate(lineBreak.length + 16);
    lines.push(bytes.slice(start, line.end));
    start = line.next;
  }
  lines.push(bytes.slice(start));
  return fromByteText(lines.join(lineBreak));
}

/** Where the line that starts at `start` ends, and where the next one starts. */
function nextLine(
  bytes: string,
  start: number,
  width: number,
  breakWords: boolean,
): { end: number; next: number } {
  const fitting = bytes.slice(start, start + width + 1).lastIndexOf(" ");
  if (fitting !== -1) return { end: start + fitting, next: start + fitting + 1 };
  if (breakWords) return { end: start + width, next: start + width };
  const after = bytes.indexOf(" ", start + width);
  return after === -1 ? { end: bytes.length, next: bytes.length } : { end: after, next: after + 1 };
}
