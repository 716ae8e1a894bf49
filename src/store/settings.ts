/** Facts about this registry by name. */
import { eq } from "drizzle-orm";
import type { Db, Tx } from "./db.js";
import { settings } from "./schema.js";

/** Writes `value` unless the setting has one; returns the value that stands. */
export async function settle(db: Db | Tx, name: string, value: string): Promise<string> {
  await db.insert(settings).values({ name, value }).onConflictDoNothing();
  return (await readSetting(db, name)) ?? value;
}

export async function readSetting(db: Db | Tx, name: string): Promise<string | undefined> {
  const [row] = await db.select().from(settings).where(eq(settings.name, name));
  return row?.value;
}

export async function deleteSetting(tx: Tx, name: string): Promise<void> {
  await tx.delete(settings).where(eq(settings.name, name));
}

/** Writes `value` whatever stands. */
export async function writeSetting(tx: Tx, name: string, value: string): Promise<void> {
  await tx
    .insert(settings)
    .values({ name, value })
    .onConflictDoUpdate({ target: settings.name, set: { value } });
}
