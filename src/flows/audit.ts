/** Audit: which workloads use a recipe, which recipes a workload uses, now or at a time. */
import { grantedNames } from "../core/trust/grants.js";
import { ping } from "../store/db.js";
import { searchUsage, type UsageRow, type UsageSearch } from "../store/usage.js";
import { type Caller, checkMay, may } from "./caller.js";
import type { Registry } from "./registry.js";

export type { UsageRow };

/**
 * Usage records as asked for, in a stable order: those of the projects that the caller may render.
 * @throws {FlowError} role_missing, http_token_required
 */
export async function findUsage(
  registry: Registry,
  caller: Caller,
  search: Omit<UsageSearch, "projects">,
): Promise<UsageRow[]> {
  if (may(caller, "auditor")) return searchUsage(registry.db, search);
  checkMay(caller, "renderer");
  const projects = grantedNames(caller.grants, "renderer");
  return searchUsage(registry.db, projects === "all" ? search : { ...search, projects });
}

/** True while the database answers. */
export function isHealthy(registry: Registry): Promise<boolean> {
  return ping(registry.db);
}
