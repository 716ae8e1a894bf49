/** UTF-8 that has to be UTF-8: bytes that are none become no other text. */

const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of `bytes`, a byte order mark included; undefined where they are no UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return DECODER.decode(bytes);
  } catch {
    return undefined;
  }
}
