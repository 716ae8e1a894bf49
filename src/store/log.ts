/** The log's rows. Appending needs the head's row lock: take it in the transaction that appends. */
import { and, asc, gte, lt, sql } from "drizzle-orm";
import { type Blob, insertBlobs } from "./blobs.js";
import type { Db, Tx } from "./db.js";
import { LOG_CHANNEL } from "./log-watch.js";
import { logHead, logLeaves } from "./schema.js";
import { writeTogether } from "./together.js";

export interface LogHead {
  /** Number of leaves. */
  readonly size: number;
  /** Roots of the complete subtrees, left to right, 32 bytes each. */
  readonly frontier: Uint8Array;
}

export interface LogLeaf {
  readonly index: number;
  readonly hash: Uint8Array;
  readonly kind: string;
  readonly envelope: string;
}

const HEAD = 1;

/** Locks the head until the transaction ends, and reads it. */
export async function lockLogHead(tx: Tx): Promise<LogHead> {
  const [head] = await tx.select().from(logHead).for("update");
  if (head !== undefined) return head;
  // An empty log has no row yet; of two that make it, the second waits for the first.
  await tx
    .insert(logHead)
    .values({ id: HEAD, size: 0, frontier: new Uint8Array() })
    .onConflictDoNothing();
  return lockLogHead(tx);
}

/**
 * Adds the leaf after the locked head, with its envelope, and moves the head on; other processes get
 * word at the commit.
 */
export async function insertLogLeaf(
  tx: Tx,
  leaf: Omit<LogLeaf, "envelope">,
  envelope: Blob,
  head: LogHead,
): Promise<void> {
  const word = sql`pg_notify(${LOG_CHANNEL}, '')`;
  await writeTogether(tx, [
    tx.update(logHead).set(head).returning({ word }),
    tx.insert(logLeaves).values({ ...leaf, envelope: envelope.digest }),
    insertBlobs(tx, [envelope]),
  ]);
}

export async function readLogHead(db: Db | Tx): Promise<LogHead> {
  const [head] = await db.select().from(logHead);
  return { size: head?.size ?? 0, frontier: head?.frontier ?? new Uint8Array() };
}

/** Leaves `start` (inclusive) to `end` (exclusive). */
export function readLogLeaves(db: Db | Tx, start: number, end: number): Promise<LogLeaf[]> {
  return db
    .select()
    .from(logLeaves)
    .where(and(gte(logLeaves.index, start), lt(logLeaves.index, end)))
    .orderBy(asc(logLeaves.index));
}
