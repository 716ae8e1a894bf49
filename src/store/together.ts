/** Several writes as one statement: who holds the log's head keeps all others waiting for each answer. */
import { type SQLWrapper, sql } from "drizzle-orm";
import type { Tx } from "./db.js";

/**
 * Runs the statements as one (`WITH`), in no given order: each sees the rows as they were before.
 * Foreign keys are checked at the end.
 */
export async function writeTogether(
  tx: Tx,
  [main, ...others]: readonly [SQLWrapper, SQLWrapper, ...SQLWrapper[]],
): Promise<void> {
  const parts = others.map(
    (statement, i) => sql`${sql.identifier(`write_${i}`)} as (${statement.getSQL()})`,
  );
  await tx.execute(sql`with ${sql.join(parts, sql`, `)} ${main.getSQL()}`);
}
