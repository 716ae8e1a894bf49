/** The Adler-32 checksum (RFC 1950 §8.2). */

const MODULUS = 65_521;

export function adler32(bytes: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (const byte of bytes) {
    low = (low + byte) % MODULUS;
    high = (high + low) % MODULUS;
  }
  return high * 0x1_0000 + low;
}
