/**
 * Gathers a whole log and what the registry says beside it. Nothing is believed here: `auditLog`
 * says what it is worth.
 */
import type { LogEvidence } from "../core/audit/log-evidence.js";
import { type LogContents, replayLog } from "../core/audit/replay.js";
import { openLogCheckpoint } from "../core/audit/verify-trust.js";
import { sha256Digest } from "../core/codec/digest.js";
import { membersOf } from "../core/codec/members.js";
import { isSha256Digest } from "../core/recipe/names.js";
import type { Leaf } from "../core/tlog/leaf.js";
import { unverifiedPayload } from "../core/trust/signed-json.js";
import type { RegistryTrust } from "./catalog.js";
import type { BackbarClient } from "./client.js";
import { gatherTold, type ToldOptions } from "./gather-told.js";
import { inTurns } from "./in-turns.js";
import { readBatch, readCheckpointNote, readEnvelope, readLeaves } from "./log-content.js";
import { readTrustDocuments } from "./trust-documents.js";

/** What was fetched of logs before, by digest; whatever is in it is checked against that. */
export interface ContentCache {
  get(digest: string): string | undefined;
  add(digest: string, content: string): void;
}

export interface GatherOptions extends ToldOptions {
  readonly cache: ContentCache;
}

/** A registry that changes meanwhile is asked again. */
const MAX_ATTEMPTS = 3;

/**
 * The whole log under one checkpoint, and what the registry says beside it.
 * @throws {ClientError}; {ServerProblem}; {TlogError}; {TrustError}; {AuditError} audit_stale
 */
export async function gatherLog(
  client: BackbarClient,
  trust: RegistryTrust,
  options: GatherOptions,
): Promise<LogEvidence> {
  for (let attempt = 1; ; attempt++) {
    const documents = await readTrustDocuments(client);
    const checkpoint = await readCheckpointNote(client);
    const opened = openLogCheckpoint(checkpoint, trust.keySet);
    const { size } = opened.checkpoint.checkpoint;
    const leaves = await readLeaves(client, size);
    const contents = await readContents(client, leaves, options.cache);
    const { state } = await replayLog(leaves, contents, trust.keySet.release);
    const { told, files } = await gatherTold(client, state, options);
    const after = openLogCheckpoint(await readCheckpointNote(client), trust.keySet);
    const added = await readLeaves(client, after.checkpoint.checkpoint.size, size);
    // Usage goes on all the time; rows in later batches count as those that wait for one.
    if (attempt === MAX_ATTEMPTS || added.every(({ kind }) => kind === "usage")) {
      return { ...documents, checkpoint, leaves, contents, told, files };
    }
  }
}

async function readContents(
  client: BackbarClient,
  leaves: readonly Leaf[],
  cache: ContentCache,
): Promise<LogContents> {
  const envelopes = new Map<string, string>();
  await inTurns([...new Set(leaves.map(({ envelope }) => envelope))], async (digest) => {
    const content = await fetchOnce(cache, digest, () => readEnvelope(client, digest));
    if (content !== undefined) envelopes.set(digest, content);
  });
  const usage = leaves.filter(({ kind }) => kind === "usage");
  const named = usage.flatMap(({ envelope }) => batchOf(envelopes.get(envelope)) ?? []);
  const batches = new Map<string, Uint8Array>();
  await inTurns(named, async (digest) => {
    const content = await fetchOnce(cache, digest, async () => {
      const bytes = await readBatch(client, digest);
      return bytes && new TextDecoder().decode(bytes);
    });
    if (content !== undefined) batches.set(digest, new TextEncoder().encode(content));
  });
  return { envelopes, batches };
}

async function fetchOnce(
  cache: ContentCache,
  digest: string,
  fetch: () => Promise<string | undefined>,
): Promise<string | undefined> {
  const known = cache.get(digest);
  if (known !== undefined) return known;
  const content = await fetch();
  if (content !== undefined && sha256Digest(content) === digest) cache.add(digest, content);
  return content;
}

/** The batch that a record names; its signature is checked with the evidence. */
function batchOf(envelope: string | undefined): string | undefined {
  const record = membersOf(unverifiedPayload(envelope ?? ""));
  const batch = membersOf(record.get("details")).get("batch");
  return typeof batch === "string" && isSha256Digest(batch) ? batch : undefined;
}
