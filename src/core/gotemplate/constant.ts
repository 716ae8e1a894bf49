/** Numeric constants of templates: which kinds of number a text can be (parse/node.go, newNumber). */
import type { NumberNode } from "./ast.js";
import {
  MAX_INT64,
  MAX_UINT64,
  MIN_INT64,
  parseFloat64,
  parseInt64,
  parseUint64,
} from "./number.js";
import { quote } from "./quote.js";
import { unquoteRune } from "./unquote.js";

/** Reads a number, character or complex constant; a string is the message of what is wrong. */
export function readConstant(
  pos: number,
  text: string,
  type: "char-constant" | "complex" | "number",
): NumberNode | string {
  if (type === "char-constant") {
    const rune = unquoteRune(text);
    if (typeof rune === "string") return rune;
    const int = BigInt(rune);
    return node(pos, text, { int, uint: int, float: rune });
  }
  if (type === "complex") {
    const parts = /^(.*[^eEpP])([+-].*)i$/.exec(text);
    const re = parseFloat64(parts?.[1] ?? "");
    const im = parseFloat64(parts?.[2] ?? "");
    return re === undefined || im === undefined
      ? `illegal number syntax: ${quote(text)}`
      : complexNode(pos, text, re, im);
  }
  if (text.endsWith("i")) {
    const im = parseFloat64(text.slice(0, -1));
    if (im !== undefined) {
      return complexNode(pos, text, 0, im);
    }
  }
  return realNode(pos, text);
}

function realNode(pos: number, text: string): NumberNode | string {
  const int = parseInt64(text, 0);
  const uint = parseUint64(text, 0) ?? (int === 0n ? 0n : undefined);
  if (int !== undefined || uint !== undefined) {
    return node(pos, text, { int, uint, float: Number(int ?? uint) });
  }
  const float = parseFloat64(text);
  if (float === undefined) {
    return `illegal number syntax: ${quote(text)}`;
  }
  if (!/[.eEpP]/.test(text)) {
    return `integer overflow: ${quote(text)}`;
  }
  return node(pos, text, wholeKinds(float));
}

function complexNode(pos: number, text: string, re: number, im: number): NumberNode {
  const kinds = im === 0 ? wholeKinds(re) : {};
  return node(pos, text, { ...kinds, complex: { re, im } });
}

/** A float without a fraction is an integer too. */
function wholeKinds(float: number): Kinds {
  if (!Number.isInteger(float)) {
    return { float };
  }
  const whole = BigInt(float);
  return {
    float,
    int: whole >= MIN_INT64 && whole <= MAX_INT64 ? whole : undefined,
    uint: whole >= 0n && whole <= MAX_UINT64 ? whole : undefined,
  };
}

interface Kinds {
  readonly int?: bigint | undefined;
  readonly uint?: bigint | undefined;
  readonly float?: number | undefined;
  readonly complex?: { readonly re: number; readonly im: number };
}

function node(pos: number, text: string, kinds: Kinds): NumberNode {
  const { int, uint, float, complex } = kinds;
  return { type: "number", pos, text, int, uint, float, complex };
}
