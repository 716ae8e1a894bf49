/** Audit: which workloads use a recipe, which recipes a workload uses, now or at a time. */
import { ping } from "../store/db.js";
import { searchUsage, type UsageRow, type UsageSearch } from "../store/usage.js";
import type { Registry } from "./registry.js";

export type { UsageRow };

/** Usage records as asked for, in a stable order. */
export function findUsage(registry: Registry, search: UsageSearch): Promise<UsageRow[]> {
  return searchUsage(registry.db, search);
}

/** True while the database answers. */
export function isHealthy(registry: Registry): Promise<boolean> {
  return ping(registry.db);
}
