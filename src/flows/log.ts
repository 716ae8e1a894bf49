/** Appends to the log: what changes trust is a leaf, in the transaction that makes the change. */
import { sha256Digest } from "../core/codec/digest.js";
import {
  appendLeaf,
  completedNodes,
  formatFrontier,
  parseFrontier,
} from "../core/tlog/frontier.js";
import { leafHash } from "../core/tlog/leaf.js";
import { type RecordKind, type SignedRecord, signRecord } from "../core/trust/record.js";
import type { Tx } from "../store/db.js";
import { insertLogLeaf, type LogHead, lockLogHead } from "../store/log.js";
import { checkOwnKeys } from "./own-keys.js";
import type { Registry } from "./registry.js";

/**
 * Runs `work`, which appends to the log, in a transaction. Whoever reads after it returned sees what
 * it changed.
 * @throws {FlowError} registry_read_only, signing_key_replaced
 */
export async function changeRegistry<T>(
  registry: Registry,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  registry.condition.checkWritable();
  await checkOwnKeys(registry);
  try {
    return await registry.db.transaction(work);
  } finally {
    // Also where it failed: a commit whose answer was lost may have come about.
    registry.freshness.drop();
  }
}

/**
 * Appends a leaf for a signed envelope and stores the envelope; returns the leaf's index. Holds the
 * log's head locked until `tx` ends, so it comes last where it can. `locked` is the head where `tx`
 * locked it already and appended nothing since.
 * @throws {FlowError} registry_read_only where the database has fewer leaves than were published
 */
export async function appendEnvelope(
  registry: Registry,
  tx: Tx,
  kind: RecordKind,
  envelope: Uint8Array,
  locked?: LogHead,
): Promise<number> {
  const head = locked ?? (await lockLogHead(tx));
  registry.checkpoints.checkNotBehind(registry.condition, head.size);
  return insertEnvelope(tx, kind, envelope, head);
}

/** Appends after a locked head, whatever was published. */
export async function insertEnvelope(
  tx: Tx,
  kind: RecordKind,
  envelope: Uint8Array,
  head: LogHead,
): Promise<number> {
  const digest = sha256Digest(envelope);
  const hash = leafHash({ kind, envelope: digest });
  const frontier = parseFrontier(head.size, head.frontier);
  const grown = appendLeaf(frontier, hash);
  await insertLogLeaf(
    tx,
    { index: head.size, hash, kind },
    {
      envelope: { digest, content: envelope },
      nodes: completedNodes(frontier, hash),
      head: { size: grown.size, frontier: formatFrontier(grown) },
    },
  );
  return head.size;
}

/** Signs a record of what the service did and appends it; returns the leaf's index. */
export async function appendRecord(
  registry: Registry,
  tx: Tx,
  record: Omit<SignedRecord, "time">,
  locked?: LogHead,
): Promise<number> {
  return appendEnvelope(registry, tx, record.kind, await recordEnvelope(registry, record), locked);
}

/** A record of what the service does now, signed by its release key. */
export async function recordEnvelope(
  { keys, now }: Registry,
  record: Omit<SignedRecord, "time">,
): Promise<Uint8Array> {
  const signed = await signRecord({ ...record, time: now().toISOString() }, keys.release);
  return new TextEncoder().encode(signed);
}
