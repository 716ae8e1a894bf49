/** Logs of others that this service witnesses. */
import { eq } from "drizzle-orm";
import { emptyRoot } from "../core/tlog/merkle.js";
import type { Tx } from "./db.js";
import { witnessedLogs } from "./schema.js";

export interface WitnessedLog {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  /** The signed note as it came. */
  readonly note: string;
}

/** Locks the log's row until the transaction ends; size 0 and no note where nothing was cosigned. */
export async function lockWitnessedLog(tx: Tx, origin: string): Promise<WitnessedLog> {
  const none = { origin, size: 0, root: emptyRoot(), note: "" };
  await tx.insert(witnessedLogs).values(none).onConflictDoNothing();
  const [row] = await tx
    .select()
    .from(witnessedLogs)
    .where(eq(witnessedLogs.origin, origin))
    .for("update");
  return row ?? none;
}

export async function writeWitnessedLog(tx: Tx, { origin, ...row }: WitnessedLog): Promise<void> {
  await tx.update(witnessedLogs).set(row).where(eq(witnessedLogs.origin, origin));
}
