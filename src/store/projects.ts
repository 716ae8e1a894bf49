/** Encrypted state of projects, changed only by compare-and-swap on the revision. */
import { and, eq } from "drizzle-orm";
import type { Db, Tx } from "./db.js";
import { projects } from "./schema.js";

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

function is(key: ProjectKey) {
  return and(eq(projects.project, key.project), eq(projects.environment, key.environment));
}
