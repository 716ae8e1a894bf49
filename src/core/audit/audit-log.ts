/**
 * Audits a log: whether its checkpoint is to be trusted, whether the log grew out of what was seen of
 * it before, what its leaves come to, and whether the registry tells the same.
 */
import { BackbarError } from "../../errors.js";
import { type OpenedCheckpoint, openCheckpoint } from "../tlog/checkpoint.js";
import { parseCheckpoint } from "../tlog/checkpoint-text.js";
import { leafHash } from "../tlog/leaf.js";
import { rootOfHashes } from "../tlog/merkle.js";
import { parseNote } from "../tlog/note.js";
import { noteKey } from "../tlog/note-key.js";
import type { KeySet } from "../trust/key-set.js";
import { type Check, Checklist } from "./checklist.js";
import { compareWithLog } from "./compare.js";
import type { Finding } from "./finding.js";
import type { LogEvidence } from "./log-evidence.js";
import { type Replay, replayLog } from "./replay.js";
import { type TrustPolicy, type VerifiedTrust, verifyTrust } from "./verify-trust.js";

export interface AuditPolicy extends TrustPolicy {
  /** The checkpoint that was seen last: a signed note. */
  readonly remembered?: string;
  /** The origin of a log whose recovery from a backup is known and accepted. */
  readonly acceptRecovery?: string;
}

export interface Audit {
  readonly checks: readonly Check[];
  readonly findings: readonly Finding[];
  /** What could not be compared, and why. */
  readonly notCompared: readonly string[];
  readonly replay?: Replay;
  /** Undefined where the checkpoint cannot be trusted: then nothing else was looked at. */
  readonly trust?: VerifiedTrust;
  /** Both notes, where the log was forked. */
  readonly fork?: readonly [string, string];
}

/** What the log in `evidence` comes to, by whom it is vouched for, and every lie that it bears out. */
export async function auditLog(evidence: LogEvidence, policy: AuditPolicy): Promise<Audit> {
  const checklist = new Checklist();
  const trust = await verifyTrust(checklist, evidence, policy);
  if (trust === undefined) return { checks: checklist.checks, findings: [], notCompared: [] };
  const { keySet } = trust;
  const size = evidence.leaves.length;
  const hashes = evidence.leaves.map(leafHash);
  const growth = compareRemembered(trust, hashes, policy);
  const replay = await replayLog(evidence.leaves, evidence.contents, keySet.release);
  const told = { ...replay, told: evidence.told, size, keySet, root: trust.root };
  return {
    checks: checklist.checks,
    findings: [
      ...findDropped(trust, hashes),
      ...growth.findings,
      ...findRecoveries(trust, replay, policy),
      ...replay.findings,
      ...(await compareWithLog(told)),
    ],
    notCompared: tellNotCompared(evidence, replay),
    replay,
    trust,
    ...(growth.fork === undefined ? {} : { fork: growth.fork }),
  };
}

/** The leaves have to be those that the checkpoint commits to. */
function findDropped(
  { checkpoint: { checkpoint } }: VerifiedTrust,
  hashes: readonly Uint8Array[],
): Finding[] {
  if (hashes.length < checkpoint.size) {
    const message = `the checkpoint has ${checkpoint.size} leaves; the registry gives the first ${hashes.length}`;
    return [{ code: "audit_leaf_dropped", message, leaf: hashes.length }];
  }
  if (isSame(rootOfHashes(hashes), checkpoint.root)) return [];
  const message = `the ${hashes.length} leaves that the registry gives are not those of its checkpoint: some were changed or dropped`;
  return [{ code: "audit_leaf_dropped", message }];
}

interface Growth {
  readonly findings: readonly Finding[];
  readonly fork?: readonly [string, string];
}

/** The log has to begin as it did when it was seen before. */
function compareRemembered(
  trust: VerifiedTrust,
  hashes: readonly Uint8Array[],
  { remembered }: AuditPolicy,
): Growth {
  const before = remembered === undefined ? undefined : openRemembered(remembered, trust.keySet);
  if (before === undefined) return { findings: [] };
  const { size, root, origin } = before.checkpoint;
  const now = trust.checkpoint;
  const former = trust.keySet.formerOrigins.find((one) => one.origin === origin);
  // What a restored backup lost is told by the recovery; what both logs have has to be the same.
  if (former !== undefined && size > former.size) return { findings: [] };
  if (size > now.checkpoint.size) {
    const message = `the log had ${size} leaves when it was seen last; its checkpoint now has ${now.checkpoint.size}`;
    return { findings: [{ code: "audit_leaf_dropped", message }], fork: [before.note, now.note] };
  }
  if (size > hashes.length || isSame(rootOfHashes(hashes.slice(0, size)), root)) {
    return { findings: [] };
  }
  const message = `the log is another than the one that was seen: its first ${size} leaves were changed`;
  return { findings: [{ code: "audit_fork", message }], fork: [before.note, now.note] };
}

/** Undefined where the note is of no log that this registry ever had. */
function openRemembered(note: string, keySet: KeySet): OpenedCheckpoint | undefined {
  try {
    const { origin } = parseCheckpoint(parseNote(note).text);
    const logKeys = keySet.checkpoint.map(({ publicKey }) => noteKey(origin, "note", publicKey));
    return openCheckpoint(note, { origin, logKeys });
  } catch (error) {
    if (error instanceof BackbarError) return undefined;
    throw error;
  }
}

/** A log that was continued from a backup lost leaves that others may have seen. */
function findRecoveries(
  { keySet }: VerifiedTrust,
  { state }: Replay,
  { remembered, acceptRecovery }: AuditPolicy,
): Finding[] {
  const { origin, formerOrigins } = keySet;
  const last = formerOrigins.at(-1);
  if (last === undefined || acceptRecovery === origin) return [];
  // Whoever remembers a checkpoint of this log has been told.
  if (remembered?.startsWith(`${origin}\n`)) return [];
  const record = state.recoveries.at(-1);
  const reason = record === undefined ? "" : `: ${String(record.value.reason ?? "")}`;
  const message = `the log ${last.origin} ended with a restored backup of ${last.size} leaves; what came after is lost, and ${origin} goes on${reason}`;
  const leaf = record === undefined ? {} : { leaf: record.leaf };
  return [{ code: "audit_log_recovered", message, ...leaf }];
}

function tellNotCompared({ told }: LogEvidence, { hidden }: Replay): string[] {
  const lists = (["usage", "refusals", "tokens"] as const).filter(
    (list) => told[list] === undefined,
  );
  // An auditor's evidence has them all, unless it was gathered before there was such a list.
  const why = told.auditor ? "not in this evidence" : "shown to auditors";
  const parts = lists.map((list) => `${list}: ${why}`);
  if (told.auditor) return parts;
  const leaves = `${hidden.length} leaves: what they record is shown to auditors`;
  const namespaces = "private namespaces: shown to auditors";
  return [...(hidden.length === 0 ? [] : [leaves]), ...parts, namespaces];
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
