/** The newest checkpoint as the processes share it, and what one is made from, read at one moment. */
import { eq, sql } from "drizzle-orm";
import type { Db, Tx } from "./db.js";
import { type LogHead, NO_LEAVES } from "./log.js";
import { logCheckpoint, logHead, settings } from "./schema.js";

export interface CheckpointRow {
  readonly origin: string;
  readonly size: number;
  /** The signed note. */
  readonly note: string;
}

export interface LogState {
  readonly head: LogHead;
  /** The log's name. */
  readonly origin: string;
  readonly checkpoint: CheckpointRow | undefined;
}

/** The name of the log is the setting of this name. */
export const ORIGIN_SETTING = "log_origin";
const ROW = 1;

/** The committed head with the origin and the shared checkpoint of the same moment. */
export async function readLogState(db: Db | Tx): Promise<LogState> {
  const one = sql`(select 1) as one`;
  const [row] = await db
    .select({ head: logHead, origin: settings.value, checkpoint: logCheckpoint })
    .from(one)
    .leftJoin(logHead, sql`true`)
    .leftJoin(settings, eq(settings.name, ORIGIN_SETTING))
    .leftJoin(logCheckpoint, eq(logCheckpoint.id, ROW));
  const { head, origin, checkpoint } = row ?? {};
  return {
    head: head ?? NO_LEAVES,
    origin: origin ?? "",
    checkpoint: checkpoint ?? undefined,
  };
}

/** Shares `checkpoint` unless a larger one of its log is there; whether it is the shared one now. */
export async function shareCheckpoint(db: Db | Tx, checkpoint: CheckpointRow): Promise<boolean> {
  const rows = await db
    .insert(logCheckpoint)
    .values({ id: ROW, ...checkpoint })
    .onConflictDoUpdate({
      target: logCheckpoint.id,
      set: checkpoint,
      setWhere: sql`${logCheckpoint.size} < excluded.size or ${logCheckpoint.origin} <> excluded.origin`,
    })
    .returning({ id: logCheckpoint.id });
  return rows.length > 0;
}

/** Locks the shared checkpoint until the transaction ends, and reads it. */
export async function lockSharedCheckpoint(tx: Tx): Promise<CheckpointRow | undefined> {
  const [row] = await tx.select().from(logCheckpoint).for("update");
  return row;
}

/** Replaces the note of the shared checkpoint, which has to be locked. */
export async function writeSharedNote(tx: Tx, note: string): Promise<void> {
  await tx.update(logCheckpoint).set({ note });
}
