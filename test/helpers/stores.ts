/** The two databases that every suite with a store runs on: PGlite, and a Postgres database of its own. */
import { randomBytes } from "node:crypto";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { inject } from "vitest";
import { type OpenStore, openEmbedded, openPostgres } from "../../src/store/db.js";
import { copyFolder, removeFolder } from "./folders.js";

export interface TestStore {
  readonly name: string;
  open(): Promise<OpenStore>;
}

export const STORES: readonly TestStore[] = [
  { name: "PGlite", open: openTemporaryEmbedded },
  { name: "Postgres", open: async () => openPostgres(await copyDatabase()) },
];

/** Makes an empty database on the test server; returns its URL. The server is thrown away after the run. */
export function createDatabase(): Promise<string> {
  return makeDatabase("template1");
}

/** Likewise one that is migrated. */
export function copyDatabase(): Promise<string> {
  return makeDatabase(inject("postgresTemplate"));
}

async function makeDatabase(template: string): Promise<string> {
  const url = new URL(inject("postgresUrl"));
  const name = `backbar_${randomBytes(6).toString("hex")}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(`create database ${name} template ${template}`);
  await client.end();
  url.pathname = `/${name}`;
  return url.href;
}

async function openTemporaryEmbedded(): Promise<OpenStore> {
  const folder = await mkdtemp(path.join(tmpdir(), "backbar-"));
  await copyFolder(inject("embeddedTemplate"), folder);
  const store = await openEmbedded(folder);
  return {
    ...store,
    close: async () => {
      await store.close();
      await removeFolder(folder);
    },
  };
}
