/** The two databases that every suite with a store runs on: PGlite, and a Postgres database of its own. */
import { randomBytes } from "node:crypto";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { inject } from "vitest";
import { type OpenStore, openEmbedded, openPostgres } from "../../src/store/db.js";

export interface TestStore {
  readonly name: string;
  open(): Promise<OpenStore>;
}

export const STORES: readonly TestStore[] = [
  { name: "PGlite", open: openTemporaryEmbedded },
  { name: "Postgres", open: async () => openPostgres(await createDatabase()) },
];

/** Makes an empty database on the test server; returns its URL. The server is thrown away after the run. */
export async function createDatabase(): Promise<string> {
  const url = new URL(inject("postgresUrl"));
  const name = `backbar_${randomBytes(6).toString("hex")}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  url.pathname = `/${name}`;
  return url.href;
}

async function openTemporaryEmbedded(): Promise<OpenStore> {
  const folder = await mkdtemp(path.join(tmpdir(), "backbar-"));
  await cp(inject("embeddedTemplate"), folder, { recursive: true });
  const store = await openEmbedded(folder);
  return {
    ...store,
    close: async () => {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
