/** Notices: what was said of versions after they were published, at most one of a kind for each. */
import { and, asc, eq, inArray } from "drizzle-orm";
import type { Db, Tx } from "./db.js";
import { notices } from "./schema.js";

export type NoticeKind = "yanked" | "deprecated";

export interface NoticeRow {
  /** `namespace/name` */
  readonly recipe: string;
  readonly version: string;
  readonly kind: NoticeKind;
  /** Digest of the version's manifest. */
  readonly digest: string;
  readonly reason: string;
  /** `namespace/name` or `namespace/name@version`. */
  readonly successor: string | null;
  readonly actor: string;
  readonly at: Date;
  readonly logIndex: number;
}

/** The notices of versions by their digests, `deprecated` before `yanked`. */
export async function listNotices(
  db: Db | Tx,
  digests: readonly string[],
): Promise<readonly NoticeRow[]> {
  if (digests.length === 0) return [];
  return db
    .select()
    .from(notices)
    .where(inArray(notices.digest, [...digests]))
    .orderBy(asc(notices.digest), asc(notices.kind));
}

/** Writes the notice in the place of one of its kind. */
export async function putNotice(tx: Tx, row: NoticeRow): Promise<void> {
  await tx
    .insert(notices)
    .values(row)
    .onConflictDoUpdate({ target: [notices.recipe, notices.version, notices.kind], set: row });
}

export async function deleteNotice(tx: Tx, digest: string, kind: NoticeKind): Promise<void> {
  await tx.delete(notices).where(and(eq(notices.digest, digest), eq(notices.kind, kind)));
}
