/** Environment definitions, their releases and the pointer to the current one. */
import { and, asc, desc, eq, gt, gte, inArray, isNotNull, lt, or, sql } from "drizzle-orm";
import type { JsonValue } from "../core/codec/canonical-json.js";
import type { Db, Tx } from "./db.js";
import { preparedFor, UNNAMED } from "./prepared.js";
import { environments, pointers, releases } from "./schema.js";

export interface EnvironmentRow {
  readonly name: string;
  readonly revision: number;
  readonly definition: JsonValue;
  readonly digest: string;
  readonly updatedAt: Date;
  readonly logIndex: number;
}

export interface ReleaseRow {
  readonly environment: string;
  readonly number: number;
  /** Digest of `jws`. */
  readonly digest: string;
  readonly payload: JsonValue;
  readonly jws: string;
  readonly createdAt: Date;
  /** When it became the current one; null for one that never was. */
  readonly activatedAt: Date | null;
  readonly logIndex: number;
}

export interface PointerRow {
  readonly environment: string;
  readonly number: number;
  readonly jws: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

export async function findEnvironment(
  db: Db | Tx,
  name: string,
): Promise<EnvironmentRow | undefined> {
  const [row] = await db.select().from(environments).where(eq(environments.name, name));
  return row;
}

/** Reads the environment and keeps others from changing it until the transaction ends. */
export async function lockEnvironment(tx: Tx, name: string): Promise<EnvironmentRow | undefined> {
  const [row] = await tx
    .select()
    .from(environments)
    .where(eq(environments.name, name))
    .for("update");
  return row;
}

/** Environments after `after` in order of name. */
export function listEnvironments(
  db: Db | Tx,
  page: { after?: string; limit: number },
): Promise<EnvironmentRow[]> {
  return db
    .select()
    .from(environments)
    .where(page.after === undefined ? undefined : gt(environments.name, page.after))
    .orderBy(asc(environments.name))
    .limit(page.limit);
}

/** What an environment serves, and what waits to be served. */
export interface StandingReleases {
  /** Number of the current release; null where there is none. */
  readonly current: number | null;
  /** Numbers of those that wait for approval, ascending. */
  readonly waiting: readonly number[];
}

/** What stands in each of the environments `names` that has a release. */
export async function findStandingReleases(
  db: Db | Tx,
  names: readonly string[],
): Promise<Map<string, StandingReleases>> {
  if (names.length === 0) return new Map();
  const rows = await db
    .select({
      environment: releases.environment,
      number: releases.number,
      current: pointers.number,
    })
    .from(releases)
    .leftJoin(pointers, eq(pointers.environment, releases.environment))
    .where(
      and(
        inArray(releases.environment, [...names]),
        gte(releases.number, sql`coalesce(${pointers.number}, 1)`),
      ),
    )
    .orderBy(asc(releases.environment), asc(releases.number));
  const standing = new Map<string, StandingReleases>();
  for (const { environment, number, current } of rows) {
    const { waiting } = standing.get(environment) ?? { waiting: [] };
    standing.set(environment, {
      current,
      // All after the current one: another that became current would be it.
      waiting: number === current ? waiting : [...waiting, number],
    });
  }
  return standing;
}

/** Inserts the environment; false where the name is taken. */
export async function insertEnvironment(tx: Tx, row: EnvironmentRow): Promise<boolean> {
  const inserted = await tx
    .insert(environments)
    .values(row)
    .onConflictDoNothing()
    .returning({ name: environments.name });
  return inserted.length > 0;
}

export async function updateEnvironment(tx: Tx, row: EnvironmentRow): Promise<void> {
  await tx.update(environments).set(row).where(eq(environments.name, row.name));
}

/** The release with this number, or the newest. */
export async function findRelease(
  db: Db | Tx,
  environment: string,
  number?: number,
): Promise<ReleaseRow | undefined> {
  const [row] = await db
    .select()
    .from(releases)
    .where(isRelease(environment, number))
    .orderBy(desc(releases.number))
    .limit(1);
  return row;
}

/** The digest of the release that the environment's pointer names. */
export async function findCurrentDigest(
  db: Db | Tx,
  environment: string,
): Promise<string | undefined> {
  const [row] = await preparedCurrent(db).execute({ environment });
  return row?.digest;
}

const preparedCurrent = preparedFor((db) =>
  db
    .select({ digest: releases.digest })
    .from(pointers)
    .innerJoin(
      releases,
      and(eq(releases.environment, pointers.environment), eq(releases.number, pointers.number)),
    )
    .where(eq(pointers.environment, sql.placeholder("environment")))
    .prepare(UNNAMED),
);

/** Any release of the environment where no number is given. */
function isRelease(environment: string, number: number | undefined) {
  return and(
    eq(releases.environment, environment),
    number === undefined ? undefined : eq(releases.number, number),
  );
}

/** The release with a digest that `findCurrentDigest` gave: releases are never deleted. */
export async function readRelease(db: Db | Tx, digest: string): Promise<ReleaseRow> {
  const [row] = await db.select().from(releases).where(eq(releases.digest, digest));
  if (row === undefined) throw new TypeError(`the release ${digest} is gone`);
  return row;
}

/** Number of the release that was current last before release `number`. */
export async function findActiveBefore(
  db: Db | Tx,
  environment: string,
  number: number,
): Promise<number | undefined> {
  const [row] = await db
    .select({ number: releases.number })
    .from(releases)
    .where(
      and(
        eq(releases.environment, environment),
        lt(releases.number, number),
        isNotNull(releases.activatedAt),
      ),
    )
    .orderBy(desc(releases.number))
    .limit(1);
  return row?.number;
}

/** Releases below `before`, newest first. */
export function listReleases(
  db: Db | Tx,
  environment: string,
  page: { before?: number; limit: number },
): Promise<ReleaseRow[]> {
  return db
    .select()
    .from(releases)
    .where(
      and(
        eq(releases.environment, environment),
        page.before === undefined ? undefined : lt(releases.number, page.before),
      ),
    )
    .orderBy(desc(releases.number))
    .limit(page.limit);
}

/** Marks the release as current from `at` on. */
export async function activateRelease(
  tx: Tx,
  environment: string,
  number: number,
  at: Date,
): Promise<void> {
  await tx
    .update(releases)
    .set({ activatedAt: at })
    .where(and(eq(releases.environment, environment), eq(releases.number, number)));
}

export async function insertRelease(tx: Tx, row: ReleaseRow): Promise<void> {
  await tx.insert(releases).values(row);
}

/** A release by what a pointer says of it. */
export interface PointedRelease {
  readonly environment: string;
  readonly number: number;
  /** Digest of the release as signed. */
  readonly digest: string;
}

export async function findPointer(
  db: Db | Tx,
  environment: string,
): Promise<PointerRow | undefined> {
  const [row] = await db.select().from(pointers).where(eq(pointers.environment, environment));
  return row;
}

/** Reads the pointer and keeps others from changing it until the transaction ends. */
export async function lockPointer(tx: Tx, environment: string): Promise<PointerRow | undefined> {
  const [row] = await tx
    .select()
    .from(pointers)
    .where(eq(pointers.environment, environment))
    .for("update");
  return row;
}

/** When a pointer is due: it expires before `expiry`, or was issued after `issue`. */
export interface DuePointers {
  readonly expiry: Date;
  readonly issue: Date;
}

/** Likewise the pointers that are due, at most `limit`, but those that others hold now. */
export function lockDuePointers(
  tx: Tx,
  { expiry, issue }: DuePointers,
  limit: number,
): Promise<PointerRow[]> {
  return tx
    .select()
    .from(pointers)
    .where(or(lt(pointers.expiresAt, expiry), gt(pointers.issuedAt, issue)))
    .orderBy(asc(pointers.expiresAt))
    .limit(limit)
    .for("update", { skipLocked: true });
}

/** The releases that these pointers name. */
export async function findPointedReleases(
  tx: Tx,
  named: readonly { readonly environment: string; readonly number: number }[],
): Promise<PointedRelease[]> {
  if (named.length === 0) return [];
  const { environment, number, digest } = releases;
  return tx
    .select({ environment, number, digest })
    .from(releases)
    .where(or(...named.map((one) => isRelease(one.environment, one.number))));
}

/** Has every pointer expire at `time`, so that each is signed anew when it is next asked for. */
export async function voidPointers(tx: Tx, time: Date): Promise<void> {
  await tx.update(pointers).set({ expiresAt: time }).where(gt(pointers.expiresAt, time));
}

/** Writes pointers in the place of their environments' last ones. */
export async function writePointers(tx: Tx, rows: readonly PointerRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx
    .insert(pointers)
    .values([...rows])
    .onConflictDoUpdate({
      target: pointers.environment,
      set: {
        number: sql`excluded.number`,
        jws: sql`excluded.jws`,
        issuedAt: sql`excluded.issued_at`,
        expiresAt: sql`excluded.expires_at`,
      },
    });
}
