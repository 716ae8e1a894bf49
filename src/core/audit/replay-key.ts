/** What leaves say of the registry's own keys: which took over from which, and which was revoked. */
import type { SignedRecord } from "../trust/record.js";
import type { Logged, LoggedSigningKey } from "./log-state.js";
import type { Step } from "./replay-step.js";

type Keys = Map<string, Logged<LoggedSigningKey>>;

/** A key of the registry was replaced or revoked. */
export function applyKey(step: Step, details: SignedRecord["details"]): void {
  const purpose = String(details.purpose);
  const keys: Keys = step.state.signingKeys.get(purpose) ?? new Map();
  if (details.act === "rotate") applyRotation(step, keys, details);
  else if (details.act === "revoke") applyRevocation(step, keys, details);
  else step.find("audit_record_impossible", `an act on the ${purpose} key that is none`);
  step.state.signingKeys.set(purpose, keys);
}

function applyRotation(
  { leaf, find }: Step,
  keys: Keys,
  { purpose, from, to, until }: SignedRecord["details"],
): void {
  const [old, next] = [String(from), String(to)];
  const current = [...keys].findLast(([, { value }]) => value.until === undefined)?.[0] ?? old;
  if (current !== old || keys.has(next)) {
    const message = `${next} takes over from the ${String(purpose)} key ${old}; in use is ${current}`;
    find("audit_record_impossible", message);
  }
  // The first key was there before the log.
  const known = keys.get(old) ?? { value: {}, leaf };
  keys.set(old, { ...known, value: { ...known.value, until: String(until) } });
  keys.set(next, { value: {}, leaf });
}

function applyRevocation(
  { find }: Step,
  keys: Keys,
  { purpose, fingerprint, at }: SignedRecord["details"],
): void {
  const revoked = String(fingerprint);
  const known = keys.get(revoked);
  if (known?.value.until === undefined) {
    const message = `the ${String(purpose)} key ${revoked} is revoked, from which none took over`;
    find("audit_record_impossible", message);
  }
  if (known === undefined) return;
  keys.set(revoked, { ...known, value: { ...known.value, revokedAt: String(at) } });
}
