/**
 * Checkpoints of the log (C2SP tlog-checkpoint): signed from committed rows, never a tree that does
 * not have the last published one as its prefix, and served only once they are kept outside the
 * database. docs/decisions/0011-checkpoints.md.
 */
import { formatCheckpoint, parseCheckpoint } from "../core/tlog/checkpoint-text.js";
import { parseFrontier, rootOfFrontier } from "../core/tlog/frontier.js";
import { parseNote } from "../core/tlog/note.js";
import { type NoteKeyType, noteKey } from "../core/tlog/note-key.js";
import { cosignCheckpoint, signNote, verifyNote } from "../core/tlog/note-signature.js";
import { rootAt } from "../core/tlog/proof.js";
import { type KeySet, openKeySet } from "../core/trust/key-set.js";
import { BackbarError } from "../errors.js";
import { StoreError } from "../store/error.js";
import {
  type CheckpointRow,
  type LogState,
  readLogState,
  shareCheckpoint,
} from "../store/log-checkpoint.js";
import { behind, noteOf, type PublishedCheckpoint, parsePublished } from "./checkpoints.js";
import { FlowError } from "./error.js";
import type { Epoch } from "./freshness.js";
import { readKeySet, readOrigin } from "./identity.js";
import { fillNodes, logReader } from "./log-hashes.js";
import type { Registry } from "./registry.js";
import { repeat } from "./rounds.js";
import { askWitnesses, cosignaturesIn } from "./witnesses.js";

/** The log's own cosignature is not older when it is served. */
const MAX_COSIGNATURE_AGE_MS = 60_000;
const ROUND_MS = 1_000;
const WITNESSES_AGAIN_MS = 60_000;

/**
 * Compares the database with what was published before, and publishes what it has since: a process
 * whose database is behind, or another's, begins read-only.
 */
export async function checkStart(registry: Registry): Promise<void> {
  try {
    await askWitnesses(registry, await publishCheckpoint(registry));
  } catch (error) {
    // Said by the condition; and where the checkpoint cannot be kept, to who asks for it.
    if (!(error instanceof FlowError) && !(error instanceof StoreError)) throw error;
  }
}

/**
 * The newest checkpoint, over every leaf that was committed before this was called. Where the process
 * is read-only it is the last one that was published.
 * @throws {FlowError} registry_read_only where the database contradicts what was published
 * @throws {StoreError} store_checkpoint_file
 */
export function publishCheckpoint(registry: Registry): Promise<PublishedCheckpoint> {
  return registry.checkpoints.oneAtATime(() => publish(registry));
}

/** The note of the newest checkpoint: by the log, and by the witnesses whose cosignatures came in. */
export async function readCheckpoint(registry: Registry): Promise<string> {
  return noteOf(await publishCheckpoint(registry));
}

/**
 * Publishes soon after the log has grown, until the returned function is called: what is kept outside
 * the database is then near its head, and an old backup is noticed though nobody asks.
 */
export function keepCheckpointsFresh(registry: Registry): () => Promise<void> {
  let seen: Epoch | undefined;
  const witness = witnessing(registry);
  const publishSoon = async () => {
    const epoch = registry.freshness.epoch();
    const { published } = registry.checkpoints;
    const stands = epoch !== undefined && epoch === seen && published !== undefined;
    if (stands && !(await isOvertaken(registry, published))) return witness(published);
    witness(await publishCheckpoint(registry));
    seen = epoch;
  };
  // What went wrong is told by the condition, or to the next who asks.
  const rounds = repeat(publishSoon, ROUND_MS);
  return async () => {
    await rounds.stop();
    // What was appended in the last second, also by a process that has not sent word yet.
    await publishCheckpoint(registry).catch(() => {});
  };
}

