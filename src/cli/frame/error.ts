import { BackbarError } from "../../errors.js";

export type CliErrorCode =
  | "cli_config"
  | "cli_exists"
  | "cli_editor"
  | "cli_file"
  | "cli_file_limit"
  | "cli_key"
  | "cli_key_exists"
  | "cli_key_unlisted"
  | "cli_link"
  | "cli_local_state"
  | "cli_lock"
  | "cli_lock_changed"
  | "cli_lock_differs"
  | "cli_lock_missing"
  | "cli_lock_recipe"
  | "cli_lock_registry"
  | "cli_mounts_directory"
  | "cli_namespace_exists"
  | "cli_needs_files"
  | "cli_state_changed"
  | "cli_unknown"
  | "cli_version";

/** What a command finds wrong with what is around it. */
export class CliError extends BackbarError<CliErrorCode> {
  override readonly name = "CliError";
}
