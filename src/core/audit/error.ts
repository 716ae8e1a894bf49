import { BackbarError } from "../../errors.js";

export type AuditErrorCode = "audit_batch_form";

/** Evidence, or what a log commits to, that is not of its form. */
export class AuditError extends BackbarError<AuditErrorCode> {
  override readonly name = "AuditError";
}
