/** Names that callers are granted, as a condition on a column. */
import { type Column, eq, or, type SQL, sql } from "drizzle-orm";

/** Whether the column's text is one of `names`; a name that ends in `*` is all that begin so. */
export function isNamedBy(column: Column, names: readonly string[]): SQL {
  const conditions = names.map((name) =>
    name.endsWith("*") ? sql`starts_with(${column}, ${name.slice(0, -1)})` : eq(column, name),
  );
  return or(...conditions) ?? sql`false`;
}
