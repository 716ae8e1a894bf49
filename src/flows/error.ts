import { BackbarError } from "../errors.js";

export type FlowErrorCode =
  | "environment_changed"
  | "environment_unknown"
  | "environment_exists"
  | "environment_match_required"
  | "namespace_unknown"
  | "namespace_look_alike"
  | "patch_unknown"
  | "project_busy"
  | "project_changed"
  | "project_state"
  | "project_target"
  | "project_unknown"
  | "publish_conflict"
  | "publish_name"
  | "recipe_unknown"
  | "registry_keys"
  | "release_none"
  | "release_unknown"
  | "render_has_files"
  | "render_target"
  | "resolve_no_match"
  | "version_unknown"
  | "version_file_unknown"
  | "workload_unknown";

/** What a flow refuses: things that are not there, or that changed meanwhile. */
export class FlowError extends BackbarError<FlowErrorCode> {
  override readonly name = "FlowError";
}
