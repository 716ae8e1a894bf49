/** The HTTP status of every error code. A code without one does not compile. */
import type { CodecErrorCode } from "../core/codec/error.js";
import type { TemplateErrorCode } from "../core/gotemplate/error.js";
import type { OciErrorCode } from "../core/oci/error.js";
import type { ProvisionErrorCode } from "../core/provision/error.js";
import type { RecipeErrorCode } from "../core/recipe/error.js";
import type { RenderErrorCode } from "../core/render/error.js";
import type { K8sErrorCode } from "../core/render/k8s/error.js";
import type { ScoreErrorCode } from "../core/score/error.js";
import type { TlogErrorCode } from "../core/tlog/error.js";
import type { TrustErrorCode } from "../core/trust/error.js";
import type { FlowErrorCode } from "../flows/error.js";
import type { RendererErrorCode } from "../flows/renderer/pool.js";
import type { StoreErrorCode } from "../store/error.js";
import type { HttpErrorCode } from "./error.js";

export type ErrorCode =
  | CodecErrorCode
  | FlowErrorCode
  | HttpErrorCode
  | K8sErrorCode
  | OciErrorCode
  | ProvisionErrorCode
  | RecipeErrorCode
  | RenderErrorCode
  | RendererErrorCode
  | ScoreErrorCode
  | StoreErrorCode
  | TemplateErrorCode
  | TlogErrorCode
  | TrustErrorCode;

