/** Which environments serve a version. */
import { and, asc, eq, sql } from "drizzle-orm";
import type { Db, Tx } from "./db.js";
import { pointers, releases } from "./schema.js";

/** The environments whose current release has the version with this manifest digest, by name. */
export function listServing(
  db: Db | Tx,
  digest: string,
  limit: number,
): Promise<{ readonly environment: string; readonly number: number }[]> {
  const entry = JSON.stringify({ entries: [{ digest }] });
  return db
    .select({ environment: releases.environment, number: releases.number })
    .from(pointers)
    .innerJoin(
      releases,
      and(eq(releases.environment, pointers.environment), eq(releases.number, pointers.number)),
    )
    .where(sql`${releases.payload} @> ${entry}::jsonb`)
    .orderBy(asc(releases.environment))
    .limit(limit);
}