/** Asks the witnesses, one checkpoint at a time; those that are away are asked again in a while. */
function witnessing(registry: Registry): (checkpoint: PublishedCheckpoint) => void {
  let isAsking = false;
  let asked: { readonly text: string; readonly atMs: number } | undefined;
  return (checkpoint) => {
    const { text } = checkpoint;
    const isNew = asked?.text !== text;
    const isDue = performance.now() - (asked?.atMs ?? 0) > WITNESSES_AGAIN_MS;
    if (isAsking || !(isNew || isDue)) return;
    isAsking = true;
    asked = { text, atMs: performance.now() };
    void askWitnesses(registry, checkpoint).finally(() => {
      isAsking = false;
    });
  };
}

async function publish(registry: Registry): Promise<PublishedCheckpoint> {
  const { checkpoints, condition, db } = registry;
  await followRecovery(registry);
  if (condition.reason !== undefined) return checkpoints.published ?? refuse(registry);
  const state = await readLogState(db);
  await adoptShared(registry, state);
  const last = checkpoints.published;
  const fault = await compare(registry, state, last);
  if (fault !== undefined) {
    condition.refuseWrites(fault);
    // So that the processes that have published less stop writing, too.
    if (last?.origin === state.origin) await share(registry, last);
    return refuse(registry);
  }
  if (last?.size === state.head.size) {
    const cosignatures = cosignaturesIn(registry, state.checkpoint, last.text);
    return renew(registry, { ...last, cosignatures });
  }
  const next = await sign(registry, state);
  await checkpoints.publish(next);
  await share(registry, next);
  return next;
}

async function share({ db }: Registry, checkpoint: PublishedCheckpoint): Promise<void> {
  const { origin, size } = checkpoint;
  await shareCheckpoint(db, { origin, size, note: noteOf(checkpoint) });
}

/** Whether another process shares a larger checkpoint than this one has published. */
async function isOvertaken({ db }: Registry, published: PublishedCheckpoint): Promise<boolean> {
  const { checkpoint } = await readLogState(db);
  return checkpoint?.origin === published.origin && checkpoint.size > published.size;
}

/**
 * Takes what another process published of this log for published, where the database has less: every
 * process has to notice an old backup, and each keeps outside the database only what it published
 * itself.
 */
async function adoptShared(
  registry: Registry,
  { head, origin, checkpoint }: LogState,
): Promise<void> {
  const { published } = registry.checkpoints;
  if (checkpoint?.origin !== origin || checkpoint.size <= head.size) return;
  if (published !== undefined && published.origin !== origin) return;
  if (published !== undefined && published.size >= checkpoint.size) return;
  const shared = await openShared(registry, checkpoint);
  if (shared !== undefined) await registry.checkpoints.publish(shared);
}

/**
 * Undefined where the log did not sign and cosign it: whoever owns the database can write there, also
 * another size or time beside an old signature.
 */
async function openShared(
  registry: Registry,
  row: CheckpointRow,
): Promise<PublishedCheckpoint | undefined> {
  const keySet = await openOwnKeySet(registry);
  const listed = keySet?.checkpoint.map(({ publicKey }) => publicKey) ?? [];
  const keysOf = (type: NoteKeyType) =>
    [registry.keys.checkpoint.publicKey, ...listed].map((key) => noteKey(row.origin, type, key));
  try {
    const shared = parsePublished(row.note);
    const { text, signature, cosignature } = shared;
    verifyNote({ text, signatures: [signature] }, keysOf("note"));
    verifyNote({ text, signatures: [cosignature] }, keysOf("cosignature"));
    if (shared.origin !== row.origin || shared.size !== row.size) return undefined;
    return { ...shared, cosignatures: cosignaturesIn(registry, row, text) };
  } catch (error) {
    if (error instanceof BackbarError) return undefined;
    throw error;
  }
}

/**
 * Where the log goes on under another name since a recovery, by another process or before a restart,
 * what was published under the former name binds it no longer. The root key has to have said so: who
 * restores an old database can write names into it.
 */
