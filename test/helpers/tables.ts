/** What a database holds, table by table, as text: to compare it, or to look for what must not be there. */
import { sql } from "drizzle-orm";
import type { Db } from "../../src/store/db.js";

/** Every table's rows as text in the order of that text, with bytes as latin-1. */
export async function readTables(db: Db): Promise<Record<string, string>> {
  const named = rowsOf(
    await db.execute(
      sql`select table_name as name from information_schema.tables where table_schema = 'public'`,
    ),
  );
  const contents: Record<string, string> = {};
  for (const { name } of named) {
    const rows = rowsOf(await db.execute(sql`select * from ${sql.identifier(String(name))}`));
    contents[String(name)] = rows
      .map((row) => Object.values(row).map(textOf).join("\t"))
      .sort()
      .join("\n");
  }
  return contents;
}

/** As `readTables`, without what a refused request may leave: that it was refused, and when its token was used. */
export async function readRegistry(db: Db): Promise<Record<string, string>> {
  const { refusals: _refused, tokens: _used, ...content } = await readTables(db);
  return content;
}

function rowsOf(result: unknown): readonly Record<string, unknown>[] {
  return (result as { rows: Record<string, unknown>[] }).rows;
}

function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("latin1");
  return typeof value === "string" ? value : JSON.stringify(value);
}
