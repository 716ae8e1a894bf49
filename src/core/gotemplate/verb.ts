/** Numbers, text and characters under one verb of Go's package fmt, with its flags, width and precision. */
import { Buffer } from "node:buffer";
import { fromRune, runeCount } from "./bytes.js";
import { formatFloat } from "./float.js";
import { canBackquote, isPrint, quote, quoteRune } from "./quote.js";

/** The flags, width and precision between `%` and the verb. */
export interface Directive {
  plus: boolean;
  minus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  /** `%+v`: field names in structs. */
  plusV: boolean;
  /** `%#v`: Go syntax. */
  sharpV: boolean;
  width: number | undefined;
  precision: number | undefined;
}

/** The directive of a bare verb. */
export function plainDirective(): Directive {
  return {
    plus: false,
    minus: false,
    sharp: false,
    space: false,
    zero: false,
    plusV: false,
    sharpV: false,
    width: undefined,
    precision: undefined,
  };
}

/** Fills to the width; zeros only to the left. */
export function padTo(directive: Directive, text: string, zero = directive.zero): string {
  if (directive.width === undefined || directive.width === 0) {
    return text;
  }
  const missing = directive.width - runeCount(text);
  if (missing <= 0) {
    return text;
  }
  return directive.minus ? text + " ".repeat(missing) : (zero ? "0" : " ").repeat(missing) + text;
}

export interface IntegerForm {
  readonly base: 2 | 8 | 10 | 16;
  readonly upper?: boolean;
  /** `%O`: an 0o before the digits. */
  readonly octalPrefix?: boolean;
}

export function formatInteger(directive: Directive, value: bigint, form: IntegerForm): string {
  const negative = value < 0n;
  const size = negative ? -value : value;
  const signed = negative || directive.plus || directive.space;
  let precision = directive.precision ?? 0;
  if (directive.precision === 0 && size === 0n) {
    return " ".repeat(directive.width ?? 0);
  }
  if (
    directive.precision === undefined &&
    directive.zero &&
    !directive.minus &&
    directive.width !== undefined
  ) {
    precision = directive.width - (signed ? 1 : 0);
  }
  let digits = size.toString(form.base).padStart(precision, "0");
  if (directive.sharp) {
    if (form.base === 2) {
      digits = `0b${digits}`;
    } else if (form.base === 8 && digits[0] !== "0") {
      digits = `0${digits}`;
    } else if (form.base === 16) {
      digits = `0x${digits}`;
    }
  }
  if (form.octalPrefix === true) {
    digits = `0o${digits}`;
  }
  const sign = negative ? "-" : directive.plus ? "+" : directive.space ? " " : "";
  return padTo(directive, sign + (form.upper === true ? digits.toUpperCase() : digits), false);
}

/** `%U`: U+0078, with `#` also the character. */
export function formatUnicode(directive: Directive, value: bigint): string {
  // Negative numbers show the bits of their 64 bit form.
  const code = BigInt.asUintN(64, value);
  const digits = code.toString(16).toUpperCase();
  const text = `U+${digits.padStart(Math.max(directive.precision ?? 4, 4), "0")}`;
  const shown = directive.sharp && code <= 0x10ffffn && isPrint(Number(code));
  return padTo(directive, shown ? `${text} '${fromRune(Number(code))}'` : text, false);
}

/** `%c`. */
export function formatChar(directive: Directive, value: bigint): string {
  return padTo(directive, fromRune(runeOf(value)));
}

/** `%q` of an integer. */
export function formatQuotedChar(directive: Directive, value: bigint): string {
  return padTo(directive, quoteRune(runeOf(value), { ascii: directive.plus }));
}

function runeOf(value: bigint): number {
  return value < 0n || value > 0x10ffffn ? 0xfffd : Number(value);
}

/** Verbs of floats; `precision` is what holds where the directive has none. */
export function formatFloatVerb(
  directive: Directive,
  value: number,
  verb: "b" | "e" | "E" | "f" | "g" | "G" | "x" | "X",
  precision: number,
): string {
  const wanted = directive.precision ?? precision;
  let text = formatFloat(value, verb, wanted);
  if (text[0] !== "-" && text[0] !== "+") {
    text = `+${text}`;
  }
  if (directive.space && text[0] === "+" && !directive.plus) {
    text = ` ${text.slice(1)}`;
  }
  if (!Number.isFinite(value)) {
    const bare = Number.isNaN(value) && !directive.space && !directive.plus;
    const shown = bare ? text.slice(1) : text;
    return padTo(directive, shown, false);
  }
  if (directive.sharp && verb !== "b") {
    text = withPoint(text, verb, wanted);
  }
  if (!directive.plus && text[0] === "+") {
    return padTo(directive, text.slice(1));
  }
  const width = directive.width ?? 0;
  if (directive.zero && !directive.minus && width > text.length) {
    return text.slice(0, 1) + text.slice(1).padStart(width - 1, "0");
  }
  return padTo(directive, text);
}

/** The `#` flag: always a decimal point, and trailing zeros kept under %g. */
function withPoint(text: string, verb: string, precision: number): string {
  const hex = verb === "x" || verb === "X";
  const tailAt = text.search(hex ? /[pP]/ : /[eE]/);
  const tail = tailAt === -1 ? "" : text.slice(tailAt);
  let body = tailAt === -1 ? text : text.slice(0, tailAt);
  let missing = 0;
  if (verb === "g" || verb === "G" || verb === "x") {
    missing = precision === -1 ? 6 : precision;
  }
  const significant = body.slice(1).replace(".", "").replace(/^0+/, "").length;
  missing -= significant;
  if (!body.includes(".")) {
    if (body.length === 2 && body[1] === "0") {
      missing--;
    }
    body += ".";
  }
  return body + "0".repeat(Math.max(missing, 0)) + tail;
}

/** `%s`: text cut to the precision, in characters. */
export function formatText(directive: Directive, text: string): string {
  return padTo(directive, truncate(directive, text));
}

/** `%q` of text. */
export function formatQuoted(directive: Directive, text: string): string {
  const cut = truncate(directive, text);
  if (directive.sharp && canBackquote(cut)) {
    return padTo(directive, `\`${cut}\``);
  }
  return padTo(directive, quote(cut, { ascii: directive.plus }));
}

function truncate(directive: Directive, text: string): string {
  const { precision } = directive;
  if (precision === undefined || text.length <= precision) {
    return text;
  }
  let end = 0;
  let count = 0;
  for (const char of text) {
    if (count++ === precision) {
      break;
    }
    end += char.length;
  }
  return text.slice(0, end);
}

/** `%x` and `%X` of text or bytes. */
export function formatHexBytes(directive: Directive, bytes: Uint8Array, upper: boolean): string {
  const shown = bytes.subarray(0, directive.precision ?? bytes.length);
  const prefix = directive.sharp && shown.length > 0 ? "0x" : "";
  const digits = Buffer.from(shown).toString("hex");
  const pairs = directive.space ? (digits.match(/../g) ?? []).join(` ${prefix}`) : digits;
  const text = prefix + pairs;
  const cased = upper ? text.toUpperCase() : text;
  const width = directive.width ?? 0;
  if (cased === "") {
    return (directive.zero && !directive.minus ? "0" : " ").repeat(width);
  }
  return padTo(directive, cased);
}
