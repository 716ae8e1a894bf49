import { BackbarError } from "../../errors.js";

export type RenderErrorCode =
  // what was asked for
  | "render_input"
  | "render_image"
  | "render_build"
  // pieces that provisioners make, in the form of the target
  | "compose_piece_form"
  | "compose_service_clash"
  // workloads to the target
  | "convert_probe"
  | "convert_dependency"
  | "convert_file"
  | "convert_file_missing"
  | "convert_volume"
  | "convert_placeholder"
  | "convert_manifest"
  | "convert_secret_reference"
  // patch templates
  | "patch_template_parse"
  | "patch_template_exec"
  | "patch_form"
  | "patch_operation"
  | "patch_result"
  // published ports
  | "publish_form"
  | "publish_reference";

/** A render that cannot be done as asked. `place.path` is a path into the document or the Score file. */
export class RenderError extends BackbarError<RenderErrorCode> {
  override readonly name = "RenderError";
}
