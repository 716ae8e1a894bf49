/** Databases of both kinds that are backed up, restored and copied while nobody has them open. */
import { randomBytes } from "node:crypto";
import path from "node:path";
import pg from "pg";
import { inject } from "vitest";
import { type OpenStore, openEmbedded, openPostgres } from "../../src/store/db.js";
import { emptyFolder } from "../process/service-process.js";
import { copyFolder, removeFolder } from "./folders.js";
import { copyDatabase } from "./stores.js";

export interface RestorableStore {
  open(): Promise<OpenStore>;
  backUp(): Promise<void>;
  /** Brings back what `backUp` kept. */
  restore(): Promise<void>;
  /** Another database with the same content. */
  copy(): Promise<RestorableStore>;
}

export const RESTORABLE: readonly {
  readonly name: string;
  make(): Promise<RestorableStore>;
}[] = [
  {
    name: "PGlite",
    make: async () => {
      const folder = await emptyFolder();
      await copyFolder(inject("embeddedTemplate"), folder);
      return embedded(folder);
    },
  },
  { name: "Postgres", make: async () => onServer(await copyDatabase()) },
];

function embedded(folder: string): RestorableStore {
  const [database, kept] = [path.join(folder, "pglite"), path.join(folder, "backup")];
  const replace = async (from: string, to: string) => {
    await removeFolder(to);
    await copyFolder(from, to);
  };
  return {
    open: () => openEmbedded(folder),
    backUp: () => replace(database, kept),
    restore: () => replace(kept, database),
    copy: async () => {
      const other = await emptyFolder();
      await replace(database, path.join(other, "pglite"));
      return embedded(other);
    },
  };
}

function onServer(url: string): RestorableStore {
  const name = new URL(url).pathname.slice(1);
  const replace = async (from: string, to: string) => {
    const client = new pg.Client({ connectionString: inject("postgresUrl") });
    await client.connect();
    await client.query(`drop database if exists ${to} with (force)`);
    await client.query(`create database ${to} template ${from}`);
    await client.end();
  };
  return {
    open: () => openPostgres(url),
    backUp: () => replace(name, `${name}_kept`),
    restore: () => replace(`${name}_kept`, name),
    copy: async () => {
      const other = new URL(url);
      other.pathname = `/backbar_${randomBytes(6).toString("hex")}`;
      await replace(name, other.pathname.slice(1));
      return onServer(other.href);
    },
  };
}
