/** Audit: which workloads use a recipe, which recipes a workload uses, now or at a time. */
import { AuditError } from "../core/audit/error.js";
import { parseUsageBatch } from "../core/audit/usage-batch.js";
import { grantedNames } from "../core/trust/grants.js";
import { findBlob } from "../store/blobs.js";
import { ping } from "../store/db.js";
import { type CommittedUsageRow, searchUsage, type UsageSearch } from "../store/usage.js";
import { type Caller, checkMay, may } from "./caller.js";
import { FlowError } from "./error.js";
import type { Registry } from "./registry.js";

/**
 * Usage records as asked for, in a stable order: those of the projects that the caller may render.
 * @throws {FlowError} role_missing, http_token_required
 */
export async function findUsage(
  registry: Registry,
  caller: Caller,
  search: Omit<UsageSearch, "projects">,
): Promise<CommittedUsageRow[]> {
  if (may(caller, "auditor")) return searchUsage(registry.db, search);
  checkMay(caller, "renderer");
  const projects = grantedNames(caller.grants, "renderer");
  return searchUsage(registry.db, projects === "all" ? search : { ...search, projects });
}

/**
 * The batch of usage records with this digest, as a leaf of the log names it.
 * @throws {FlowError} role_missing, http_token_required, usage_batch_unknown
 */
export async function readUsageBatch(
  registry: Registry,
  caller: Caller,
  digest: string,
): Promise<Uint8Array> {
  checkMay(caller, "auditor");
  const content = await findBlob(registry.db, digest);
  if (content !== undefined && isUsageBatch(content)) return content;
  throw new FlowError("usage_batch_unknown", `there is no batch of usage records ${digest}`);
}

/** Other bytes may be asked for by digest too. */
function isUsageBatch(content: Uint8Array): boolean {
  try {
    parseUsageBatch(content);
    return true;
  } catch (error) {
    if (error instanceof AuditError) return false;
    throw error;
  }
}

/** True while the database answers. */
export function isHealthy(registry: Registry): Promise<boolean> {
  return ping(registry.db);
}
