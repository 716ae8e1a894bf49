/** What lists show of a version: a row of the store and what was said of it since. */
import type { JsonValue } from "../core/codec/canonical-json.js";
import type { Db, Tx } from "../store/db.js";
import type { VersionRow } from "../store/recipes.js";
import { type Notice, readNotices } from "./notice.js";

export interface VersionSummary {
  readonly recipe: string;
  readonly version: string;
  readonly digest: string;
  readonly publishedAt: Date;
  readonly title: string | undefined;
  readonly description: string | undefined;
  readonly notices: readonly Notice[];
}

/** The summaries of rows, in their order. */
export async function summarize(
  db: Db | Tx,
  rows: readonly VersionRow[],
): Promise<VersionSummary[]> {
  const notices = await readNotices(
    db,
    rows.map(({ digest }) => digest),
  );
  return rows.map(({ recipe, version, digest, publishedAt, metadata }) => ({
    recipe,
    version,
    digest,
    publishedAt,
    ...describedIn(metadata),
    notices: notices.get(digest) ?? [],
  }));
}

/** What the config blob of a version says for people; it was checked when it was published. */
export function describedIn(metadata: JsonValue): {
  readonly title: string | undefined;
  readonly description: string | undefined;
} {
  return { title: textOf(metadata, "title"), description: textOf(metadata, "description") };
}

/** The names of the maintainers in the config blob of a version. */
export function maintainersIn(metadata: JsonValue): string[] {
  const maintainers = memberOf(metadata, "maintainers");
  if (!Array.isArray(maintainers)) return [];
  return maintainers.flatMap((one: JsonValue) => textOf(one, "name") ?? []);
}

function textOf(value: JsonValue, key: string): string | undefined {
  const member = memberOf(value, key);
  return typeof member === "string" ? member : undefined;
}

function memberOf(value: JsonValue, key: string): JsonValue | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return (value as Readonly<Record<string, JsonValue>>)[key];
}
