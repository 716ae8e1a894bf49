/** Encrypted state of projects, changed only by compare-and-swap on the revision. */
import { and, type Column, eq, exists, sql } from "drizzle-orm";
import type { Db, Tx } from "./db.js";
import { preparedFor, UNNAMED, valueFor } from "./prepared.js";
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

const preparedFind = preparedFor((db) =>
  db.select().from(projects).where(isNamed(projects)).prepare(UNNAMED),
);

export async function findProject(
  db: Db | Tx,
  { project, environment }: ProjectKey,
): Promise<ProjectRow | undefined> {
  const [row] = await preparedFind(db).execute({ project, environment });
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
 * of this render too: one statement, all of it or nothing. Without `sealed` the state stays as it is.
 */
export async function saveProjectTouchingUsage(
  db: Db,
  row: Omit<ProjectRow, "sealed"> & Partial<Pick<ProjectRow, "sealed">>,
  expected: number,
): Promise<boolean> {
  const { withState, withoutState } = preparedSave(db);
  const save = row.sealed === undefined ? withoutState : withState;
  return (await save.execute({ ...row, expected })).length > 0;
}

const preparedSave = preparedFor((db) => {
  const { target, revision, sealed, updatedAt, usage } = projects;
  const columns = { target, revision, updatedAt, usage };
  return {
    withState: prepareSave(db, { ...columns, sealed }),
    withoutState: prepareSave(db, columns),
  };
});

/** Sets `columns` to the values of their names where the revision is `expected`. */
function prepareSave(db: Db | Tx, columns: Readonly<Record<string, Column>>) {
  const values = Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [name, valueFor(column, name)] as const),
  );
  const saved = db.$with("saved").as(
    db
      .update(projects)
      .set(values)
      .where(and(isNamed(projects), eq(projects.revision, sql.placeholder("expected"))))
      .returning({ revision: projects.revision }),
  );
  const touched = db.$with("touched").as(
    db
      .update(usage)
      .set({
        lastUsedAt: valueFor(usage.lastUsedAt, "updatedAt"),
        renders: sql`${usage.renders} + 1`,
        leaf: null,
      })
      .where(and(isNamed(usage), eq(usage.current, true), exists(db.select().from(saved))))
      .returning({ resource: usage.resource }),
  );
  return db.with(saved, touched).select().from(saved).prepare(UNNAMED);
}

/** Rows of the project that the values `project` and `environment` name. */
function isNamed({ project, environment }: typeof projects | typeof usage) {
  return and(
    eq(project, sql.placeholder("project")),
    eq(environment, sql.placeholder("environment")),
  );
}

function is(key: ProjectKey) {
  return and(eq(projects.project, key.project), eq(projects.environment, key.environment));
}
