/**
 * Replays a log: from its leaves and the signed envelopes behind them to the state that a registry
 * with this log has to have. What no honest registry logs is a finding, whoever signed it.
 */
import { BackbarError } from "../../errors.js";
import { sha256Digest } from "../codec/digest.js";
import type { Leaf } from "../tlog/leaf.js";
import { openRecord, type SignedRecord } from "../trust/record.js";
import { openRelease } from "../trust/release-signature.js";
import type { AcceptedKeys } from "../trust/signed-json.js";
import type { Finding } from "./finding.js";
import { emptyState, type LogState } from "./log-state.js";
import { applyRecord, describeDefinition } from "./replay-record.js";
import { applyApproval, applyRelease } from "./replay-release.js";
import type { Step } from "./replay-step.js";
import { applyUsage } from "./replay-usage.js";

/** What lies behind the leaves, by digest, as far as it was shown; untrusted. */
export interface LogContents {
  /** Compact JWS. */
  readonly envelopes: ReadonlyMap<string, string>;
  /** Batches of usage records. */
  readonly batches: ReadonlyMap<string, Uint8Array>;
}

export interface Replay {
  readonly state: LogState;
  readonly findings: readonly Finding[];
  /** Leaves whose envelope, or batch, was not shown: what they say is not in `state`. */
  readonly hidden: readonly number[];
}

/** Replays `leaves`, which have to be proven, from the first on; `keys` sign releases and records. */
export async function replayLog(
  leaves: readonly Leaf[],
  contents: LogContents,
  keys: AcceptedKeys,
): Promise<Replay> {
  const state = emptyState();
  const findings: Finding[] = [];
  const hidden: number[] = [];
  for (const [index, leaf] of leaves.entries()) {
    const find = (code: Finding["code"], message: string) =>
      findings.push({ code, message: `leaf ${index}: ${message}`, leaf: index });
    const envelope = contents.envelopes.get(leaf.envelope);
    if (envelope === undefined) {
      hidden.push(index);
      continue;
    }
    const isShown = await applyLeaf({ state, leaf: index, find }, leaf, envelope, contents, keys);
    if (!isShown) hidden.push(index);
  }
  return { state, findings, hidden };
}

/** False where a part of what the leaf says was not shown. */
async function applyLeaf(
  step: Step,
  leaf: Leaf,
  envelope: string,
  { batches }: LogContents,
  keys: AcceptedKeys,
): Promise<boolean> {
  const actual = sha256Digest(envelope);
  if (actual !== leaf.envelope) {
    const message = `it names the envelope ${leaf.envelope}; the registry gave ${actual}`;
    step.find("audit_envelope_changed", message);
    return true;
  }
  try {
    if (leaf.kind === "release") {
      applyRelease(step, await openRelease(envelope, keys), leaf.envelope);
      return true;
    }
    const record = await openRecord(envelope, keys);
    if (record.kind !== leaf.kind) {
      step.find("audit_record_impossible", `its kind is ${leaf.kind}, its record's ${record.kind}`);
      return true;
    }
    return applyOne(step, record, batches);
  } catch (error) {
    if (!(error instanceof BackbarError)) throw error;
    step.find("audit_record_signature", `its envelope does not hold: ${error.message}`);
    return true;
  }
}

function applyOne(
  step: Step,
  record: SignedRecord,
  batches: ReadonlyMap<string, Uint8Array>,
): boolean {
  if (record.kind === "approval") applyApproval(step, record);
  else if (record.kind === "environment") describeDefinition(step, record);
  else if (record.kind === "usage") return applyUsage(step, record, batches);
  else applyRecord(step, record);
  return true;
}
