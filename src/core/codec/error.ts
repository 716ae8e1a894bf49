import { BackbarError } from "../../errors.js";

export type CodecErrorCode =
  | "yaml_syntax"
  | "yaml_duplicate_key"
  | "yaml_alias"
  | "yaml_merge"
  | "yaml_tag"
  | "yaml_key"
  | "yaml_limit_bytes"
  | "yaml_limit_depth"
  | "yaml_limit_aliases"
  | "json_value"
  | "data_path_root"
  | "data_path_limit"
  | "data_path_index"
  | "data_path_range"
  | "data_path_scalar"
  | "patch_path_empty"
  | "patch_path_complex"
  | "patch_path_key"
  | "patch_path_limit";

/** A document, value or path that cannot be read or written. YAML faults carry line and column. */
export class CodecError extends BackbarError<CodecErrorCode> {
  override readonly name = "CodecError";
}
