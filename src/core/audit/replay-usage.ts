/** What leaves say of usage and refusals: of each record the last batch holds. */
import { sha256Digest } from "../codec/digest.js";
import type { SignedRecord } from "../trust/record.js";
import type { Step } from "./replay-step.js";
import {
  parseUsageBatch,
  type RefusalCount,
  refusalKey,
  type UsageSnapshot,
  usageKey,
} from "./usage-batch.js";

/** False where the batch was not shown. */
export function applyUsage(
  step: Step,
  { details }: SignedRecord,
  batches: ReadonlyMap<string, Uint8Array>,
): boolean {
  const { batch: digest } = details;
  const bytes = batches.get(String(digest));
  if (bytes === undefined) return false;
  const actual = sha256Digest(bytes);
  if (actual !== digest) {
    const message = `it names the batch ${String(digest)}; the registry gave ${actual}`;
    step.find("audit_envelope_changed", message);
    return true;
  }
  const { usage, refusals } = parseUsageBatch(bytes);
  for (const one of usage) applySnapshot(step, one);
  for (const one of refusals) applyCount(step, one);
  return true;
}

function applySnapshot(step: Step, snapshot: UsageSnapshot): void {
  const key = usageKey(snapshot);
  const before = step.state.usage.get(key)?.value;
  if (before !== undefined && !follows(snapshot, before)) {
    step.find(
      "audit_usage_rewritten",
      `${nameOfUsage(snapshot)}: ${shown(snapshot)}; an earlier leaf says ${shown(before)}`,
    );
  }
  step.state.usage.set(key, { value: snapshot, leaf: step.leaf });
}

function applyCount(step: Step, count: RefusalCount): void {
  const key = refusalKey(count);
  const before = step.state.refusals.get(key)?.value;
  if (before !== undefined && count.count < before.count) {
    step.find(
      "audit_refusals_rewritten",
      `${nameOfRefusal(count)}: ${count.count}; an earlier leaf says ${before.count}`,
    );
  }
  step.state.refusals.set(key, { value: count, leaf: step.leaf });
}

/** Whether a usage record may have come of what it was before. */
export function follows(after: UsageSnapshot, before: UsageSnapshot): boolean {
  return (
    after.version === before.version &&
    after.firstUsedAt === before.firstUsedAt &&
    after.renders >= before.renders &&
    Date.parse(after.lastUsedAt) >= Date.parse(before.lastUsedAt)
  );
}

/** A usage record in words. */
export function nameOfUsage(one: UsageSnapshot): string {
  const place = one.project === "" ? one.environment : `${one.project} in ${one.environment}`;
  return `the use of ${one.recipe} ${one.version} by ${one.workload} (${one.resource}) of ${place}, rendered by ${one.actor}`;
}

/** What a usage record says that may change. */
export function shown({ firstUsedAt, lastUsedAt, renders, current }: UsageSnapshot): string {
  return `${renders} renders from ${firstUsedAt} to ${lastUsedAt}${current ? "" : ", no longer current"}`;
}

/** A count of refusals in words. */
export function nameOfRefusal({ minute, actor, address, method, route, code }: RefusalCount) {
  return `the refusals of ${actor} (${address}) at ${method} ${route} with ${code} in the minute of ${minute}`;
}
