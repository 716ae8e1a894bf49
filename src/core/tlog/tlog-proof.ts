/**
 * Proofs that are checked without the log (C2SP tlog-proof): where an entry is, how it leads to a
 * root hash, and the checkpoint that has it.
 */
import { decodeBase64, encodeBase64 } from "./base64.js";
import { type CheckpointPolicy, type OpenedCheckpoint, openCheckpoint } from "./checkpoint.js";
import { parseDecimal } from "./decimal.js";
import { TlogError } from "./error.js";
import { parseNote } from "./note.js";
import { formatHashLines, MAX_PROOF_HASHES, parseHashLines, splitAtNote } from "./proof-lines.js";
import { verifyInclusion } from "./verify-proof.js";

export interface TlogProof {
  /** Of the leaf, counted from 0. */
  readonly index: number;
  readonly hashes: readonly Uint8Array[];
  /** The note, as it came. */
  readonly checkpoint: string;
  /** Nobody signed it. */
  readonly extra?: Uint8Array;
}

const HEAD = "c2sp.org/tlog-proof@v1";

/** @throws {TlogError} tlog_proof_form, tlog_note_form where it could not be read again */
export function formatTlogProof({ index, hashes, checkpoint, extra }: TlogProof): string {
  const lines = formatHashLines(hashes);
  if (lines === undefined || parseDecimal(String(index)) === undefined) {
    throw noProof("its index is no number, or its hashes are none");
  }
  parseNote(checkpoint);
  const extraLine = extra === undefined ? "" : `extra ${encodeBase64(extra)}\n`;
  return `${HEAD}\n${extraLine}index ${index}\n${lines}\n${checkpoint}`;
}

/**
 * Reads a proof; nothing of it is checked yet, and the note only for its form.
 * @throws {TlogError} tlog_proof_form, tlog_note_form
 */
export function parseTlogProof(input: Uint8Array | string): TlogProof {
  const parts = splitAtNote(input);
  const [head, ...lines] = parts?.lines ?? [];
  if (parts === undefined || head !== HEAD) throw noProof(`its first line is not ${HEAD}`);
  const extra = lines[0]?.startsWith("extra ") ? parseExtra(lines.shift() ?? "") : undefined;
  const [indexLine = "", ...hashLines] = lines;
  const index = indexLine.startsWith("index ") ? parseDecimal(indexLine.slice(6)) : undefined;
  if (index === undefined) throw noProof("no index stands where it should");
  const hashes = parseHashLines(hashLines);
  if (hashes === undefined) {
    throw noProof(`a line is no hash, or there are more than ${MAX_PROOF_HASHES}`);
  }
  parseNote(parts.note);
  return { index, hashes, checkpoint: parts.note, ...(extra === undefined ? {} : { extra }) };
}

/**
 * Checks that the leaf with hash `leafHash` is in the log of `policy`; gives the checkpoint it is
 * under.
 * @throws {TlogError} what `openCheckpoint` and `verifyInclusion` throw
 */
export function verifyTlogProof(
  { index, hashes, checkpoint }: TlogProof,
  leafHash: Uint8Array,
  policy: CheckpointPolicy,
): OpenedCheckpoint {
  const opened = openCheckpoint(checkpoint, policy);
  const { size, root } = opened.checkpoint;
  verifyInclusion(leafHash, { index, treeSize: size, hashes }, root);
  return opened;
}

function parseExtra(line: string): Uint8Array {
  const bytes = decodeBase64(line.slice("extra ".length));
  if (bytes === undefined) throw noProof("its extra data is no base64");
  return bytes;
}

function noProof(why: string): TlogError {
  return new TlogError("tlog_proof_form", `this is no ${HEAD}: ${why}`);
}
