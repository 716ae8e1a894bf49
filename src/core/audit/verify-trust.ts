/** Verifies whom to trust: from the pinned root to the key set, and to a checkpoint of its log. */
import { type OpenedCheckpoint, openCheckpoint } from "../tlog/checkpoint.js";
import { type NoteKey, noteKey } from "../tlog/note-key.js";
import { CLOCK_SKEW_MS, checkKeyAt, type DatedKey, holdsAt } from "../trust/dated-key.js";
import { type KeySet, openKeySet } from "../trust/key-set.js";
import { type PublicKey, parsePublicKey } from "../trust/keys.js";
import { followRoots } from "../trust/root-chain.js";
import type { Checklist } from "./checklist.js";
import { AuditError } from "./error.js";
import type { TrustEvidence } from "./evidence.js";

export interface TrustPolicy {
  /** Fingerprint of the root key that was pinned; undefined takes the one in the evidence. */
  readonly root?: string;
  readonly now: Date;
  /** The oldest that a checkpoint may be. */
  readonly maxAgeSeconds: number;
  /** Cosignature keys of witnesses. */
  readonly witnesses: readonly NoteKey[];
  /** How many of them have to have cosigned. */
  readonly quorum: number;
}

export interface VerifiedTrust {
  readonly root: PublicKey;
  readonly keySet: KeySet;
  readonly checkpoint: OpenedCheckpoint;
  /** When the log or a trusted witness last vouched for the checkpoint. */
  readonly seenAt: Date;
}

/** Adds the checks to `checklist`; undefined where one failed on which everything else rests. */
export async function verifyTrust(
  checklist: Checklist,
  evidence: TrustEvidence,
  policy: TrustPolicy,
): Promise<VerifiedTrust | undefined> {
  const root = await verifyRoot(checklist, evidence, policy);
  if (root === undefined) return undefined;
  const keySet = await checklist.run("key set", async () => {
    const value = await openKeySet(evidence.keySet, root);
    return { value, detail: `number ${value.number} of ${value.time}, signed by the root` };
  });
  if (keySet === undefined) return undefined;
  const opened = await checklist.run("checkpoint", () => {
    const value = openLogCheckpoint(evidence.checkpoint, keySet, policy.witnesses);
    const { origin, size } = value.checkpoint.checkpoint;
    return { value, detail: `${size} leaves of ${origin}, signed by its log` };
  });
  if (opened === undefined) return undefined;
  await checklist.run("freshness", () => checkFreshness(opened.seenAt, policy));
  if (policy.witnesses.length === 0) checklist.skip("witnesses", "none was named");
  else await checklist.run("witnesses", () => checkWitnesses(opened.checkpoint, policy));
  return { root, keySet, ...opened };
}

/**
 * Opens a checkpoint of the log of `keySet`, signed and cosigned by a key that held then.
 * `seenAt` is the newest time that the log or one of `witnesses` gives it.
 * @throws {TlogError} tlog_*; {TrustError} key_revoked, key_expired, key_not_yet; {AuditError}
 *   audit_stale where none gives it a time
 */
export function openLogCheckpoint(
  note: string,
  keySet: KeySet,
  witnesses: readonly NoteKey[] = [],
): Pick<VerifiedTrust, "checkpoint" | "seenAt"> {
  const { origin } = keySet;
  const own = keySet.checkpoint.map(({ publicKey }) => noteKey(origin, "cosignature", publicKey));
  const checkpoint = openCheckpoint(note, {
    origin,
    logKeys: keySet.checkpoint.map(({ publicKey }) => noteKey(origin, "note", publicKey)),
    cosigners: [...own, ...witnesses],
  });
  const times = checkpoint.signatures.flatMap(({ time }) => (time === undefined ? [] : [time]));
  if (times.length === 0) {
    throw new AuditError("audit_stale", "nobody who is trusted says when the checkpoint was made");
  }
  const seenAt = new Date(Math.max(...times) * 1000);
  const signers = new Set(checkpoint.signatures.map(({ key }) => key.publicKey.fingerprint));
  const signing = keySet.checkpoint.filter(({ publicKey }) => signers.has(publicKey.fingerprint));
  checkOneHeld(signing, seenAt.toISOString());
  return { checkpoint, seenAt };
}

/** One of several keys that signed has to have held then. */
function checkOneHeld(keys: readonly DatedKey[], time: string): void {
  const [first] = keys;
  if (first !== undefined && !keys.some((key) => holdsAt(key, time))) checkKeyAt(first, time);
}

function verifyRoot(
  checklist: Checklist,
  { root: pem, rootChain }: TrustEvidence,
  { root: pinned }: TrustPolicy,
): Promise<PublicKey | undefined> {
  return checklist.run("root key", async () => {
    const value = parsePublicKey(pem);
    const { fingerprint } = value;
    if (pinned === undefined) {
      return { value, detail: `${fingerprint}, as the registry shows it: none is pinned` };
    }
    if (fingerprint === pinned) return { value, detail: `${pinned}, as it is pinned` };
    await followRoots(rootChain, pinned, value);
    return { value, detail: `${fingerprint}, which follows ${pinned}, as both signed` };
  });
}

function checkFreshness(seenAt: Date, { now, maxAgeSeconds }: TrustPolicy) {
  const ageMs = now.getTime() - seenAt.getTime();
  const at = seenAt.toISOString();
  if (ageMs < -CLOCK_SKEW_MS) {
    throw new AuditError("audit_stale", `the checkpoint is of ${at}, which is not yet`);
  }
  if (ageMs > maxAgeSeconds * 1000) {
    throw new AuditError(
      "audit_stale",
      `the checkpoint is of ${at}, older than ${maxAgeSeconds} s: somebody may be kept from seeing what came after`,
    );
  }
  return { value: undefined, detail: `the checkpoint is of ${at}` };
}

function checkWitnesses(checkpoint: OpenedCheckpoint, { witnesses, quorum }: TrustPolicy) {
  const signed = witnesses.filter((witness) =>
    checkpoint.signatures.some(({ key }) => key === witness),
  );
  const keys = new Set(signed.map(({ publicKey }) => publicKey.fingerprint)).size;
  const names = signed.map(({ name }) => name).join(", ");
  if (keys >= quorum) return { value: undefined, detail: `cosigned by ${names || "none"}` };
  throw new AuditError(
    "audit_witnesses",
    `${keys} of the named witnesses cosigned the checkpoint, ${quorum} have to`,
    { hint: "a log that shows others another history cannot have their cosignatures" },
  );
}
