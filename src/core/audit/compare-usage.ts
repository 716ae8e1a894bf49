/** Usage records and refusals, held against the batches of the log. */
import { canonicalJson } from "../codec/canonical-json.js";
import { type Comparison, mayBeHidden } from "./comparison.js";
import type { Finding } from "./finding.js";
import { follows, nameOfRefusal, nameOfUsage, shown } from "./replay-usage.js";
import type { ToldRefusals, ToldUsage } from "./told.js";
import { refusalKey, usageKey } from "./usage-batch.js";

/** The longest that a registry may be set to wait with a batch, twice. */
const MAX_PENDING_MS = 2 * 3600 * 1000;

type Compared = Pick<Comparison, "state" | "told" | "hidden" | "size">;

/**
 * Rows are read after the leaves: one that names a later leaf is judged as one that waits for its
 * batch, and by the next audit with it.
 */
export function compareUsage(comparison: Compared): Finding[] {
  if (mayBeHidden(comparison)) return [];
  return [...compareRecords(comparison), ...compareRefusals(comparison)];
}

function compareRecords(comparison: Compared): Finding[] {
  const { state, told } = comparison;
  if (told.usage === undefined) return [];
  const said = new Set(told.usage.map(usageKey));
  const gone = [...state.usage].flatMap(([key, { value, leaf }]): Finding[] => {
    if (said.has(key)) return [];
    const message = `${nameOfUsage(value)} is in the batch of leaf ${leaf} with ${shown(value)}; the registry no longer has it`;
    return [{ code: "audit_usage_rewritten", message, leaf }];
  });
  return [...gone, ...told.usage.flatMap((one) => compareRecord(comparison, one))];
}

function compareRecord(
  { state, told, size }: Compared,
  { logIndex, ...said }: ToldUsage,
): Finding[] {
  const logged = state.usage.get(usageKey(said));
  const rewritten = (message: string): Finding[] => [
    {
      code: "audit_usage_rewritten",
      message: `${nameOfUsage(said)}: ${message}`,
      ...(logged === undefined ? {} : { leaf: logged.leaf }),
    },
  ];
  if (logIndex === undefined || logIndex >= size) {
    if (!mayBePending(said.lastUsedAt, told)) {
      const message = `${nameOfUsage(said)}, used until ${said.lastUsedAt}, is in no batch: what is not committed can be rewritten`;
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

/** What claims a time to come would wait for ever. */
function mayBePending(time: string, told: Compared["told"]): boolean {
  return Math.abs(Date.parse(told.time) - Date.parse(time)) <= MAX_PENDING_MS;
}

/** A count is committed once its minute is over, and stays as it is from then on. */
function compareRefusals(comparison: Compared): Finding[] {
  const { state, told } = comparison;
  if (told.refusals === undefined) return [];
  const said = new Set(told.refusals.map(refusalKey));
  const gone = [...state.refusals].flatMap(([key, { value, leaf }]): Finding[] => {
    if (said.has(key)) return [];
    const message = `${nameOfRefusal(value)} are ${value.count} by leaf ${leaf}; the registry no longer has them`;
    return [{ code: "audit_refusals_rewritten", message, leaf }];
  });
  return [...gone, ...told.refusals.flatMap((one) => compareCount(comparison, one))];
}

function compareCount(
  { state, told, size }: Compared,
  { logIndex, ...said }: ToldRefusals,
): Finding[] {
  const shownCount = `${said.count} ${logIndex === undefined ? "that wait for a batch" : `by leaf ${logIndex}`}`;
  const logged = state.refusals.get(refusalKey(said));
  if (logged !== undefined) {
    const { value, leaf } = logged;
    if (value.count === said.count && leaf === logIndex) return [];
    const message = `${nameOfRefusal(said)} are ${value.count} by leaf ${leaf}; the registry says ${shownCount}`;
    return [{ code: "audit_refusals_rewritten", message, leaf }];
  }
  if (logIndex !== undefined && logIndex < size) {
    const message = `${nameOfRefusal(said)}: the registry says ${shownCount}; no batch of the log has them`;
    return [{ code: "audit_refusals_rewritten", message }];
  }
  if (mayBePending(said.minute, told)) return [];
  const message = `${nameOfRefusal(said)} are in no batch: what is not committed can be rewritten`;
  return [{ code: "audit_refusals_uncommitted", message }];
}
