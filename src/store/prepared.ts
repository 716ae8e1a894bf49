/** Queries of every render, put together once for each database instead of at each call. */
import { type Column, type SQL, sql } from "drizzle-orm";
import type { Db, Tx } from "./db.js";

/**
 * Servers are asked without a name for the statement: that would tie it to one connection, which a
 * pool in between (PgBouncer) takes away.
 */
export const UNNAMED = "";

/** `prepare` once for each database or transaction. */
export function preparedFor<T>(prepare: (db: Db | Tx) => T): (db: Db | Tx) => T {
  const prepared = new WeakMap<Db | Tx, T>();
  return (db) => {
    const known = prepared.get(db) ?? prepare(db);
    prepared.set(db, known);
    return known;
  };
}

/** The value `name` of an execution, written as `column` is. */
export function valueFor(column: Column, name: string): SQL {
  return sql`${sql.param(sql.placeholder(name), column)}`;
}
