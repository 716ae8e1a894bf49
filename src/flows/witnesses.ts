/**
 * Witnesses of the log (C2SP tlog-witness): they cosign checkpoints, in the background, and whoever
 * asks two of them cannot be shown two histories. A witness that has seen more, or something else,
 * than the database has shows that it is old, or that the log was forked.
 */
import { parseDecimal } from "../core/tlog/decimal.js";
import { formatNote, type NoteSignature, parseNote, parseSignatures } from "../core/tlog/note.js";
import type { NoteKey } from "../core/tlog/note-key.js";
import { verifyNote } from "../core/tlog/note-signature.js";
import { proveConsistency } from "../core/tlog/proof.js";
import { formatWitnessRequest } from "../core/tlog/witness-request.js";
import { BackbarError } from "../errors.js";
import { readLogHead } from "../store/log.js";
import {
  type CheckpointRow,
  lockSharedCheckpoint,
  writeSharedNote,
} from "../store/log-checkpoint.js";
import { noteOf, type PublishedCheckpoint } from "./checkpoints.js";
import { changeStore } from "./condition.js";
import { logReader } from "./log-hashes.js";
import type { Registry } from "./registry.js";

export interface KnownWitness {
  /** Of its cosignatures. */
  readonly key: NoteKey;
  /** Sends a request to `add-checkpoint`; rejects where it is away, or takes too long. */
  readonly ask: (body: string) => Promise<WitnessReply>;
  /** How requests went, by outcome. */
  readonly outcomes: Map<Outcome, number>;
}

export interface WitnessReply {
  readonly status: number;
  readonly body: string;
}

/** `away` includes answers that are none. */
export type Outcome = "cosigned" | "refused" | "away" | "conflict";

/** The size that a witness has is known after the first refusal; others may submit meanwhile. */
const MAX_ATTEMPTS = 4;

/**
 * Asks every witness to cosign `checkpoint`, each in its own time, and shares what they answer.
 * Where one has seen what the database lacks or contradicts, nothing is written any more.
 */
export async function askWitnesses(
  registry: Registry,
  checkpoint: PublishedCheckpoint,
): Promise<void> {
  if (checkpoint.size === 0 || registry.condition.reason !== undefined) return;
  await Promise.all(
    registry.witnesses.map(async (witness) => {
      const outcome = await askWitness(registry, witness, checkpoint).catch(() => "away" as const);
      witness.outcomes.set(outcome, (witness.outcomes.get(outcome) ?? 0) + 1);
    }),
  );
}

/** Cosignatures of the shared checkpoint by known witnesses, where it is the one with this text. */
export function cosignaturesIn(
  { witnesses }: Registry,
  shared: CheckpointRow | undefined,
  text: string,
): NoteSignature[] {
  if (shared === undefined || witnesses.length === 0) return [];
  const note = parseNote(shared.note);
  if (note.text !== text) return [];
  return note.signatures.filter((signature) => isOf(signature, text, witnesses));
}

function isOf(signature: NoteSignature, text: string, witnesses: readonly KnownWitness[]): boolean {
  try {
    verifyNote(
      { text, signatures: [signature] },
      witnesses.map(({ key }) => key),
    );
    return true;
  } catch (error) {
    if (error instanceof BackbarError) return false;
    throw error;
  }
}

async function askWitness(
  registry: Registry,
  witness: KnownWitness,
  checkpoint: PublishedCheckpoint,
): Promise<Outcome> {
  const { size, text } = checkpoint;
  const { name } = witness.key;
  let oldSize = 0;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const hashes = await proveConsistency(oldSize, size, logReader(registry));
    const request = { oldSize, hashes, checkpoint: noteOf(checkpoint) };
    const { status, body } = await witness.ask(formatWitnessRequest(request));
    if (status === 200) {
      const [signature] = parseSignatures(body).filter((one) => isOf(one, text, [witness]));
      if (signature === undefined) return "away";
      await share(registry, text, signature);
      return "cosigned";
    }
    if (status === 422) return conflict(registry, `${name} saw another log in its place`, size);
    if (status !== 409) return "refused";
    const seen = parseDecimal(body.trimEnd());
    if (seen === undefined) return "away";
    if (seen === oldSize && seen === size) {
      return conflict(registry, `${name} saw another one of that size`, size);
    }
    if (seen > size) {
      const head = await readLogHead(registry.db);
      // The next checkpoint is on its way there.
      if (seen <= head.size) return "refused";
      return conflict(
        registry,
        `${name} has seen ${seen}: the database is from an older backup`,
        size,
      );
    }
    oldSize = seen;
  }
  return "refused";
}

function conflict({ condition, now }: Registry, what: string, size: number): "conflict" {
  condition.refuseWrites(
    `the log has ${size} leaves, and on ${now().toISOString()} the witness ${what}`,
  );
  return "conflict";
}

/** Adds the cosignature to the shared note, in the place of an older one by the same key. */
async function share(registry: Registry, text: string, signature: NoteSignature): Promise<void> {
  await changeStore(registry, async (tx) => {
    const row = await lockSharedCheckpoint(tx);
    const note = row && parseNote(row.note);
    if (note?.text !== text) return;
    const { name, keyId } = signature;
    const others = note.signatures.filter((one) => one.name !== name || one.keyId !== keyId);
    await writeSharedNote(tx, formatNote({ text, signatures: [...others, signature] }));
  });
}
