import { BackbarError } from "../../errors.js";

export type TrustErrorCode =
  | "grant_form"
  | "grant_limit"
  | "key_form"
  | "oidc_file"
  | "key_algorithm"
  | "key_unknown"
  | "key_revoked"
  | "key_expired"
  | "key_not_yet"
  | "key_set"
  | "number_jump"
  | "root_chain"
  | "signer_unavailable"
  | "bundle_form"
  | "bundle_signature"
  | "bundle_statement"
  | "bundle_subject"
  | "bundle_threshold"
  | "signed_form"
  | "signed_type"
  | "signed_signature"
  | "signed_payload"
  | "pointer_expired"
  | "pointer_rollback"
  | "pointer_environment"
  | "pointer_release"
  | "state_key"
  | "state_sealed"
  | "state_key_unknown";

/** A key, signature or sealed state that cannot be trusted. */
export class TrustError extends BackbarError<TrustErrorCode> {
  override readonly name = "TrustError";
}
