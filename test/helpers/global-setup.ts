/**
 * Once per run: compiles the service (render workers and process tests run the compiled files),
 * makes an embedded database for suites to copy, and starts a real Postgres server, unless
 * TEST_DATABASE_URL names one.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { openEmbedded } from "../../src/store/db.js";
import { startPostgres } from "./postgres-server.js";

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
  const given = process.env.TEST_DATABASE_URL;
  const postgres = given === undefined ? await startPostgres() : undefined;
  project.provide("postgresUrl", given ?? postgres?.url ?? "");
  return async () => {
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

/** Types are for `npm run types` to check; here that would double the time of a run. */
function compile(): void {
  const tsc = path.resolve("node_modules/typescript/bin/tsc");
  const args = [tsc, "-p", "tsconfig.build.json", "--noCheck"];
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0) throw new Error("the service does not compile");
}
