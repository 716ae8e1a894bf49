/** Usage records and refusals, held against the batches of the log. */
import { canonicalJson } from "../codec/canonical-json.js";
import type { Comparison } from "./comparison.js";
import type { Finding } from "./finding.js";
import type { Logged } from "./log-state.js";
import { nameOfRefusal, nameOfUsage, shown } from "./replay-usage.js";
import type { ToldRefusals, ToldUsage } from "./told.js";
import { type RefusalCount, refusalKey, type UsageSnapshot, usageKey } from "./usage-batch.js";

/** The longest that a registry may be set to wait with a batch, twice. */
const MAX_PENDING_MS = 2 * 3600 * 1000;

export function compareUsage(comparison: Comparison): Finding[] {
  return [...compareRecords(comparison), ...compareRefusals(comparison)];
}

function compareRecords({ state, told, hidden }: Comparison): Finding[] {
  if (told.usage === undefined || (hidden.length > 0 && !told.auditor)) return [];
  const said = new Map(told.usage.map((one) => [usageKey(one), one]));
  const gone = [...state.usage].flatMap(([key, { value, leaf }]): Finding[] => {
    if (said.has(key)) return [];
    const message = `${nameOfUsage(value)} is in the batch of leaf ${leaf} with ${shown(value)}; the registry no longer has it`;
    return [{ code: "audit_usage_rewritten", message, leaf }];
  });
  const now = Date.parse(told.time);
  return [
    ...gone,
    ...told.usage.flatMap((one) => compareRecord(one, state.usage.get(usageKey(one)), now)),
  ];
}

function compareRecord(
  { logIndex, ...said }: ToldUsage,
  logged: Logged<UsageSnapshot> | undefined,
  now: number,
): Finding[] {
  const rewritten = (message: string): Finding[] => [
    {
      code: "audit_usage_rewritten",
      message: `${nameOfUsage(said)}: ${message}`,
      ...(logged === undefined ? {} : { leaf: logged.leaf }),
    },
  ];
  if (logIndex === undefined) {
    const age = now - Date.parse(said.lastUsedAt);
    if (age > MAX_PENDING_MS) {
      const message = `${nameOfUsage(said)} is in no batch since ${said.lastUsedAt}: what is not committed can be rewritten`;
      return [{ code: "audit_usage_uncommitted", message }];
    }
    if (logged === undefined || follows(said, logged.value)) return [];
    return rewritten(
      `the registry says ${shown(said)}, not committed yet; leaf ${logged.leaf} says ${shown(logged.value)}`,
    );
  }
  if (logged === undefined) {
    return rewritten(
      `the registry says that leaf ${logIndex} commits it; no batch of the log has it`,
    );
  }
  const { value, leaf } = logged;
  const same = canonicalJson({ ...said }) === canonicalJson({ ...value });
  if (same && leaf === logIndex) return [];
  return rewritten(
    `the registry says ${shown(said)} by leaf ${logIndex}; leaf ${leaf} says ${shown(value)}`,
  );
}

/** Whether a record may have come of what it was before. */
function follows(after: UsageSnapshot, before: UsageSnapshot): boolean {
  return (
    after.version === before.version &&
    after.firstUsedAt === before.firstUsedAt &&
    after.renders >= before.renders &&
    Date.parse(after.lastUsedAt) >= Date.parse(before.lastUsedAt)
  );
}

/** A count is committed once its minute is over, and stays as it is from then on. */
function compareRefusals({ state, told, hidden }: Comparison): Finding[] {
  if (told.refusals === undefined || (hidden.length > 0 && !told.auditor)) return [];
  const said = new Set(told.refusals.map(refusalKey));
  const gone = [...state.refusals].flatMap(([key, { value, leaf }]): Finding[] => {
    if (said.has(key)) return [];
    const message = `${nameOfRefusal(value)} are ${value.count} by leaf ${leaf}; the registry no longer has them`;
    return [{ code: "audit_refusals_rewritten", message, leaf }];
  });
  const now = Date.parse(told.time);
  return [
    ...gone,
    ...told.refusals.flatMap((one) => compareCount(one, state.refusals.get(refusalKey(one)), now)),
  ];
}

function compareCount(
  { logIndex, ...said }: ToldRefusals,
  logged: Logged<RefusalCount> | undefined,
  now: number,
): Finding[] {
  const shownCount = `${said.count} ${logIndex === undefined ? "that wait for a batch" : `by leaf ${logIndex}`}`;
  if (logged !== undefined) {
    const { value, leaf } = logged;
    if (value.count === said.count && leaf === logIndex) return [];
    const message = `${nameOfRefusal(said)} are ${value.count} by leaf ${leaf}; the registry says ${shownCount}`;
    return [{ code: "audit_refusals_rewritten", message, leaf }];
  }
  if (logIndex !== undefined) {
    const message = `${nameOfRefusal(said)}: the registry says ${shownCount}; no batch of the log has them`;
    return [{ code: "audit_refusals_rewritten", message }];
  }
  if (now - Date.parse(said.minute) <= MAX_PENDING_MS) return [];
  const message = `${nameOfRefusal(said)} are in no batch: what is not committed can be rewritten`;
  return [{ code: "audit_refusals_uncommitted", message }];
}
