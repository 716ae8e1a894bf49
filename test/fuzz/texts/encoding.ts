/** Encoded bytes. */
import type { Random } from "../random.js";
import { plainText } from "./words.js";

/** Bytes of a text, or any. */
export function someBytes(random: Random): Buffer {
  return random.chance(60)
    ? Buffer.from(plainText(random))
    : Buffer.from(random.times(0, 20, () => random.int(0, 255)));
}

/** Base 32, some of it damaged. */
export function base32(random: Random): string {
  const digits = random
    .times(0, 24, () => random.pick([..."ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"]))
    .join("");
  const filled = digits + "=".repeat((8 - (digits.length % 8)) % 8);
  return broken(
    random,
    random.chance(70) ? filled : digits + random.pick(["", "=", "===", "======"]),
  );
}

/** Base 64, some of it damaged. */
export function base64(random: Random): string {
  const text = someBytes(random).toString("base64");
  return random.chance(70) ? text : broken(random, text);
}

function broken(random: Random, text: string): string {
  const at = random.int(0, text.length);
  const [before, after] = [text.slice(0, at), text.slice(at)];
  return random.weighted([
    [4, () => text],
    [3, () => `${before}${random.pick(["\n", "\r\n", "\n\n"])}${after}`],
    [1, () => `${before}${random.pick(["=", " ", "-", "_", "é", "*", "a", "1"])}${after}`],
    [1, () => before],
    [1, () => `${text}${random.pick(["=", "==", "A", "\n", " ", "AAAA"])}`],
    [1, () => text.replace(/=+$/, "")],
  ]);
}
