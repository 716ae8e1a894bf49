/** Who approved which release. */
import { and, asc, eq } from "drizzle-orm";
import type { Db, Tx } from "./db.js";
import { approvals } from "./schema.js";

export type ApprovalRow = typeof approvals.$inferSelect;

/** Approvals of a release, the first one first. */
export function listApprovals(
  db: Db | Tx,
  environment: string,
  number: number,
): Promise<ApprovalRow[]> {
  return db
    .select()
    .from(approvals)
    .where(and(eq(approvals.environment, environment), eq(approvals.number, number)))
    .orderBy(asc(approvals.logIndex));
}

export async function insertApproval(tx: Tx, row: ApprovalRow): Promise<void> {
  await tx.insert(approvals).values(row);
}
