/** Encoded bytes. */
import type { Random } from "../random.js";
import { plainText } from "./words.js";

/** Base 32, some of it damaged. */
export function base32(random: Random): string {
  return random.pick([
    "",
    "MFRGG===",
    "MFRGGZA=",
    "NBSWY3DP",
    "nbswy3dp",
    "MY======",
    "MY",
    "M",
    "MFRGG==",
  ]);
}

/** Base 64, some of it damaged. */
export function base64(random: Random): string {
  return random.chance(60)
    ? Buffer.from(plainText(random)).toString("base64")
    : random.pick(["YQ==", "YQ", "YQ=", "a-_b", "YW\nJj", "YWJj ", "====", "/w==", "gICA"]);
}
