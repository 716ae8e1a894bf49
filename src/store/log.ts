/** The log's rows. Appending needs the head's row lock: take it in the transaction that appends. */
import { and, asc, count, eq, gte, lt, or, sql } from "drizzle-orm";
import type { LogNode } from "../core/tlog/frontier.js";
import type { NodeRange } from "../core/tlog/tile.js";
import { type Blob, insertBlobs } from "./blobs.js";
import type { Db, Tx } from "./db.js";
import { LOG_CHANNEL } from "./log-watch.js";
import { logHead, logLeaves, logNodes } from "./schema.js";
import { writeTogether } from "./together.js";

export interface LogHead {
  /** Number of leaves. */
  readonly size: number;
  /** Roots of the complete subtrees, left to right, 32 bytes each. */
  readonly frontier: Uint8Array;
}

/** The head of an empty log. */
export const NO_LEAVES: LogHead = { size: 0, frontier: new Uint8Array() };

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
    .values({ id: HEAD, ...NO_LEAVES })
    .onConflictDoNothing();
  return lockLogHead(tx);
}

/** What a leaf comes with. */
export interface Growth {
  readonly envelope: Blob;
  /** Complete subtrees that end with the leaf. */
  readonly nodes: readonly LogNode[];
  /** The head that the log has with it. */
  readonly head: LogHead;
}

/**
 * Adds the leaf after the locked head, with its envelope, and moves the head on; other processes get
 * word at the commit.
 */
export async function insertLogLeaf(
  tx: Tx,
  leaf: Omit<LogLeaf, "envelope">,
  { envelope, nodes, head }: Growth,
): Promise<void> {
  const word = sql`pg_notify(${LOG_CHANNEL}, '')`;
  await writeTogether(tx, [
    tx.update(logHead).set(head).returning({ word }),
    tx.insert(logLeaves).values({ ...leaf, envelope: envelope.digest }),
    insertBlobs(tx, [envelope]),
    ...(nodes.length === 0 ? [] : [insertNodes(tx, nodes)]),
  ]);
}

export async function readLogHead(db: Db | Tx): Promise<LogHead> {
  const [head] = await db.select().from(logHead);
  return head ?? NO_LEAVES;
}

/** Leaves `start` (inclusive) to `end` (exclusive). */
export function readLogLeaves(db: Db | Tx, start: number, end: number): Promise<LogLeaf[]> {
  return db
    .select()
    .from(logLeaves)
    .where(and(gte(logLeaves.index, start), lt(logLeaves.index, end)))
    .orderBy(asc(logLeaves.index));
}

/** How many nodes of each level are stored, by level from 1. */
export async function countLogNodes(db: Db | Tx): Promise<Map<number, number>> {
  const rows = await db
    .select({ level: logNodes.level, count: count() })
    .from(logNodes)
    .groupBy(logNodes.level);
  return new Map(rows.map((row) => [row.level, row.count]));
}

/** Stores nodes; those that are there stay. */
export async function putLogNodes(db: Db | Tx, nodes: readonly LogNode[]): Promise<void> {
  if (nodes.length > 0) await insertNodes(db, nodes);
}

/**
 * The hashes of ranges of nodes, in the order they are asked for: leaf hashes for level 0. Where rows
 * are missing a range is shorter than it should be.
 */
export async function readLogHashes(
  db: Db | Tx,
  ranges: readonly NodeRange[],
): Promise<Uint8Array[][]> {
  const leaves = ranges.filter(({ level }) => level === 0);
  const nodes = ranges.filter(({ level }) => level > 0);
  const found = new Map<string, Uint8Array>();
  if (leaves.length > 0) {
    const rows = await db
      .select({ index: logLeaves.index, hash: logLeaves.hash })
      .from(logLeaves)
      .where(or(...leaves.map((range) => within(logLeaves.index, range))));
    for (const { index, hash } of rows) found.set(`0/${index}`, hash);
  }
  if (nodes.length > 0) {
    const rows = await db
      .select()
      .from(logNodes)
      .where(
        or(
          ...nodes.map((range) =>
            and(eq(logNodes.level, range.level), within(logNodes.index, range)),
          ),
        ),
      );
    for (const { level, index, hash } of rows) found.set(`${level}/${index}`, hash);
  }
  return ranges.map(({ level, start, count: wanted }) =>
    Array.from({ length: wanted }, (_, i) => found.get(`${level}/${start + i}`)).filter(
      (hash) => hash !== undefined,
    ),
  );
}

function within(column: typeof logLeaves.index | typeof logNodes.index, range: NodeRange) {
  return and(gte(column, range.start), lt(column, range.start + range.count));
}

function insertNodes(db: Db | Tx, nodes: readonly LogNode[]) {
  return db
    .insert(logNodes)
    .values([...nodes])
    .onConflictDoNothing();
}
