/** Looking for one text in another, with its cost. */
import { hasInvalidBytes } from "../bytes.js";
import type { CallContext } from "../value.js";
import { toByteText } from "./byte-text.js";

// characters that are compared in about the time of one step
const COMPARISONS_PER_STEP = 10_000;

/**
 * Both texts in the form in which JavaScript finds what Go finds: as they are, or as byte text where
 * the needle has broken bytes, which can lie inside a whole rune. The worst case of the search is
 * charged, which a text of one repeated character can reach.
 */
export function searchable(
  context: CallContext,
  haystack: string,
  needle: string,
): { haystack: string; needle: string; asBytes: boolean } {
  const starts = Math.max(haystack.length - needle.length + 1, 0);
  context.charge(Math.floor((starts * needle.length) / COMPARISONS_PER_STEP));
  if (!hasInvalidBytes(needle)) return { haystack, needle, asBytes: false };
  context.allocate(2 * haystack.length);
  return { haystack: toByteText(haystack), needle: toByteText(needle), asBytes: true };
}
