/**
 * From the product's error codes to the stages of the golden cases: which step of the CLI reports
 * the fault. The READMEs of the golden data list the stages of each target.
 */
import type { Target } from "../../src/core/score/project-state.js";

const SHARED: Readonly<Record<string, string>> = {
  render_no_workloads: "score-validation",
  score_name: "score-validation",
  score_upgrade: "score-validation",
  score_schema: "score-validation",
  score_overrides_file: "override",
  score_override_property: "override",
  score_override_path: "override",
  score_image_missing: "image",
  score_resource_reference: "provision",
  score_resource_cycle: "provision",
  score_resource_not_primed: "provision",
  provision_no_match: "provision",
  provision_provider_changed: "provision",
  provision_command: "provision",
  provision_environment: "provision",
  provision_params: "provision",
  provision_params_schema: "provision",
  provision_template_parse: "provision",
  provision_template_exec: "provision",
  provision_budget: "provision",
  provision_output_yaml: "provision",
  provision_output_form: "provision",
  provision_outputs_schema: "provision",
  provision_mount_path: "provision",
  patch_template_exec: "patch",
  patch_budget: "patch",
  patch_form: "patch",
  patch_operation: "patch",
  patch_result: "patch",
};

const CODES_OF: Readonly<Record<string, readonly string[]>> = {
  provisioners_: ["empty", "yaml", "form", "uri", "scheme", "key", "type", "value"],
  convert_: [
    "probe",
    "dependency",
    "file",
    "file_missing",
    "volume",
    "placeholder",
    "service_clash",
  ],
  k8s_: [
    "outputs_missing",
    "placeholder",
    "secret_ref_form",
    "quantity",
    "file",
    "file_missing",
    "volume",
    "probe",
    "model",
  ],
};

const COMPOSE: Readonly<Record<string, string>> = {
  ...SHARED,
  render_build: "image",
  score_yaml: "score-validation",
  score_not_a_map: "score-validation",
  score_placeholder_form: "score-validation",
  score_placeholder_unknown_resource: "score-validation",
  score_before: "score-validation",
  score_build_unknown_container: "image",
  score_resource_conflict: "provision",
  ...sameStage("provisioner-file", "provisioners_"),
  ...sameStage("convert", "convert_"),
  patch_template_parse: "patch",
  publish_form: "publish",
  publish_reference: "publish",
};

const K8S: Readonly<Record<string, string>> = {
  ...SHARED,
  score_yaml: "score-decode",
  score_not_a_map: "score-decode",
  score_resource_conflict: "prime",
  ...sameStage("provisioner-load", "provisioners_"),
  ...sameStage("convert", "k8s_"),
  k8s_namespace_missing: "flags",
  k8s_manifest_form: "provision",
  k8s_kind_unknown: "provision",
  k8s_secret_ref_unresolved: "secret-ref",
  patch_template_parse: "patch-template-parse",
};

/** The stage of an error code; undefined for a code that no golden case can have. */
export function stageOf(target: Target, code: string): string | undefined {
  const table = target === "compose" ? COMPOSE : K8S;
  return Object.hasOwn(table, code) ? table[code] : undefined;
}

function sameStage(stage: string, prefix: string): Record<string, string> {
  return Object.fromEntries((CODES_OF[prefix] ?? []).map((code) => [`${prefix}${code}`, stage]));
}
