/**
 * What a log sends a witness (C2SP tlog-witness, `add-checkpoint`): the size of the tree it knows,
 * the proof that the new one grew from it, and the new checkpoint.
 */
import { parseDecimal } from "./decimal.js";
import { TlogError } from "./error.js";
import { parseNote } from "./note.js";
import { formatHashLines, MAX_PROOF_HASHES, parseHashLines, splitAtNote } from "./proof-lines.js";

export interface WitnessRequest {
  /** 0 where the witness has none yet. */
  readonly oldSize: number;
  /** The consistency proof; none where `oldSize` is 0. */
  readonly hashes: readonly Uint8Array[];
  /** The note. */
  readonly checkpoint: string;
}

/** @throws {TlogError} tlog_witness_request, tlog_note_form where it could not be read again */
export function formatWitnessRequest({ oldSize, hashes, checkpoint }: WitnessRequest): string {
  const lines = formatHashLines(hashes);
  if (lines === undefined || parseDecimal(String(oldSize)) === undefined) {
    throw noRequest("its old size is no number, or its hashes are none");
  }
  parseNote(checkpoint);
  return `old ${oldSize}\n${lines}\n${checkpoint}`;
}

/**
 * Reads a request; nothing of it is checked yet, and the note only for its form.
 * @throws {TlogError} tlog_witness_request, tlog_note_form
 */
export function parseWitnessRequest(body: Uint8Array | string): WitnessRequest {
  const parts = splitAtNote(body);
  if (parts === undefined) throw noRequest("no empty line stands before the checkpoint");
  const [oldLine = "", ...hashLines] = parts.lines;
  const oldSize = oldLine.startsWith("old ") ? parseDecimal(oldLine.slice(4)) : undefined;
  if (oldSize === undefined) throw noRequest("its first line is not old and a size");
  const hashes = parseHashLines(hashLines);
  if (hashes === undefined) {
    throw noRequest(`a line is no hash, or there are more than ${MAX_PROOF_HASHES}`);
  }
  parseNote(parts.note);
  return { oldSize, hashes, checkpoint: parts.note };
}

function noRequest(why: string): TlogError {
  return new TlogError("tlog_witness_request", `this is no request to a witness: ${why}`);
}
