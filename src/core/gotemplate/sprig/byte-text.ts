/**
 * Byte text: the bytes of a Go string as a JavaScript string with one character (U+0000..U+00FF) a
 * byte. Searching, cutting and counting in it is what Go does with strings; ASCII text is its own
 * byte text.
 */
import { Buffer } from "node:buffer";
import { fromBytes, isAscii, toBytes } from "../bytes.js";

export function toByteText(text: string): string {
  return isAscii(text) ? text : Buffer.from(toBytes(text)).toString("latin1");
}

export function fromByteText(bytes: string): string {
  return isAscii(bytes) ? bytes : fromBytes(Buffer.from(bytes, "latin1"));
}
