/** `backbar-server scrub`: opens the store as the service would, reads all of it, and tells what it found. */
import { existsSync } from "node:fs";
import type { Config } from "./config.js";
import { scrub } from "./flows/scrub.js";
import { embeddedPath, openEmbedded, openPostgres } from "./store/db.js";
import { StoreError } from "./store/error.js";

export interface ScrubOutcome {
  /** Nothing was found. */
  readonly sound: boolean;
  /** Lines for people and programs: a finding is its code and what it is about. */
  readonly text: string;
}

/**
 * Scrubs the database that the service with these settings has. An embedded one must not be in use.
 * @throws {StoreError} store_unreachable, store_in_use, store_path
 */
export async function runScrub(config: Config): Promise<ScrubOutcome> {
  const store = await open(config);
  try {
    const report = await scrub(store.db);
    const lines = report.findings.map(({ code, message }) => `${code}: ${message}\n`);
    const { blobs, bytes, leaves, versions, releases, findings } = report;
    const read = `${store.description}: read ${blobs} blobs (${bytes} bytes), ${leaves} leaves, ${versions} versions, ${releases} releases`;
    const found = findings.length === 0 ? "all sound" : `${findings.length} findings`;
    return { sound: findings.length === 0, text: `${lines.join("")}${read}: ${found}\n` };
  } finally {
    await store.close();
  }
}

async function open({ databaseUrl, dataDir }: Config) {
  if (databaseUrl !== undefined) return openPostgres(databaseUrl);
  if (!existsSync(embeddedPath(dataDir))) {
    throw new StoreError("store_path", `${dataDir}: there is no database`, {
      hint: "set DATA_DIR to the service's data directory, or DATABASE_URL",
    });
  }
  return openEmbedded(dataDir);
}
