/**
 * Go strings are bytes; here they are JavaScript strings in which a byte that is not part of valid
 * UTF-8 is the lone surrogate U+DC00 + byte (0x80..0xFF), as in PEP 383. The form is canonical: bytes
 * that make valid UTF-8 are never escaped, so equal bytes are equal strings. Whoever joins or cuts
 * strings keeps it canonical with the functions of this file.
 */
import { Buffer, isUtf8 } from "node:buffer";

const ESCAPE = /[\udc80-\udcff]/u;
const ESCAPE_RUN = /[\udc80-\udcff]{2,}/gu;
const ABOVE_ASCII = /[^\0-\x7f]/;

/** Whether `text` holds at least one byte that is not part of valid UTF-8. */
export function hasInvalidBytes(text: string): boolean {
  return ESCAPE.test(text);
}

export function isAscii(text: string): boolean {
  return !ABOVE_ASCII.test(text);
}

/** The bytes of a Go string. */
export function toBytes(text: string): Uint8Array {
  const encoded = Buffer.from(text, "utf8");
  if (!ESCAPE.test(text)) {
    return encoded;
  }
  const pieces: Uint8Array[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit <= 0xdbff) {
      i++;
    } else if (unit >= 0xdc80 && unit <= 0xdcff) {
      pieces.push(Buffer.from(text.slice(start, i), "utf8"), Uint8Array.of(unit - 0xdc00));
      start = i + 1;
    }
  }
  pieces.push(Buffer.from(text.slice(start), "utf8"));
  return Buffer.concat(pieces);
}

/** The Go string with these bytes. */
export function fromBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf8(buffer)) {
    return buffer.toString("utf8");
  }
  const pieces: string[] = [];
  let start = 0;
  let i = 0;
  while (i < bytes.length) {
    const width = sequenceWidth(bytes, i);
    if (width === 0) {
      pieces.push(
        buffer.toString("utf8", start, i),
        String.fromCharCode(0xdc00 + (bytes[i] as number)),
      );
      i++;
      start = i;
    } else {
      i += width;
    }
  }
  pieces.push(buffer.toString("utf8", start));
  return pieces.join("");
}

/** Length in bytes of the valid UTF-8 sequence at `at`, 0 if there is none. */
function sequenceWidth(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) {
    return 1;
  }
  const second = bytes[at + 1] ?? 0;
  if (first >= 0xc2 && first <= 0xdf) {
    return isContinuation(second) ? 2 : 0;
  }
  const third = bytes[at + 2] ?? 0;
  if (first >= 0xe0 && first <= 0xef) {
    const low = first === 0xe0 ? 0xa0 : 0x80;
    const high = first === 0xed ? 0x9f : 0xbf;
    return second >= low && second <= high && isContinuation(third) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const low = first === 0xf0 ? 0x90 : 0x80;
    const high = first === 0xf4 ? 0x8f : 0xbf;
    const fourth = bytes[at + 3] ?? 0;
    return second >= low && second <= high && isContinuation(third) && isContinuation(fourth)
      ? 4
      : 0;
  }
  return 0;
}

function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte <= 0xbf;
}

/** Go's `len` of a string. */
export function byteLength(text: string): number {
  const size = Buffer.byteLength(text, "utf8");
  if (size === text.length || !ESCAPE.test(text)) {
    return size;
  }
  let escapes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit <= 0xdbff) {
      i++;
    } else if (unit >= 0xdc80 && unit <= 0xdcff) {
      escapes++;
    }
  }
  // Buffer counts a lone surrogate as the three bytes of U+FFFD.
  return size - 2 * escapes;
}

/** Makes text canonical again after plain joining: escaped bytes that now form a character become it. */
export function normalize(text: string): string {
  if (!ESCAPE.test(text)) {
    return text;
  }
  return text.replace(ESCAPE_RUN, (run) => fromBytes(toBytes(run)));
}

/** Joins Go strings; a character cut in two becomes whole again. */
export function concat(...parts: readonly string[]): string {
  return normalize(parts.join(""));
}

/** Go's `text[start:end]`, offsets in bytes and within the string. */
export function sliceBytes(text: string, start: number, end?: number): string {
  if (isAscii(text)) {
    return text.slice(start, end);
  }
  return fromBytes(toBytes(text).subarray(start, end));
}

/** Order of Go strings: by bytes. Negative, zero or positive. */
export function compareStrings(a: string, b: string): number {
  const size = Math.min(a.length, b.length);
  for (let i = 0; i < size; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) {
      // UTF-16 order is byte order except where surrogates take part.
      return x < 0xd800 && y < 0xd800 ? x - y : Buffer.compare(toBytes(a), toBytes(b));
    }
  }
  return a.length - b.length;
}

/** The characters of a Go string as `range` and `[]rune` see them: a byte that is not UTF-8 is U+FFFD. */
export function toRunes(text: string): number[] {
  const runes: number[] = [];
  for (const char of text) {
    const rune = char.codePointAt(0) as number;
    runes.push(rune >= 0xd800 && rune <= 0xdfff ? 0xfffd : rune);
  }
  return runes;
}

/** Go's `string([]rune)`: what is no character becomes U+FFFD. */
export function fromRunes(runes: readonly number[]): string {
  let text = "";
  for (const rune of runes) {
    text += fromRune(rune);
  }
  return text;
}

/** Go's `string(rune)`. */
export function fromRune(rune: number): string {
  const valid = rune >= 0 && rune <= 0x10ffff && !(rune >= 0xd800 && rune <= 0xdfff);
  return valid ? String.fromCodePoint(rune) : "\ufffd";
}

/** Go's utf8.RuneCountInString. */
export function runeCount(text: string): number {
  if (isAscii(text)) {
    return text.length;
  }
  let count = 0;
  for (const _ of text) {
    count++;
  }
  return count;
}
