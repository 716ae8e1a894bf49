/**
 * Witnessing the logs of others (C2SP tlog-witness, `add-checkpoint`): a checkpoint is cosigned where
 * its tree has the last one that was cosigned as its prefix, and kept before the answer is given.
 */
import { type OpenedCheckpoint, openCheckpoint } from "../core/tlog/checkpoint.js";
import { parseCheckpoint } from "../core/tlog/checkpoint-text.js";
import { checkSameSize } from "../core/tlog/fork.js";
import { formatSignature, parseNote } from "../core/tlog/note.js";
import type { NoteKey } from "../core/tlog/note-key.js";
import { cosignCheckpoint } from "../core/tlog/note-signature.js";
import { verifyConsistency } from "../core/tlog/verify-proof.js";
import { parseWitnessRequest, type WitnessRequest } from "../core/tlog/witness-request.js";
import type { Signer } from "../core/trust/signer.js";
import { BackbarError } from "../errors.js";
import type { Tx } from "../store/db.js";
import { readSetting, settle } from "../store/settings.js";
import { lockWitnessedLog, type WitnessedLog, writeWitnessedLog } from "../store/witnessed.js";
import { changeStore } from "./condition.js";
import { FlowError } from "./error.js";
import type { Registry } from "./registry.js";

/** What this service is as a witness. */
export interface OwnWitness {
  /** Of its key. */
  readonly name: string;
  readonly signer: Signer;
  /** Keys of the logs that it witnesses, by origin. */
  readonly logs: ReadonlyMap<string, readonly NoteKey[]>;
}

/** A cosignature line, or the size that the witness has seen where the request is of another. */
export type WitnessAnswer = { readonly cosignature: string } | { readonly size: number };

/** Two checkpoints of a log that cannot both be true. */
export interface ForkProof {
  readonly origin: string;
  readonly notes: readonly string[];
}

/**
 * Answers a request for a cosignature.
 * @throws {FlowError} witness_request, witness_log_unknown, witness_signature, witness_proof,
 *   registry_read_only
 */
export async function addCheckpoint(registry: Registry, body: string): Promise<WitnessAnswer> {
  const request = refusing("witness_request", () => parseWitnessRequest(body));
  const submitted = open(registry.witness, request.checkpoint);
  const { origin, size } = submitted.checkpoint;
  if (request.oldSize > size) {
    const message = `the old size ${request.oldSize} is larger than ${size}`;
    throw new FlowError("witness_request", message);
  }
  return changeStore(registry, async (tx) => {
    const known = await lockWitnessedLog(tx, origin);
    if (known.size !== request.oldSize) return { size: known.size };
    if (!(await isConsistent(registry, tx, known, request, submitted))) return { size: known.size };
    const { root } = submitted.checkpoint;
    await writeWitnessedLog(tx, { origin, size, root, note: submitted.note });
    return { cosignature: await cosign(registry, submitted) };
  });
}

/** What logs were caught at, for everyone to see. */
export async function listForks({ db, witness }: Registry): Promise<ForkProof[]> {
  const forks: ForkProof[] = [];
  for (const origin of witness?.logs.keys() ?? []) {
    const stored = await readSetting(db, forkSetting(origin));
    if (stored !== undefined) forks.push({ origin, notes: JSON.parse(stored) as string[] });
  }
  return forks;
}

/** @throws {FlowError} witness_request, witness_log_unknown, witness_signature */
function open(witness: OwnWitness | undefined, note: string): OpenedCheckpoint {
  const { origin } = refusing("witness_request", () => parseCheckpoint(parseNote(note).text));
  const logKeys = witness?.logs.get(origin);
  if (logKeys === undefined) {
    const message = `the log ${JSON.stringify(origin)} is not witnessed here`;
    throw new FlowError("witness_log_unknown", message);
  }
  return refusing("witness_signature", () => openCheckpoint(note, { origin, logKeys }));
}

/**
 * Whether the submitted tree grew from the known one; false where two of one size differ, which is
 * kept as proof.
 * @throws {FlowError} witness_proof
 */
async function isConsistent(
  registry: Registry,
  tx: Tx,
  known: WitnessedLog,
  { oldSize, hashes }: WitnessRequest,
  submitted: OpenedCheckpoint,
): Promise<boolean> {
  const { origin, size, root } = submitted.checkpoint;
  if (known.note !== "" && known.size === size) {
    const logKeys = registry.witness?.logs.get(origin) ?? [];
    try {
      checkSameSize(openCheckpoint(known.note, { origin, logKeys }), submitted);
    } catch (error) {
      if (!(error instanceof BackbarError) || error.code !== "tlog_fork") throw error;
      await settle(tx, forkSetting(origin), JSON.stringify([known.note, submitted.note]));
      return false;
    }
  }
  const proof = { oldSize, oldRoot: known.root, size, root, hashes };
  refusing("witness_proof", () => verifyConsistency(proof));
  return true;
}

async function cosign({ witness, now }: Registry, { note }: OpenedCheckpoint): Promise<string> {
  if (witness === undefined) throw new TypeError("a log is known to a witness alone");
  const seconds = Math.floor(now().getTime() / 1000);
  const { text } = parseNote(note);
  return formatSignature(await cosignCheckpoint(text, witness.name, witness.signer, seconds));
}

function forkSetting(origin: string): string {
  return `witness_fork ${origin}`;
}

/** What `work` returns; what it finds wrong is refused with `code`. */
function refusing<T>(
  code: "witness_request" | "witness_signature" | "witness_proof",
  work: () => T,
): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof BackbarError)) throw cause;
    throw new FlowError(code, cause.message, { cause });
  }
}
