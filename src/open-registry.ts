/** The registry of a configuration, as the service and its commands work on it. */
import { randomBytes } from "node:crypto";
import path from "node:path";
import type { Config } from "./config.js";
import { Checkpoints } from "./flows/checkpoints.js";
import { Condition } from "./flows/condition.js";
import type { Registry } from "./flows/registry.js";
import { type OpenStore, openEmbedded, openPostgres } from "./store/db.js";

/** @throws {StoreError} store_unreachable, store_in_use, store_path */
export function openStore(config: Config): Promise<OpenStore> {
  return config.databaseUrl === undefined
    ? openEmbedded(config.dataDir)
    : openPostgres(config.databaseUrl);
}

/** What the caller opened and has to close, or sets up for itself alone. */
type Parts = Pick<Registry, "db" | "freshness" | "keys" | "renderer" | "witnesses" | "witness">;

/**
 * @throws {StoreError} store_checkpoint_file
 * @throws {FlowError} registry_checkpoint
 */
export async function openRegistry(config: Config, parts: Parts): Promise<Registry> {
  return {
    ...parts,
    condition: new Condition(),
    checkpoints: await Checkpoints.open(path.join(config.dataDir, "checkpoint")),
    now: () => new Date(),
    randomBytes: (size) => new Uint8Array(randomBytes(size)),
    pointerTtlHours: config.pointerTtlHours,
  };
}
