import { BackbarError } from "../../errors.js";

export type RecipeErrorCode =
  | "recipe_name"
  | "namespace_name"
  | "environment_name"
  | "entry_list_name"
  | "entry_list_definition"
  | "recipe_version"
  | "recipe_metadata"
  | "recipe_schema"
  | "recipe_file_path"
  | "recipe_file_unknown"
  | "recipe_file_limit"
  | "recipe_file_missing"
  | "recipe_check"
  | "recipe_template"
  | "recipe_type_unprovided"
  | "recipe_output_unprovided"
  | "recipe_example"
  | "recipe_output_dropped"
  | "recipe_param_required"
  | "recipe_uri_changed"
  | "recipe_command"
  | "recipe_range"
  | "recipe_unresolved"
  | "promotion_ambiguous"
  | "promotion_range"
  | "environment_definition"
  | "release_document"
  | "release_size"
  | "provisioner_shadowed"
  | "patch_template_repeated"
  | "entry_empty"
  | "provisioners_empty"
  | "provisioners_yaml"
  | "provisioners_form"
  | "provisioners_uri"
  | "provisioners_scheme"
  | "provisioners_key"
  | "provisioners_type"
  | "provisioners_value";

/** A recipe, environment or release that cannot be read, or breaks a rule; `problems` lists every fault found. */
export class RecipeError extends BackbarError<RecipeErrorCode> {
  override readonly name = "RecipeError";
}
