/** Encrypted state of projects, changed only by compare-and-swap on the revision. */
import { and, eq, exists, sql } from "drizzle-orm";
import type { Db, Tx } from "./db.js";
import { projects, usage } from "./schema.js";

export interface ProjectKey {
  readonly project: string;
  readonly environment: string;
}

export interface ProjectRow extends ProjectKey {
  readonly target: string;
  readonly revision: number;
  /** Empty where the state was deleted: the row stays, so that revisions never repeat. */
  readonly sealed: Uint8Array;
  readonly updatedAt: Date;
  /** Digest of the usage records that are the project's current ones; "" where that is not known. */
  readonly usage: string;
}

export async function findProject(db: Db | Tx, key: ProjectKey): Promise<ProjectRow | undefined> {
  const [row] = await db.select().from(projects).where(is(key));
  return row;
}

/**
 * Saves `row` where the stored revision is still `expected` (0: there is none yet); false where
 * another writer was first.
 */
export async function saveProject(tx: Tx, row: ProjectRow, expected: number): Promise<boolean> {
  const written =
    expected === 0
      ? await tx
          .insert(projects)
          .values(row)
          .onConflictDoNothing()
          .returning({ revision: projects.revision })
      : await tx
          .update(projects)
          .set(row)
          .where(and(is(row), eq(projects.revision, expected)))
          .returning({ revision: projects.revision });
  return written.length > 0;
}

/**
 * Saves `row` as `saveProject` does and touches the project's current usage records, which are those
 * of this render too: one statement, all of it or nothing.
 */
export async function saveProjectTouchingUsage(
  db: Db,
  row: ProjectRow,
  expected: number,
): Promise<boolean> {
  const saved = db.$with("saved").as(
    db
      .update(projects)
      .set(row)
      .where(and(is(row), eq(projects.revision, expected)))
      .returning({ revision: projects.revision }),
  );
  const touched = db.$with("touched").as(
    db
      .update(usage)
      .set({ lastUsedAt: row.updatedAt, renders: sql`${usage.renders} + 1` })
      .where(
        and(
          eq(usage.environment, row.environment),
          eq(usage.project, row.project),
          eq(usage.current, true),
          exists(db.select().from(saved)),
        ),
      )
      .returning({ resource: usage.resource }),
  );
  return (await db.with(saved, touched).select().from(saved)).length > 0;
}

function is(key: ProjectKey) {
  return and(eq(projects.project, key.project), eq(projects.environment, key.environment));
}
