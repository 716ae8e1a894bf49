/**
 * Once per run: compiles the service (render workers and process tests run the compiled files),
 * starts a real Postgres server, unless TEST_DATABASE_URL names one, and makes a database of each
 * kind for suites to copy.
 */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { openEmbedded, openPostgres } from "../../src/store/db.js";
import { startPostgres } from "./postgres-server.js";

declare module "vitest" {
  export interface ProvidedContext {
    postgresUrl: string;
    /** A data directory whose embedded database is made and migrated: making one takes seconds. */
    embeddedTemplate: string;
    /** The name of a migrated database on that server, which nobody is connected to. */
    postgresTemplate: string;
  }
}

/** Of a server whose data need not outlive the machine: it waits for no disk. */
const THROWN_AWAY = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  compile();
  const template = await makeEmbedded();
  project.provide("embeddedTemplate", template);
  const given = process.env.TEST_DATABASE_URL;
  const postgres = given === undefined ? await startPostgres(THROWN_AWAY) : undefined;
  const url = given ?? postgres?.url ?? "";
  project.provide("postgresUrl", url);
  const name = `backbar_template_${randomBytes(6).toString("hex")}`;
  await makeMigrated(url, name);
  project.provide("postgresTemplate", name);
  return async () => {
    if (postgres === undefined) await query(url, `drop database ${name}`);
    await postgres?.stop();
    rmSync(template, { recursive: true, force: true });
  };
}

async function makeEmbedded(): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), "backbar-template-"));
  const store = await openEmbedded(folder);
  await store.close();
  return folder;
}

async function makeMigrated(server: string, name: string): Promise<void> {
  await query(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const store = await openPostgres(url.href);
  await store.close();
}

async function query(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}

/** Types are for `npm run types` to check; here that would double the time of a run. */
function compile(): void {
  const tsc = path.resolve("node_modules/typescript/bin/tsc");
  const args = [tsc, "-p", "tsconfig.build.json", "--noCheck"];
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0) throw new Error("the service does not compile");
}
