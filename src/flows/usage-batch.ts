/**
 * Commits what was used, and who was refused, to the log: in batches, because a leaf for each render
 * would make renders wait for one another. What a leaf's batch holds cannot be rewritten unnoticed.
 */
import {
  formatUsageBatch,
  MAX_BATCH_RECORDS,
  type RefusalCount,
  type UsageSnapshot,
} from "../core/audit/usage-batch.js";
import { sha256Digest } from "../core/codec/digest.js";
import { putBlobs } from "../store/blobs.js";
import type { Tx } from "../store/db.js";
import { lockLogHead } from "../store/log.js";
import {
  hasPending,
  lockPendingRefusals,
  lockPendingUsage,
  markBatched,
} from "../store/pending-usage.js";
import type { RefusalRow } from "../store/refusals.js";
import type { UsageRow } from "../store/usage.js";
import { SERVICE } from "./caller.js";
import { appendRecord, changeRegistry } from "./log.js";
import { startOfMinute } from "./refusals.js";
import type { Registry } from "./registry.js";
import { repeat } from "./rounds.js";

/** Makes batches until nothing that is pending now is left; returns how many it made. */
export async function commitUsage(registry: Registry): Promise<number> {
  // A minute that goes on may still count more.
  const before = startOfMinute(registry.now());
  for (let batches = 0; ; batches++) {
    if (!(await hasPending(registry.db, before))) return batches;
    const records = await changeRegistry(registry, (tx) => commitBatch(registry, tx, before));
    if (records < MAX_BATCH_RECORDS) return records === 0 ? batches : batches + 1;
  }
}

/** Commits every `seconds`, until the returned function is called, which waits for a round under way. */
export function keepUsageCommitted(registry: Registry, seconds: number): () => Promise<void> {
  return repeat(() => commitUsage(registry), seconds * 1000).stop;
}

/** One batch; returns how many records it holds of the kind that has more. */
async function commitBatch(registry: Registry, tx: Tx, before: Date): Promise<number> {
  // First, so that of two batches the later holds the later state of a record.
  const head = await lockLogHead(tx);
  const usage = await lockPendingUsage(tx, MAX_BATCH_RECORDS);
  const refusals = await lockPendingRefusals(tx, before, MAX_BATCH_RECORDS);
  const records = usage.rows.length + refusals.rows.length;
  if (records === 0) return 0;
  const content = formatUsageBatch({
    time: registry.now().toISOString(),
    usage: usage.rows.map(toSnapshot),
    refusals: refusals.rows.map(toCount),
  });
  const batch = sha256Digest(content);
  await putBlobs(tx, [{ digest: batch, content }]);
  const details = { batch, records };
  const leaf = await appendRecord(registry, tx, { kind: "usage", actor: SERVICE, details }, head);
  await markBatched(tx, leaf, { usage, refusals });
  return Math.max(usage.rows.length, refusals.rows.length);
}

function toSnapshot({ firstUsedAt, lastUsedAt, ...row }: UsageRow): UsageSnapshot {
  return {
    ...row,
    firstUsedAt: firstUsedAt.toISOString(),
    lastUsedAt: lastUsedAt.toISOString(),
  };
}

function toCount({ minute, ...row }: RefusalRow): RefusalCount {
  return { ...row, minute: minute.toISOString() };
}