export async function followRecovery(registry: Registry): Promise<void> {
  const { checkpoints, condition, db } = registry;
  const former = checkpoints.published?.origin;
  if (former === undefined) return;
  const present = await readOrigin(db);
  if (present === former) return;
  const keySet = await openOwnKeySet(registry);
  if (keySet?.origin !== present) return;
  if (!keySet.formerOrigins.some(({ origin }) => origin === former)) return;
  checkpoints.forget();
  condition.allowWrites();
}

/** Undefined where it is not signed by the root key of this process. */
async function openOwnKeySet(registry: Registry): Promise<KeySet | undefined> {
  const jws = await readKeySet(registry);
  return openKeySet(jws, registry.keys.root.publicKey).catch((error: unknown) => {
    if (error instanceof BackbarError) return undefined;
    throw error;
  });
}

/** Why the log in the database contradicts what was published; undefined where it does not. */
async function compare(
  registry: Registry,
  { head, origin, checkpoint }: LogState,
  published: PublishedCheckpoint | undefined,
): Promise<string | undefined> {
  if (published !== undefined && published.origin !== origin) {
    return `the database has the log ${origin}, and ${published.origin} with ${published.size} leaves was published on ${published.cosignedAt.toISOString()}: it is another database, or from a backup before a recovery`;
  }
  if (published !== undefined && published.size > head.size) return behind(head.size, published);
  if (published?.size === head.size && isSame(published.root, rootOf(head))) return undefined;
  await fillNodes(registry, head.size);
  const reader = logReader(registry);
  if (!isSame(await rootAt(head.size, reader), rootOf(head))) {
    return `the head of the log does not follow from its ${head.size} leaves`;
  }
  // What other processes published is in the database: not the last word, but a word.
  const shared =
    checkpoint?.origin === origin ? parseCheckpoint(parseNote(checkpoint.note).text) : undefined;
  for (const known of [published, shared]) {
    if (known === undefined || known.size > head.size) continue;
    if (isSame(await rootAt(known.size, reader), known.root)) continue;
    return `the log in the database is another than the one whose first ${known.size} leaves were published: it was forked`;
  }
  return undefined;
}

async function sign(registry: Registry, { head, origin }: LogState): Promise<PublishedCheckpoint> {
  const checkpoint = { origin, size: head.size, root: rootOf(head), extensions: [] };
  const text = formatCheckpoint(checkpoint);
  const signature = await signNote(text, origin, registry.keys.checkpoint);
  return {
    ...checkpoint,
    text,
    signature,
    ...(await cosign(registry, { origin, text })),
    cosignatures: [],
  };
}

async function renew(registry: Registry, last: PublishedCheckpoint): Promise<PublishedCheckpoint> {
  const age = registry.now().getTime() - last.cosignedAt.getTime();
  if (age >= 0 && age <= MAX_COSIGNATURE_AGE_MS) {
    registry.checkpoints.renew(last);
    return last;
  }
  const signature = await signNote(last.text, last.origin, registry.keys.checkpoint);
  const next = { ...last, signature, ...(await cosign(registry, last)) };
  registry.checkpoints.renew(next);
  return next;
}

async function cosign(
  { keys, now }: Registry,
  { origin, text }: { readonly origin: string; readonly text: string },
): Promise<Pick<PublishedCheckpoint, "cosignature" | "cosignedAt">> {
  const seconds = Math.floor(now().getTime() / 1000);
  const cosignature = await cosignCheckpoint(text, origin, keys.checkpoint, seconds);
  return { cosignature, cosignedAt: new Date(seconds * 1000) };
}

function rootOf({ size, frontier }: LogState["head"]): Uint8Array {
  return rootOfFrontier(parseFrontier(size, frontier));
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

function refuse({ condition }: Registry): never {
  condition.checkWritable();
  throw new FlowError("registry_read_only", "there is no checkpoint");
}
