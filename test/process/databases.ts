/** The two kinds of database that a process is started on, and what they hold once it has ended. */
import path from "node:path";
import { sql } from "drizzle-orm";
import { inject } from "vitest";
import { parseFrontier, rootOfFrontier } from "../../src/core/tlog/frontier.js";
import { leafHash } from "../../src/core/tlog/leaf.js";
import { rootOfHashes } from "../../src/core/tlog/merkle.js";
import type { RecordKind } from "../../src/core/trust/record.js";
import { getBlob } from "../../src/store/blobs.js";
import { type Db, openEmbedded, openPostgres } from "../../src/store/db.js";
import { type LogLeaf, readLogHead, readLogLeaves } from "../../src/store/log.js";
import * as schema from "../../src/store/schema.js";
import { copyFolder } from "../helpers/folders.js";
import { copyDatabase, createDatabase } from "../helpers/stores.js";
import type { Settings } from "./service-process.js";

export interface TestDatabase {
  readonly name: string;
  /** What a process in `folder` is started with; its data directory is `folder`/data. */
  settings(folder: string): Promise<Settings>;
  /** Likewise, where the first start makes the database, which takes seconds. */
  unmade(folder: string): Promise<Settings>;
}

export const DATABASES: readonly TestDatabase[] = [
  {
    name: "PGlite",
    settings: async (folder) => {
      await copyFolder(inject("embeddedTemplate"), dataIn(folder).DATA_DIR);
      return dataIn(folder);
    },
    unmade: async (folder) => dataIn(folder),
  },
  {
    name: "Postgres",
    settings: async (folder) => ({ ...dataIn(folder), DATABASE_URL: await copyDatabase() }),
    unmade: async (folder) => ({ ...dataIn(folder), DATABASE_URL: await createDatabase() }),
  },
];

function dataIn(folder: string) {
  return { DATA_DIR: path.join(folder, "data") };
}

/** Opens the database of a process that has ended, for as long as `read` takes. */
export async function readDatabase<T>(
  settings: Settings,
  read: (db: Db) => Promise<T>,
): Promise<T> {
  const { DATA_DIR = "", DATABASE_URL } = settings;
  const store =
    DATABASE_URL === undefined ? await openEmbedded(DATA_DIR) : await openPostgres(DATABASE_URL);
  return read(store.db).finally(store.close);
}

/** Every row of the tables that hold content, in the order of its text. */
export async function readContent(db: Db): Promise<Record<string, unknown[]>> {
  const { settings, namespaces, versions, environments, releases, pointers, logLeaves } = schema;
  const content: Record<string, unknown[]> = {};
  for (const [name, table] of Object.entries({
    settings,
    namespaces,
    versions,
    environments,
    releases,
    pointers,
    logLeaves,
  })) {
    const rows: unknown[] = await db.select().from(table);
    content[name] = rows.map((row) => JSON.stringify(row)).sort();
  }
  content.blobs = await db
    .select({ digest: schema.blobs.digest })
    .from(schema.blobs)
    .orderBy(sql`1`);
  return content;
}

/** The log as it was written down, and its root by its leaves, by their envelopes and by its head. */
export async function readLog(db: Db) {
  const head = await readLogHead(db);
  const leaves = await readLogLeaves(db, 0, head.size + 1);
  const recomputed = await Promise.all(leaves.map((leaf) => recompute(db, leaf)));
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
  return {
    size: head.size,
    indexes: leaves.map(({ index }) => index),
    kinds: countEach(leaves.map(({ kind }) => kind)),
    root: hex(rootOfFrontier(parseFrontier(head.size, head.frontier))),
    rootOfLeaves: hex(rootOfHashes(leaves.map(({ hash }) => hash))),
    rootOfEnvelopes: hex(rootOfHashes(recomputed)),
  };
}

/** The leaf hash that follows from the leaf's kind and envelope, which has to be stored. */
async function recompute(db: Db, { kind, envelope }: LogLeaf): Promise<Uint8Array> {
  await getBlob(db, envelope);
  return leafHash({ kind: kind as RecordKind, envelope });
}

function countEach(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
