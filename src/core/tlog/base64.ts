/** Standard base64 (RFC 4648 §4), padded, in its one spelling, as C2SP's formats write it. */
import { HASH_BYTES } from "./merkle.js";

export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

/** The bytes; undefined where `text` is not what `encodeBase64` writes of any. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, "base64");
  // Decoding skips what is no base64; encoding again shows whether anything was.
  return bytes.toString("base64") === text ? new Uint8Array(bytes) : undefined;
}

/** The hash; undefined where `text` is not 32 bytes. */
export function decodeHash(text: string): Uint8Array | undefined {
  const bytes = decodeBase64(text);
  return bytes?.length === HASH_BYTES ? bytes : undefined;
}
