/** Numbers without bias from the host's random bytes. */
import type { CallContext } from "../value.js";

// asking the host and counting in whole numbers of any size
const STEPS_PER_DRAW = 10;

/** A number from 0 to `limit` - 1, each as likely as the others. */
export function randomBelow(context: CallContext, limit: bigint): bigint {
  const bits = (limit - 1n).toString(2).length;
  const size = Math.ceil(bits / 8);
  const mask = (1n << BigInt(bits)) - 1n;
  for (;;) {
    context.charge(STEPS_PER_DRAW);
    const value = toNumber(context.host.randomBytes(size)) & mask;
    if (value < limit) return value;
  }
}

/** `count` characters of `alphabet` (at most 256 ASCII characters), each as likely as the others. */
export function randomText(context: CallContext, alphabet: string, count: number): string {
  // bytes from here on would favour the start of the alphabet
  const limit = 256 - (256 % alphabet.length);
  let text = "";
  while (text.length < count) {
    context.charge(1);
    for (const byte of context.host.randomBytes(Math.min(count - text.length, 1024))) {
      if (byte < limit) text += alphabet.charAt(byte % alphabet.length);
    }
  }
  return text;
}

function toNumber(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
