/**
 * Who signed a note (C2SP signed-note, "Signatures"): signatures of unknown keys are passed over,
 * and one of a known key that is bad refuses the note, whatever else stands beside it.
 */
import { BackbarError } from "../../errors.js";
import { verifyMessage } from "../trust/keys.js";
import type { Signer } from "../trust/signer.js";
import { parseCheckpoint } from "./checkpoint-text.js";
import {
  COSIGNATURE_HEADER,
  cosignedMessage,
  formatCosignature,
  parseCosignature,
} from "./cosignature.js";
import { TlogError } from "./error.js";
import { checkNoteText, type Note, type NoteSignature } from "./note.js";
import { type NoteKey, noteKey } from "./note-key.js";

/** A known key that signed. */
export interface VerifiedSignature {
  readonly key: NoteKey;
  /** When it cosigned, POSIX time in seconds; the newest where it did more than once. */
  readonly time?: number;
}

/**
 * Signs a note's `text` under the key name `name`.
 * @throws {TlogError} tlog_note_form, tlog_note_key, and what the signer throws
 */
export async function signNote(text: string, name: string, signer: Signer): Promise<NoteSignature> {
  checkNoteText(text);
  if (text.startsWith(COSIGNATURE_HEADER)) {
    // The same key may cosign: nothing it signs may be taken for the other.
    throw new TlogError("tlog_note_form", "a note's text cannot begin as a cosignature does");
  }
  const { keyId } = noteKey(name, "note", signer.publicKey);
  return { name, keyId, signature: await signer.sign(new TextEncoder().encode(text)) };
}

/**
 * Cosigns the checkpoint `text` at `time`, POSIX time in seconds.
 * @throws {TlogError} tlog_checkpoint_form, tlog_note_key, tlog_note_signature, and what the signer
 *   throws
 */
export async function cosignCheckpoint(
  text: string,
  name: string,
  signer: Signer,
  time: number,
): Promise<NoteSignature> {
  parseCheckpoint(text);
  const { keyId } = noteKey(name, "cosignature", signer.publicKey);
  const signature = await signer.sign(cosignedMessage(text, time));
  return { name, keyId, signature: formatCosignature({ time, signature }) };
}

/**
 * The keys, of those in `known`, that signed `note`; each once, at least one.
 * @throws {TlogError} tlog_note_signature where none did, or a signature of one is bad
 */
export function verifyNote(
  { text, signatures }: Note,
  known: readonly NoteKey[],
): VerifiedSignature[] {
  const verified = new Map<NoteKey, VerifiedSignature>();
  for (const signature of signatures) {
    const keys = known.filter(
      ({ name, keyId }) => name === signature.name && keyId === signature.keyId,
    );
    if (keys.length === 0) continue;
    const found = verifyByOneOf(text, signature, keys);
    const before = verified.get(found.key);
    if ((before?.time ?? -1) <= (found.time ?? -1)) verified.set(found.key, found);
  }
  if (verified.size > 0) return [...verified.values()];
  const names = known.map(({ name, keyId }) => `${name}+${keyId}`).join(", ");
  throw new TlogError("tlog_note_signature", `the note is signed by none of ${names || "no keys"}`);
}

/** Different keys can share name and id: ids are short. */
function verifyByOneOf(
  text: string,
  signature: NoteSignature,
  keys: readonly NoteKey[],
): VerifiedSignature {
  let cause: unknown;
  for (const key of keys) {
    try {
      return verifySignature(text, signature, key);
    } catch (error) {
      if (!(error instanceof BackbarError)) throw error;
      cause = error;
    }
  }
  throw new TlogError(
    "tlog_note_signature",
    `the signature by ${signature.name}+${signature.keyId} is not over this text`,
    { cause },
  );
}

function verifySignature(
  text: string,
  { signature }: NoteSignature,
  key: NoteKey,
): VerifiedSignature {
  if (key.type === "note") {
    verifyMessage(key.publicKey, new TextEncoder().encode(text), signature);
    return { key };
  }
  const cosignature = parseCosignature(signature);
  verifyMessage(key.publicKey, cosignedMessage(text, cosignature.time), cosignature.signature);
  return { key, time: cosignature.time };
}
