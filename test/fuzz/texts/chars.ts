/** Characters at random. */
import type { Random } from "../random.js";

/** `from` to `to` characters of an alphabet. */
export function anyOf(random: Random, alphabet: string, from: number, to: number): string {
  const chars = [...alphabet];
  return random.times(from, to, () => random.pick(chars)).join("");
}

/** A code point, more often of the scripts that letters' cases and classes are tried on. */
export function codePoint(random: Random): number {
  return random.weighted([
    [3, () => random.int(0x01, 0x7f)],
    [3, () => random.int(0x80, 0x24f)],
    [2, () => random.int(0x370, 0x5ff)],
    [1, () => random.int(0x2000, 0x2fff)],
    [1, () => random.int(0x3000, 0xd7ff)],
    [1, () => random.int(0xe000, 0xffff)],
    [1, () => random.int(0x10000, 0x1fbff)],
  ]);
}

/** `from` to `to` decimal digits. */
export function digits(random: Random, from: number, to: number): string {
  return anyOf(random, "0123456789", from, to);
}
