/** What C2SP's tlog-proof and tlog-witness share: lines, an empty line, and a checkpoint after it. */
import { decodeUtf8 } from "../codec/utf8.js";
import { decodeHash, encodeBase64 } from "./base64.js";
import { HASH_BYTES } from "./merkle.js";

/** Of one proof: as many as the tallest tree has levels. */
export const MAX_PROOF_HASHES = 63;

const MAX_BYTES = 1_100_000;

/** The lines before the empty one, and the note after it; undefined where there is none, or no text. */
export function splitAtNote(
  input: Uint8Array | string,
): { readonly lines: readonly string[]; readonly note: string } | undefined {
  const text = input.length > MAX_BYTES || typeof input === "string" ? input : decodeUtf8(input);
  if (typeof text !== "string" || text.length > MAX_BYTES) return undefined;
  const end = text.indexOf("\n\n");
  if (end < 0) return undefined;
  return { lines: text.slice(0, end).split("\n"), note: text.slice(end + 2) };
}

/** The hashes, one a line; undefined where there are too many, or one is none. */
export function parseHashLines(lines: readonly string[]): Uint8Array[] | undefined {
  if (lines.length > MAX_PROOF_HASHES) return undefined;
  const hashes = lines.map(decodeHash).filter((hash) => hash !== undefined);
  return hashes.length === lines.length ? hashes : undefined;
}

/** One line each, ended by a line feed; undefined where `parseHashLines` would not read them. */
export function formatHashLines(hashes: readonly Uint8Array[]): string | undefined {
  const known = hashes.every((hash) => hash.length === HASH_BYTES);
  if (!known || hashes.length > MAX_PROOF_HASHES) return undefined;
  return hashes.map((hash) => `${encodeBase64(hash)}\n`).join("");
}
