import { BackbarError } from "../../errors.js";

export type ScoreErrorCode =
  // reading a Score file
  | "score_yaml"
  | "score_not_a_map"
  | "score_name"
  | "score_upgrade"
  | "score_schema"
  // overrides
  | "score_overrides_file"
  | "score_override_property"
  | "score_override_path"
  // what the schema cannot say
  | "score_placeholder_form"
  | "score_placeholder_unknown_resource"
  | "score_before"
  // images and builds
  | "score_image_missing"
  | "score_build_unknown_container"
  // resolving placeholders
  | "score_placeholder_root"
  | "score_placeholder_incomplete"
  | "score_placeholder_no_resource"
  | "score_placeholder_key"
  | "score_placeholder_not_a_map"
  | "score_placeholder_value"
  // resources of a project
  | "score_resource_conflict"
  | "score_resource_reference"
  | "score_resource_cycle"
  | "score_resource_not_primed"
  // the project's state
  | "score_state";

/** A Score file, override or project state that cannot be used; `problems` lists every fault found. */
export class ScoreError extends BackbarError<ScoreErrorCode> {
  override readonly name = "ScoreError";
}
