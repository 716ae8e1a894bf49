/** What leaves say of releases: which there are, who approved them, and which one is current. */
import type { ReleaseDocument } from "../recipe/release-document.js";
import type { SignedRecord } from "../trust/record.js";
import type { LoggedRelease } from "./log-state.js";
import type { Step } from "./replay-step.js";

/** A release was cut; one that needs no approval is current at once. */
export function applyRelease(step: Step, document: ReleaseDocument, digest: string): void {
  const { environment, number, previous, approvals = 0 } = document;
  const releases = releasesOf(step, environment);
  const known = releases.get(number)?.value;
  if (known !== undefined) {
    step.find(
      "audit_record_impossible",
      `release ${number} of ${environment} is ${digest}, and was ${known.digest} before`,
    );
    return;
  }
  const before = releases.get(number - 1)?.value.digest ?? null;
  if (number !== releases.size + 1 || previous !== before) {
    step.find(
      "audit_record_impossible",
      `release ${number} of ${environment} follows ${previous ?? "none"}; the log has ${before ?? "none"} before it`,
    );
  }
  releases.set(number, { value: { document, digest, approvedBy: new Set() }, leaf: step.leaf });
  if (approvals === 0) makeCurrent(step, environment, number);
}

/** A release was approved; the last approval that it needs makes it current. */
export function applyApproval(step: Step, { actor, details }: SignedRecord): void {
  const { environment, number, release } = details;
  const releases = releasesOf(step, String(environment));
  const found = releases.get(Number(number));
  const what = `an approval of release ${String(number)} of ${String(environment)}`;
  if (found === undefined || found.value.digest !== release) {
    step.find("audit_record_impossible", `${what}, which the log does not have`);
    return;
  }
  const { document } = found.value;
  if (document.actor === actor) {
    step.find("audit_record_impossible", `${what} by ${actor}, who cut it`);
    return;
  }
  const approvedBy = new Set([...found.value.approvedBy, actor]);
  const value: LoggedRelease = { ...found.value, approvedBy };
  releases.set(document.number, { value, leaf: found.leaf });
  if (approvedBy.size === (document.approvals ?? 0)) {
    makeCurrent(step, document.environment, document.number);
  }
}

function makeCurrent(step: Step, environment: string, number: number): void {
  const before = step.state.current.get(environment)?.value ?? 0;
  if (number < before) {
    const message = `release ${number} of ${environment} became current after release ${before}`;
    step.find("audit_record_impossible", message);
  }
  step.state.current.set(environment, { value: number, leaf: step.leaf });
}

function releasesOf({ state }: Step, environment: string) {
  const known = state.releases.get(environment) ?? new Map();
  state.releases.set(environment, known);
  return known;
}
