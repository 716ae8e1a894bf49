import { BackbarError } from "../errors.js";

export type CliErrorCode =
  | "cli_file"
  | "cli_file_limit"
  | "cli_link"
  | "cli_mounts_directory"
  | "cli_needs_files"
  | "cli_state_changed";

/** What a command finds wrong with the files around it. */
export class CliError extends BackbarError<CliErrorCode> {
  override readonly name = "CliError";
}