const STATUS: Readonly<Record<ErrorCode, number>> = {
  http_body_invalid: 400,
  http_body_too_large: 413,
  http_content_type: 415,
  http_headers_too_large: 431,
  http_host_refused: 403,
  http_if_match: 400,
  http_not_acceptable: 406,
  http_not_found: 404,
  http_origin_refused: 403,
  http_request_invalid: 400,
  http_timeout: 408,
  http_token_invalid: 401,
  http_token_required: 401,

  environment_changed: 412,
  environment_unknown: 404,
  environment_exists: 412,
  environment_match_required: 428,
  namespace_unknown: 404,
  namespace_look_alike: 409,
  patch_unknown: 404,
  project_busy: 409,
  project_changed: 412,
  project_state: 422,
  project_target: 409,
  project_unknown: 404,
  publish_conflict: 409,
  publish_name: 400,
  recipe_unknown: 404,
  registry_keys: 500,
  release_none: 404,
  release_unknown: 404,
  render_has_files: 406,
  render_target: 400,
  resolve_no_match: 404,
  version_unknown: 404,
  version_file_unknown: 404,
  workload_unknown: 404,

  render_timeout: 422,
  render_memory: 422,
  render_overloaded: 503,

  store_unreachable: 503,
  store_in_use: 500,
  store_path: 500,
  store_blob_corrupt: 500,
  store_blob_missing: 500,

  yaml_syntax: 422,
  yaml_duplicate_key: 422,
  yaml_alias: 422,
  yaml_merge: 422,
  yaml_tag: 422,
  yaml_key: 422,
  yaml_limit_bytes: 413,
  yaml_limit_depth: 422,
  yaml_limit_aliases: 422,
  json_value: 422,
  data_path_root: 422,
  data_path_limit: 422,
  data_path_index: 422,
  data_path_range: 422,
  data_path_scalar: 422,
  patch_path_empty: 422,
  patch_path_complex: 422,
  patch_path_key: 422,
  patch_path_limit: 422,

  template_parse: 422,
  template_exec: 422,
  template_budget_steps: 422,
  template_budget_output: 422,
  template_budget_memory: 422,
  template_budget_depth: 422,

  score_yaml: 422,
  score_not_a_map: 422,
  score_name: 422,
  score_upgrade: 422,
  score_schema: 422,
  score_overrides_file: 422,
  score_override_property: 422,
  score_override_path: 422,
  score_placeholder_form: 422,
  score_placeholder_unknown_resource: 422,
  score_before: 422,
  score_image_missing: 422,
  score_build_unknown_container: 422,
  score_placeholder_root: 422,
  score_placeholder_incomplete: 422,
  score_placeholder_no_resource: 422,
  score_placeholder_key: 422,
  score_placeholder_not_a_map: 422,
  score_placeholder_value: 422,
  score_resource_conflict: 422,
  score_resource_reference: 422,
  score_resource_cycle: 422,
  score_resource_not_primed: 422,
  score_state: 422,

  recipe_name: 400,
  namespace_name: 400,
  environment_name: 400,
  recipe_version: 400,
  recipe_metadata: 422,
  recipe_schema: 422,
  recipe_file_path: 400,
  recipe_file_unknown: 422,
  recipe_file_limit: 413,
  recipe_file_missing: 422,
  recipe_check: 422,
  recipe_template: 422,
  recipe_type_unprovided: 422,
  recipe_output_unprovided: 422,
  recipe_uri_changed: 422,
  recipe_command: 422,
  recipe_range: 422,
  recipe_unresolved: 409,
  environment_definition: 422,
  release_document: 500,
  provisioner_shadowed: 422,
  patch_template_repeated: 422,
  entry_empty: 422,
  provisioners_empty: 422,
  provisioners_yaml: 422,
  provisioners_form: 422,
  provisioners_uri: 422,
  provisioners_scheme: 422,
  provisioners_key: 422,
  provisioners_type: 422,
  provisioners_value: 422,

  provision_no_match: 422,
  provision_provider_changed: 422,
  provision_command: 403,
  provision_environment: 422,
  provision_params: 422,
  provision_params_schema: 422,
  provision_template_parse: 422,
  provision_template_exec: 422,
  provision_budget: 422,
  provision_output_yaml: 422,
  provision_output_form: 422,
  provision_outputs_schema: 422,
  provision_mount_path: 422,

  render_no_workloads: 422,
  render_build: 422,
  convert_probe: 422,
  convert_dependency: 422,
  convert_file: 422,
  convert_file_missing: 422,
  convert_volume: 422,
  convert_placeholder: 422,
  convert_service_clash: 422,
  patch_template_parse: 422,
  patch_template_exec: 422,
  patch_budget: 422,
  patch_form: 422,
  patch_operation: 422,
  patch_result: 422,
  publish_form: 422,
  publish_reference: 422,

  k8s_namespace_missing: 422,
  k8s_manifest_form: 422,
  k8s_kind_unknown: 422,
  k8s_secret_ref_unresolved: 422,
  k8s_outputs_missing: 422,
  k8s_placeholder: 422,
  k8s_secret_ref_form: 422,
  k8s_quantity: 422,
  k8s_file: 422,
  k8s_file_missing: 422,
  k8s_volume: 422,
  k8s_probe: 422,
  k8s_workload_kind: 422,
  k8s_claim_needs_stateful_set: 422,
  k8s_before_ignored: 422,
  k8s_probe_exec_ignored: 422,
  k8s_annotation_unknown: 422,
  k8s_volume_options_lost: 422,
  k8s_volume_name_twice: 422,
  k8s_model: 422,

  oci_manifest: 400,
  oci_config: 422,
  oci_media_type: 422,
  oci_descriptor: 422,
  oci_title: 400,
  oci_blob_missing: 400,
  oci_blob_unknown: 400,
  oci_blob_size: 400,
  oci_blob_digest: 400,
  oci_limit: 413,
  submission_form: 400,
  submission_limit: 413,

  key_form: 422,
  key_algorithm: 422,
  key_unknown: 403,
  key_set: 500,
  bundle_form: 422,
  bundle_signature: 403,
  bundle_statement: 422,
  bundle_subject: 403,
  signed_form: 422,
  signed_type: 422,
  signed_signature: 422,
  signed_payload: 422,
  pointer_expired: 422,
  pointer_rollback: 422,
  pointer_environment: 422,
  pointer_release: 422,
  state_key: 500,
  state_sealed: 500,
  state_key_unknown: 500,

  tlog_leaf: 500,
  tlog_frontier: 500,
  tlog_index_out_of_range: 422,
  tlog_tree_size: 500,
  tlog_proof_length: 422,
  tlog_root_mismatch: 422,
};

/** The status of `code`; 500 for one that is none of ours. */
export function statusOf(code: string): number {
  return Object.hasOwn(STATUS, code) ? STATUS[code as ErrorCode] : 500;
}
