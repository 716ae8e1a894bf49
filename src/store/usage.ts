/** Usage records: one row per combination of workload, resource and recipe version, touched at each render. */
import { and, asc, desc, eq, gt, lte, ne, notInArray, or, type SQL, sql } from "drizzle-orm";
import type { UsageSnapshot } from "../core/audit/usage-batch.js";
import { TARGETS, type Target } from "../core/score/project-state.js";
import type { Db, Tx } from "./db.js";
import { isNamedBy } from "./named.js";
import { projects, usage } from "./schema.js";

/** A usage record as it stands. */
export interface UsageRow extends Omit<UsageSnapshot, "firstUsedAt" | "lastUsedAt"> {
  readonly firstUsedAt: Date;
  readonly lastUsedAt: Date;
}

/** A statement takes 65,535 parameters; a row has 13. */
const ROWS_PER_STATEMENT = 2000;

/** Writes the records of one render: new ones are inserted, known ones touched. */
export async function recordUsage(tx: Tx, rows: readonly UsageRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    await upsert(tx, rows.slice(start, start + ROWS_PER_STATEMENT));
  }
}

async function upsert(tx: Tx, rows: UsageRow[]): Promise<void> {
  await tx
    .insert(usage)
    .values(rows)
    .onConflictDoUpdate({
      target: [
        usage.environment,
        usage.project,
        usage.workload,
        usage.resource,
        usage.recipe,
        usage.digest,
        usage.release,
        usage.actor,
      ],
      set: {
        // Clocks of several processes differ; what a batch of the log has said is not taken back.
        lastUsedAt: sql`greatest(${usage.lastUsedAt}, excluded.last_used_at)`,
        renders: sql`${usage.renders} + 1`,
        current: sql`excluded.current`,
        leaf: null,
      },
    });
}

/** Marks the project's records that the render at `time` did not touch as used until then. */
export async function retireUsage(
  tx: Tx,
  key: { environment: string; project: string },
  time: Date,
): Promise<void> {
  await tx
    .update(usage)
    .set({ current: false, lastUsedAt: time, leaf: null })
    .where(
      and(
        eq(usage.environment, key.environment),
        eq(usage.project, key.project),
        eq(usage.current, true),
        sql`${usage.lastUsedAt} < ${time.toISOString()}`,
      ),
    );
}

/** Marks the records of all workloads but `kept` as used until `at`. */
export async function retireWorkloads(
  tx: Tx,
  key: { environment: string; project: string },
  { kept, at }: { readonly kept: readonly string[]; readonly at: Date },
): Promise<void> {
  await tx
    .update(usage)
    .set({ current: false, lastUsedAt: at, leaf: null })
    .where(
      and(
        eq(usage.environment, key.environment),
        eq(usage.project, key.project),
        eq(usage.current, true),
        kept.length === 0 ? undefined : notInArray(usage.workload, [...kept]),
      ),
    );
}

/** A resource, or a patch template, that a workload uses now. */
export interface UseInForce
  extends Pick<
    UsageRow,
    "project" | "workload" | "resource" | "recipe" | "version" | "digest" | "release"
  > {
  /** Of the project's stored state; null without one. */
  readonly target: Target | null;
}

/**
 * What is used in an environment, in order of project, workload and resource. Renders without a
 * project leave no trace when they end, so theirs count only if they came after `since`.
 */
export async function listUsesInForce(
  db: Db | Tx,
  environment: string,
  since: Date,
): Promise<UseInForce[]> {
  const { project, workload, resource, recipe, version, digest, release } = usage;
  const rows = await db
    .selectDistinct({
      ...{ project, workload, resource, recipe, version, digest, release },
      target: projects.target,
    })
    .from(usage)
    .leftJoin(
      projects,
      and(eq(projects.project, project), eq(projects.environment, usage.environment)),
    )
    .where(
      and(
        eq(usage.environment, environment),
        eq(usage.current, true),
        or(ne(project, ""), gt(usage.lastUsedAt, since)),
      ),
    )
    .orderBy(asc(project), asc(workload), asc(resource), asc(recipe), asc(release));
  return rows.map((row) => ({ ...row, target: TARGETS.find((one) => one === row.target) ?? null }));
}

export interface UsageSearch {
  readonly recipe?: string;
  readonly version?: string;
  readonly workload?: string;
  readonly project?: string;
  readonly environment?: string;
  /** Only records of these projects, in the form of grants; undefined: of all, and of none. */
  readonly projects?: readonly string[];
  /** Only records whose use spans this time; undefined: those current now. */
  readonly at?: Date;
  /** All of them, whether current or not; not with `at`. */
  readonly all?: boolean;
  readonly offset: number;
  readonly limit: number;
}

/** A row with the index of the leaf whose batch holds it as it is; null until then. */
export interface CommittedUsageRow extends UsageRow {
  readonly leaf: number | null;
}

export function searchUsage(db: Db | Tx, search: UsageSearch): Promise<CommittedUsageRow[]> {
  const conditions: (SQL | undefined)[] = [
    search.recipe === undefined ? undefined : eq(usage.recipe, search.recipe),
    search.version === undefined ? undefined : eq(usage.version, search.version),
    search.workload === undefined ? undefined : eq(usage.workload, search.workload),
    search.project === undefined ? undefined : eq(usage.project, search.project),
    search.environment === undefined ? undefined : eq(usage.environment, search.environment),
    search.projects === undefined ? undefined : isNamedBy(usage.project, search.projects),
    search.at === undefined
      ? search.all === true
        ? undefined
        : eq(usage.current, true)
      : and(
          lte(usage.firstUsedAt, search.at),
          // What is in use now has been since, however long ago its last render was.
          or(eq(usage.current, true), gt(usage.lastUsedAt, search.at)),
        ),
  ];
  return db
    .select()
    .from(usage)
    .where(and(...conditions))
    .orderBy(
      asc(usage.environment),
      asc(usage.project),
      asc(usage.workload),
      asc(usage.resource),
      // Where all are asked for, no record moves between pages while it is used.
      ...(search.all === true ? [] : [desc(usage.lastUsedAt)]),
      asc(usage.recipe),
      asc(usage.digest),
      asc(usage.release),
      asc(usage.actor),
    )
    .offset(search.offset)
    .limit(search.limit);
}
