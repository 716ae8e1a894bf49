/** What an audit finds: each a lie, or a fault that cannot be told from one. */

export type FindingCode =
  | "audit_fork"
  | "audit_leaf_dropped"
  | "audit_log_recovered"
  | "audit_envelope_changed"
  | "audit_envelope_hidden"
  | "audit_record_signature"
  | "audit_record_impossible"
  | "audit_key_unlogged"
  | "audit_key_hidden"
  | "audit_namespace_changed"
  | "audit_namespace_hidden"
  | "audit_namespace_unlogged"
  | "audit_version_changed"
  | "audit_version_hidden"
  | "audit_version_unlogged"
  | "audit_version_signature"
  | "audit_blob_changed"
  | "audit_blob_unreadable"
  | "audit_notice_changed"
  | "audit_environment_changed"
  | "audit_entry_list_changed"
  | "audit_release_changed"
  | "audit_release_hidden"
  | "audit_release_unlogged"
  | "audit_release_rolled_back"
  | "audit_pointer"
  | "audit_usage_rewritten"
  | "audit_usage_uncommitted"
  | "audit_refusals_rewritten"
  | "audit_refusals_uncommitted"
  | "audit_token_changed";

export interface Finding {
  readonly code: FindingCode;
  /** What the log says, what the registry says, and where. */
  readonly message: string;
  /** The leaf that bears it out, where one does. */
  readonly leaf?: number;
}
