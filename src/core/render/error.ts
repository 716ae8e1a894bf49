import { BackbarError } from "../../errors.js";

export type RenderErrorCode =
  // what was asked for
  | "render_no_workloads"
  | "render_build"
  // workloads to services
  | "convert_probe"
  | "convert_dependency"
  | "convert_file"
  | "convert_file_missing"
  | "convert_volume"
  | "convert_placeholder"
  | "convert_service_clash"
  // patch templates
  | "patch_template_parse"
  | "patch_template_exec"
  | "patch_budget"
  | "patch_form"
  | "patch_operation"
  | "patch_result"
  // images
  | "render_image_digest"
  // published ports
  | "publish_form"
  | "publish_reference";

/** A render that cannot be done as asked. `place.path` is a path into the document or the Score file. */
export class RenderError extends BackbarError<RenderErrorCode> {
  override readonly name = "RenderError";
}
