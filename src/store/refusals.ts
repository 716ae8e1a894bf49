/** Counts of refused requests: a row for each minute, actor, address, method, route and code. */
import { and, asc, desc, eq, gte, isNull, sql } from "drizzle-orm";
import type { Db, Tx } from "./db.js";
import { refusals } from "./schema.js";

export type RefusalRow = Omit<typeof refusals.$inferSelect, "leaf">;

export interface RefusalSearch {
  readonly actor?: string;
  readonly address?: string;
  readonly code?: string;
  /** Of minutes that began then or later. */
  readonly since?: Date;
  readonly offset: number;
  readonly limit: number;
}

/** Adds to the counts; returns the rows that a batch holds already, which stay as they are. */
export async function countRefusals(
  tx: Tx,
  rows: readonly RefusalRow[],
): Promise<readonly RefusalRow[]> {
  if (rows.length === 0) return [];
  const { minute, actor, address, method, route, code } = refusals;
  const counted = await tx
    .insert(refusals)
    .values([...rows])
    .onConflictDoUpdate({
      target: [minute, actor, address, method, route, code],
      set: { count: sql`${refusals.count} + excluded.count` },
      setWhere: isNull(refusals.leaf),
    })
    .returning({ minute, actor, address, method, route, code });
  const done = new Set(counted.map(refusalKey));
  return rows.filter((row) => !done.has(refusalKey(row)));
}

/** What tells a count from every other. */
export function refusalKey(row: Omit<RefusalRow, "count">): string {
  const { minute, actor, address, method, route, code } = row;
  return JSON.stringify([minute.getTime(), actor, address, method, route, code]);
}

/** The counts that fit, the newest minute first; `leaf` is that of their batch, null until then. */
export function listRefusals(
  db: Db | Tx,
  { actor, address, code, since, offset, limit }: RefusalSearch,
): Promise<(typeof refusals.$inferSelect)[]> {
  return db
    .select()
    .from(refusals)
    .where(
      and(
        actor === undefined ? undefined : eq(refusals.actor, actor),
        address === undefined ? undefined : eq(refusals.address, address),
        code === undefined ? undefined : eq(refusals.code, code),
        since === undefined ? undefined : gte(refusals.minute, since),
      ),
    )
    .orderBy(
      desc(refusals.minute),
      asc(refusals.actor),
      asc(refusals.address),
      asc(refusals.method),
      asc(refusals.route),
      asc(refusals.code),
    )
    .offset(offset)
    .limit(limit);
}
