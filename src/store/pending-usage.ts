/**
 * Usage records and counts of refusals that changed since their last batch. Who takes them holds the
 * log's head, so that batches follow one another; rows that somebody writes are passed over, so it
 * waits for nobody, and the next batch has them.
 */
import { and, asc, getTableColumns, isNull, lt, type SQL, sql } from "drizzle-orm";
import type { Db, Tx } from "./db.js";
import type { RefusalRow } from "./refusals.js";
import { refusals, usage } from "./schema.js";
import type { UsageRow } from "./usage.js";

/** Rows that stay locked until the transaction ends. */
export interface Pending<Row> {
  readonly rows: readonly Row[];
  /** Where they lie, which is theirs as long as they are locked. */
  readonly places: readonly string[];
}

/** True where any row waits for a batch. */
export async function hasPending(db: Db | Tx, before: Date): Promise<boolean> {
  const one = sql<number>`1`;
  const [[row], [count]] = await Promise.all([
    db.select({ one }).from(usage).where(isNull(usage.leaf)).limit(1),
    db.select({ one }).from(refusals).where(isPast(before)).limit(1),
  ]);
  return row !== undefined || count !== undefined;
}

/** Locks usage records that wait for a batch, at most `limit`. */
export async function lockPendingUsage(tx: Tx, limit: number): Promise<Pending<UsageRow>> {
  const { leaf: _leaf, ...columns } = getTableColumns(usage);
  const found = await tx
    .select({ ...columns, place: place() })
    .from(usage)
    .where(isNull(usage.leaf))
    .limit(limit)
    .for("update", { skipLocked: true });
  return split(found);
}

/** Locks counts of minutes that ended by `before`, at most `limit`. */
export async function lockPendingRefusals(
  tx: Tx,
  before: Date,
  limit: number,
): Promise<Pending<RefusalRow>> {
  const { minute, actor, address, method, route, code, count } = refusals;
  const found = await tx
    .select({ minute, actor, address, method, route, code, count, place: place() })
    .from(refusals)
    .where(isPast(before))
    .orderBy(asc(minute))
    .limit(limit)
    .for("update", { skipLocked: true });
  return split(found);
}

/** Says that the locked rows, as they are, stand in the batch of a leaf. */
export async function markBatched(
  tx: Tx,
  leaf: number,
  batched: { readonly usage: Pending<unknown>; readonly refusals: Pending<unknown> },
): Promise<void> {
  if (batched.usage.places.length > 0) {
    await tx.update(usage).set({ leaf }).where(isAt(batched.usage.places));
  }
  if (batched.refusals.places.length > 0) {
    await tx.update(refusals).set({ leaf }).where(isAt(batched.refusals.places));
  }
}

function isPast(before: Date): SQL | undefined {
  return and(isNull(refusals.leaf), lt(refusals.minute, before));
}

function place(): SQL<string> {
  return sql<string>`ctid::text`;
}

function isAt(places: readonly string[]): SQL {
  // As text: the drivers have no list of this type.
  const list = `{${places.map((one) => `"${one}"`).join(",")}}`;
  return sql`ctid = any(${list}::text::tid[])`;
}

function split<Row extends { readonly place: string }>(
  found: readonly Row[],
): Pending<Omit<Row, "place">> {
  return {
    rows: found.map(({ place: _place, ...row }) => row),
    places: found.map((row) => row.place),
  };
}
