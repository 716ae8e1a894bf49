/**
 * Opens the database: Postgres at a URL, or PGlite embedded in a data directory that one process
 * holds alone. Brings it to the current migration either way.
 */
import { fileURLToPath } from "node:url";
import { PGlite } from "@electric-sql/pglite";
import { sql } from "drizzle-orm";
import { drizzle as drizzlePg, type NodePgQueryResultHKT } from "drizzle-orm/node-postgres";
import { migrate as migratePg } from "drizzle-orm/node-postgres/migrator";
import type { PgDatabase, PgQueryResultHKT, PgTransaction } from "drizzle-orm/pg-core";
import { drizzle as drizzlePglite } from "drizzle-orm/pglite";
import { migrate as migratePglite } from "drizzle-orm/pglite/migrator";
import type { ExtractTablesWithRelations } from "drizzle-orm/relations";
import pg from "pg";
import { lockDirectory } from "./directory-lock.js";
import { StoreError } from "./error.js";
import * as schema from "./schema.js";

type Schema = typeof schema;
export type Db = PgDatabase<PgQueryResultHKT, Schema>;
export type Tx = PgTransaction<PgQueryResultHKT, Schema, ExtractTablesWithRelations<Schema>>;

export interface OpenStore {
  readonly db: Db;
  /** What it is, for people: `PGlite in DIR` or `Postgres at HOST/DATABASE`, without credentials. */
  readonly description: string;
  close(): Promise<void>;
}

const MIGRATIONS = fileURLToPath(new URL("../../migrations", import.meta.url));
/** Any number that all Backbar processes share: serialises their migrations. */
const MIGRATION_LOCK = 7_233_902_114;
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Opens the Postgres database at `url` and migrates it.
 * @throws {StoreError} store_unreachable
 */
export async function openPostgres(url: string): Promise<OpenStore> {
  const target = new URL(url);
  const description = `Postgres at ${target.host}${target.pathname}`;
  const pool = new pg.Pool({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // An idle connection that breaks is replaced by the pool; the next query tells if it cannot be.
  pool.on("error", () => {});
  const db = drizzlePg(pool, { schema });
  try {
    const client = await pool.connect();
    try {
      await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
      await migratePg(drizzlePg(client, { schema }), { migrationsFolder: MIGRATIONS });
    } finally {
      await client.query("select pg_advisory_unlock($1)", [MIGRATION_LOCK]).catch(() => {});
      client.release();
    }
  } catch (cause) {
    await pool.end();
    throw new StoreError("store_unreachable", `${description}: ${reason(cause)}`, {
      cause,
      hint: "check DATABASE_URL and that the database accepts connections",
    });
  }
  return {
    db: db as PgDatabase<NodePgQueryResultHKT, Schema>,
    description,
    close: () => pool.end(),
  };
}

/**
 * Opens (or makes) the embedded database under `directory`, locked against other processes.
 * @throws {StoreError} store_in_use, store_path, store_unreachable
 */
export async function openEmbedded(directory: string): Promise<OpenStore> {
  const unlock = await lockDirectory(directory);
  try {
    const client = await PGlite.create(`${directory}/pglite`);
    const db = drizzlePglite(client, { schema });
    await migratePglite(db, { migrationsFolder: MIGRATIONS });
    const close = async () => {
      await client.close();
      await unlock();
    };
    return { db, description: `PGlite in ${directory}`, close };
  } catch (cause) {
    await unlock();
    throw new StoreError("store_unreachable", `PGlite in ${directory}: ${reason(cause)}`, {
      cause,
    });
  }
}

/** True while the database answers. */
export async function ping(db: Db): Promise<boolean> {
  return db.execute(sql`select 1`).then(
    () => true,
    () => false,
  );
}

/** The innermost message: drivers wrap what the system said, sometimes without repeating it. */
function reason(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reason(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return reason(error.cause);
  return error.message === "" ? error.name : error.message;
}
