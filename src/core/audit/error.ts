import { BackbarError } from "../../errors.js";

export type AuditErrorCode =
  | "audit_batch_form"
  | "audit_evidence_form"
  | "audit_stale"
  | "audit_witnesses"
  | "audit_subject"
  | "audit_record"
  | "audit_manifest"
  | "audit_chain"
  | "audit_combined";

/** Evidence, or what a log commits to, that is not of its form or does not bear out what it is for. */
export class AuditError extends BackbarError<AuditErrorCode> {
  override readonly name = "AuditError";
}
