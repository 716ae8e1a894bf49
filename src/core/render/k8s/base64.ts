/** Base64 as Go's `encoding/base64` reads it: standard alphabet, padded, line breaks anywhere. */

/** The bytes; undefined if `text` is not padded standard base64. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const packed = text.replace(/[\r\n]/g, "");
  const paddingLength = packed.endsWith("==") ? 2 : packed.endsWith("=") ? 1 : 0;
  const digits = packed.slice(0, packed.length - paddingLength);
  // A search for what must not be there: matching a repeated group would overflow on large files.
  if (packed.length % 4 !== 0 || /[^A-Za-z0-9+/]/.test(digits)) return undefined;
  return Buffer.from(packed, "base64");
}

export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
