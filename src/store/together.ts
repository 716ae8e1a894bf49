/** Several writes as one statement: who holds the log's head keeps all others waiting for each answer. */
import { type SQLWrapper, sql } from "drizzle-orm";
import type { Tx } from "./db.js";

/**
 * Runs the statements as one (`WITH`): all of them see the rows as they were before, so none may need
 * what another writes. Constraints hold at the end.
 */
export async function writeTogether(tx: Tx, statements: readonly SQLWrapper[]): Promise<void> {
  const last = statements.at(-1);
  if (last === undefined) return;
  const others = statements
    .slice(0, -1)
    .map((statement, i) => sql`${sql.identifier(`write_${i}`)} as (${statement.getSQL()})`);
  const before = others.length === 0 ? sql`` : sql`with ${sql.join(others, sql`, `)} `;
  await tx.execute(sql`${before}${last.getSQL()}`);
}
