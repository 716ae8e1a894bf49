/** Sprig's base64 and base32 functions (RFC 4648, with padding). What cannot be decoded yields the error's text. */
import { Buffer } from "node:buffer";
import { fromBytes, toBytes } from "../bytes.js";
import { type CallContext, GoFunction } from "../value.js";
import { toByteText } from "./byte-text.js";

export const encodingFunctions: readonly GoFunction[] = [
  new GoFunction("b64enc", ["string"], (context: CallContext, text: string) => {
    context.allocate(2 * text.length);
    return Buffer.from(toBytes(text)).toString("base64");
  }),
  new GoFunction("b64dec", ["string"], (context: CallContext, text: string) => {
    context.allocate(text.length);
    return decodeBase64(text);
  }),
  new GoFunction("b32enc", ["string"], (context: CallContext, text: string) => {
    context.allocate(2 * text.length);
    return encodeBase32(toBytes(text));
  }),
  new GoFunction("b32dec", ["string"], (context: CallContext, text: string) => {
    context.allocate(text.length);
    return decodeBase32(text);
  }),
];

const BASE64_DIGIT = /[A-Za-z0-9+/]/;

/** The bytes of base64 text; undefined where it is none. */
export function base64Bytes(text: string): Uint8Array | undefined {
  const digits = toByteText(text);
  return base64Fault(digits) === undefined ? Buffer.from(digits, "base64") : undefined;
}

function decodeBase64(text: string): string {
  const digits = toByteText(text);
  const fault = base64Fault(digits);
  if (fault !== undefined) return `illegal base64 data at input byte ${fault}`;
  return fromBytes(Buffer.from(digits, "base64"));
}

/** The offset that Go's decoder names for text that is no base64; line breaks are allowed anywhere. */
function base64Fault(digits: string): number | undefined {
  const size = digits.length;
  let inGroup = 0;
  for (let at = 0; at < size; at++) {
    const digit = digits.charAt(at);
    if (BASE64_DIGIT.test(digit)) {
      inGroup = (inGroup + 1) % 4;
    } else if (digit === "=" && inGroup >= 2) {
      let next = skipLineBreaks(digits, at + 1);
      if (inGroup === 2) {
        if (next === size) return size;
        if (digits[next] !== "=") return next - 1;
        next = skipLineBreaks(digits, next + 1);
      }
      return next < size ? next : undefined;
    } else if (!isLineBreak(digit)) {
      return at;
    }
  }
  return inGroup === 0 ? undefined : size - inGroup;
}

function skipLineBreaks(text: string, start: number): number {
  let at = start;
  while (at < text.length && isLineBreak(text.charAt(at))) at++;
  return at;
}

function isLineBreak(char: string): boolean {
  return char === "\n" || char === "\r";
}

const BASE32_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function encodeBase32(bytes: Uint8Array): string {
  const digits = Buffer.alloc(8 * Math.ceil(bytes.length / 5), "=");
  let size = 0;
  let bits = 0;
  let held = 0;
  const put = (value: number): void => {
    digits[size++] = BASE32_ALPHABET.charCodeAt(value & 31);
  };
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) put(held >> (bits - 5));
  }
  if (bits > 0) put(held << (5 - bits));
  return digits.toString("latin1");
}

function decodeBase32(text: string): string {
  const digits = toByteText(text).replace(/[\r\n]/g, "");
  const bytes = Buffer.alloc(Math.ceil((digits.length * 5) / 8));
  let size = 0;
  let bits = 0;
  let held = 0;
  for (let at = 0; at < digits.length; at++) {
    const inGroup = at % 8;
    const left = digits.length - at - 1;
    if (digits[at] === "=" && inGroup >= 2 && left < 8) {
      const fault = paddingFault(digits, at);
      return fault === undefined ? fromBytes(bytes.subarray(0, size)) : base32Error(fault);
    }
    const value = BASE32_ALPHABET.indexOf(digits.charAt(at));
    if (value === -1) return base32Error(at);
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[size++] = held >> bits;
    }
  }
  const open = digits.length % 8;
  return open === 0 ? fromBytes(bytes.subarray(0, size)) : base32Error(digits.length - open);
}

/** Checks the padding that starts at `start`; what follows it is ignored, as Go does. */
function paddingFault(digits: string, start: number): number | undefined {
  const inGroup = start % 8;
  const end = start + 8 - inGroup;
  if (digits.length < end) return digits.length;
  for (let at = start + 1; at < end; at++) {
    if (digits[at] !== "=") return at - 1;
  }
  // a group of 3 or 6 digits holds no whole number of bytes
  return inGroup === 3 || inGroup === 6 ? start : undefined;
}

function base32Error(offset: number): string {
  return `illegal base32 data at input byte ${offset}`;
}
