/** Entry lists, and which environments refer to them. */
import { asc, eq, gt, inArray, sql } from "drizzle-orm";
import type { JsonValue } from "../core/codec/canonical-json.js";
import type { Db, Tx } from "./db.js";
import { entryLists, environments } from "./schema.js";

export interface EntryListRow {
  readonly name: string;
  readonly revision: number;
  /** The list's JSON form. */
  readonly entries: JsonValue;
  readonly digest: string;
  readonly updatedAt: Date;
  readonly logIndex: number;
}

/** Those of the named lists that there are. */
export async function findEntryLists(
  db: Db | Tx,
  names: readonly string[],
): Promise<EntryListRow[]> {
  if (names.length === 0) return [];
  return db
    .select()
    .from(entryLists)
    .where(inArray(entryLists.name, [...names]))
    .orderBy(asc(entryLists.name));
}

/** Reads lists and keeps others from changing them until the transaction ends. */
export async function lockEntryLists(tx: Tx, names: readonly string[]): Promise<EntryListRow[]> {
  if (names.length === 0) return [];
  return tx
    .select()
    .from(entryLists)
    .where(inArray(entryLists.name, [...names]))
    .orderBy(asc(entryLists.name))
    .for("update");
}

/** Lists after `after` in order of name. */
export function listEntryLists(
  db: Db | Tx,
  page: { after?: string; limit: number },
): Promise<EntryListRow[]> {
  return db
    .select()
    .from(entryLists)
    .where(page.after === undefined ? undefined : gt(entryLists.name, page.after))
    .orderBy(asc(entryLists.name))
    .limit(page.limit);
}

/** Names of the environments whose definition refers to the list. */
export async function listEnvironmentsOfList(db: Db | Tx, name: string): Promise<string[]> {
  const reference = JSON.stringify({ entries: [{ list: name }] });
  const rows = await db
    .select({ name: environments.name })
    .from(environments)
    .where(sql`${environments.definition} @> ${reference}::jsonb`)
    .orderBy(asc(environments.name));
  return rows.map((row) => row.name);
}

/** Inserts the list; false where the name is taken. */
export async function insertEntryList(tx: Tx, row: EntryListRow): Promise<boolean> {
  const inserted = await tx
    .insert(entryLists)
    .values(row)
    .onConflictDoNothing()
    .returning({ name: entryLists.name });
  return inserted.length > 0;
}

export async function updateEntryList(tx: Tx, row: EntryListRow): Promise<void> {
  await tx.update(entryLists).set(row).where(eq(entryLists.name, row.name));
}
