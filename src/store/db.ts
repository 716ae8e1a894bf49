/**
 * Opens the database: Postgres at a URL, or PGlite embedded in a data directory that one process
 * holds alone. Brings it to the current migration either way.
 */
import { existsSync } from "node:fs";
import { open, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { PGlite } from "@electric-sql/pglite";
import { sql } from "drizzle-orm";
import {
  drizzle as drizzlePg,
  type NodePgDatabase,
  type NodePgQueryResultHKT,
} from "drizzle-orm/node-postgres";
import { migrate as migratePg } from "drizzle-orm/node-postgres/migrator";
import type { PgDatabase, PgQueryResultHKT, PgTransaction } from "drizzle-orm/pg-core";
import { drizzle as drizzlePglite } from "drizzle-orm/pglite";
import { migrate as migratePglite } from "drizzle-orm/pglite/migrator";
import type { ExtractTablesWithRelations } from "drizzle-orm/relations";
import pg from "pg";
import { lockDirectory } from "./directory-lock.js";
import { StoreError } from "./error.js";
import { type HeadReport, type LogWatch, watchLog } from "./log-watch.js";
import * as schema from "./schema.js";

type Schema = typeof schema;
export type Db = PgDatabase<PgQueryResultHKT, Schema>;
export type Tx = PgTransaction<PgQueryResultHKT, Schema, ExtractTablesWithRelations<Schema>>;

export interface OpenStore {
  readonly db: Db;
  /** What it is, for people: `PGlite in DIR` or `Postgres at HOST/DATABASE`, without credentials. */
  readonly description: string;
  /** Runs `work` while no other process on this database runs such work. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** Reports the log's head until closed, before the store; undefined where no other process can append. */
  readonly watchLog: ((report: HeadReport) => LogWatch) | undefined;
  close(): Promise<void>;
}

const MIGRATIONS = fileURLToPath(new URL("../../migrations", import.meta.url));
/** Any number that all Backbar processes share: serialises their migrations. */
const MIGRATION_LOCK = 7_233_902_114;
/** Likewise for `alone`. */
const WORK_LOCK = 7_233_902_115;
const CONNECT_TIMEOUT_MS = 5_000;
/** In the data directory: the embedded database, and the mark that it is still being made. */
const PGLITE = "pglite";
const UNFINISHED = "pglite.unfinished";

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
  // One that breaks in use fails its query; without a listener it would also end the process.
  pool.on("connect", (client) => client.on("error", () => {}));
  const db = Object.assign(drizzlePg(pool, { schema }), { transaction: transactionsOn(pool) });
  try {
    await locked(pool, MIGRATION_LOCK, (client) =>
      migratePg(drizzlePg(client, { schema }), { migrationsFolder: MIGRATIONS }),
    );
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
    alone: (work) => locked(pool, WORK_LOCK, work),
    watchLog: (report) => watchLog(url, report),
    close: () => pool.end(),
  };
}

/**
 * As drizzle's `transaction`, which keeps the connection for good where `begin` fails, and gives one
 * back within its transaction where `rollback` does: here it always goes back, and one whose
 * transaction did not end cleanly is closed.
 */
function transactionsOn(pool: pg.Pool): NodePgDatabase<Schema>["transaction"] {
  const known = new WeakMap<pg.PoolClient, NodePgDatabase<Schema>>();
  return async (work, config) => {
    const client = await pool.connect();
    const own = known.get(client) ?? drizzlePg(client, { schema });
    known.set(client, own);
    let failure: { readonly error: unknown } | undefined;
    let isClean = false;
    try {
      const result = await own.transaction(
        (tx) =>
          work(tx).catch((error: unknown) => {
            failure = { error };
            throw error;
          }),
        config,
      );
      isClean = true;
      return result;
    } catch (error) {
      // The error of `work` comes back once it is rolled back; any other is of the transaction itself.
      isClean = failure !== undefined && failure.error === error;
      throw failure === undefined ? error : failure.error;
    } finally {
      client.release(!isClean);
    }
  };
}

/** Runs `work` under an advisory lock; the server frees it with the connection, whatever happens. */
async function locked<T>(
  pool: pg.Pool,
  lock: number,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [lock]);
    return await work(client);
  } finally {
    await client.query("select pg_advisory_unlock($1)", [lock]).catch(() => {});
    client.release();
  }
}

/** Where the embedded database of a data directory lies. */
export function embeddedPath(directory: string): string {
  return path.join(directory, PGLITE);
}

/**
 * Opens (or makes) the embedded database under `directory`, locked against other processes.
 * @throws {StoreError} store_in_use, store_path, store_unreachable
 */
export async function openEmbedded(directory: string): Promise<OpenStore> {
  const unlock = await lockDirectory(directory);
  try {
    const made = await prepareEmbedded(directory);
    const client = await PGlite.create(embeddedPath(directory));
    const db = drizzlePglite(client, { schema });
    await migratePglite(db, { migrationsFolder: MIGRATIONS });
    await made();
    const close = async () => {
      await client.close();
      await unlock();
    };
    return {
      db,
      description: `PGlite in ${directory}`,
      alone: (work) => work(),
      watchLog: undefined,
      close,
    };
  } catch (cause) {
    await unlock();
    throw new StoreError("store_unreachable", `PGlite in ${directory}: ${reason(cause)}`, {
      cause,
    });
  }
}

/**
 * Clears away a database whose making was interrupted, which a mark next to it tells; returns the
 * function that takes the mark off once the database is there. Nothing is acknowledged before.
 */
async function prepareEmbedded(directory: string): Promise<() => Promise<void>> {
  const database = embeddedPath(directory);
  const mark = path.join(directory, UNFINISHED);
  if (existsSync(database) && !existsSync(mark)) return async () => {};
  await writeFile(mark, "", { mode: 0o600 });
  await rm(database, { recursive: true, force: true });
  return async () => {
    await rm(mark);
    // The mark must not come back after a power cut: a later start would clear away what is there.
    const folder = await open(directory);
    await folder.sync().finally(() => folder.close());
  };
}

/** Runs `work` on one state of the database, whatever others write meanwhile. */
export function readSnapshot<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction(work, { isolationLevel: "repeatable read", accessMode: "read only" });
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
