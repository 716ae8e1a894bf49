/** Numeric constants of templates: which kinds of number a text can be (parse/node.go, newNumber). */
import type { NumberNode } from "./ast.js";
import {
  MAX_INT64,
  MAX_UINT64,
  MIN_INT64,
  parseFloat64,
  parseInt64,
  parseUint64,
  readFloat64,
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
    return complexConstant(pos, text);
  }
  if (text.endsWith("i")) {
    const im = parseFloat64(text.slice(0, -1));
    if (im !== undefined) {
      return complexNode(pos, text, 0, im);
    }
  }
  return realNode(pos, text);
}

/**
 * What Go's fmt takes for a float when it scans a complex number; an `i` could begin `Inf`. Digits can
 * be read in one way only, in linear time.
 */
const SCANNED =
  "[+-]?i?(?:0[xX][0-9a-fA-F_]*(?:\\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|[0-9_]*(?:\\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)";
// A back-reference to what was looked at takes it as a whole, and gives nothing back.
const COMPLEX = new RegExp(
  `^(?=(?<re>${SCANNED}))\\k<re>(?<sign>[+-])(?=(?<im>${SCANNED}))\\k<im>i`,
);

/** `1+2i`, which Go leaves to fmt.Sscan. */
function complexConstant(pos: number, text: string): NumberNode | string {
  const parts = COMPLEX.exec(text)?.groups;
  if (parts === undefined) return "syntax error scanning complex number";
  const re = scannedFloat(parts.re ?? "");
  if (typeof re === "string") return re;
  const im = scannedFloat(`${parts.sign}${parts.im}`);
  if (typeof im === "string") return im;
  return complexNode(pos, text, re, im);
}

/** The number, or why Go's strconv.ParseFloat has none. */
function scannedFloat(text: string): number | string {
  const value = readFloat64(text);
  if (value !== undefined && Number.isFinite(value)) return value;
  const fault = value === undefined ? "invalid syntax" : "value out of range";
  return `strconv.ParseFloat: parsing ${quote(text)}: ${fault}`;
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
