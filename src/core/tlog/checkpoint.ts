/** Opens checkpoints: notes by a log that is known by its origin and its keys. */
import { type Checkpoint, parseCheckpoint } from "./checkpoint-text.js";
import { TlogError } from "./error.js";
import { parseNote } from "./note.js";
import type { NoteKey } from "./note-key.js";
import { type VerifiedSignature, verifyNote } from "./note-signature.js";

/** Whose checkpoints are believed. */
export interface CheckpointPolicy {
  readonly origin: string;
  /** Of the log; one of them has to have signed. */
  readonly logKeys: readonly NoteKey[];
  /** Of witnesses, and the log's own for the time: who of them signed is told, not required. */
  readonly cosigners?: readonly NoteKey[];
}

export interface OpenedCheckpoint {
  readonly checkpoint: Checkpoint;
  /** As it came. */
  readonly note: string;
  readonly signatures: readonly VerifiedSignature[];
}

/**
 * Reads a checkpoint that its log signed.
 * @throws {TlogError} tlog_note_form, tlog_note_signature, tlog_checkpoint_form, tlog_origin
 */
export function openCheckpoint(
  note: Uint8Array | string,
  { origin, logKeys, cosigners = [] }: CheckpointPolicy,
): OpenedCheckpoint {
  const parsed = parseNote(note);
  verifyNote(parsed, logKeys);
  const signatures = verifyNote(parsed, [...new Set([...logKeys, ...cosigners])]);
  const checkpoint = parseCheckpoint(parsed.text);
  if (checkpoint.origin !== origin) {
    throw new TlogError(
      "tlog_origin",
      `the checkpoint is of the log ${JSON.stringify(checkpoint.origin)}, not ${origin}`,
    );
  }
  return { checkpoint, note: Buffer.from(note).toString("utf8"), signatures };
}
