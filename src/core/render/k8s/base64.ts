/** Base64 as Go's `encoding/base64` reads it: standard alphabet, padded, line breaks anywhere. */

const PADDED = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The bytes; undefined if `text` is not padded standard base64. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const packed = text.replace(/[\r\n]/g, "");
  return PADDED.test(packed) ? Buffer.from(packed, "base64") : undefined;
}

export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
