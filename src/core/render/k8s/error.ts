import { BackbarError } from "../../../errors.js";

export type K8sErrorCode =
  /** `generateNamespace` without `namespace`. */
  | "k8s_namespace_missing"
  /** A resource's manifest that the Kubernetes API would not read. */
  | "k8s_manifest_form"
  /** A manifest of a kind that Kubernetes' own group does not have. */
  | "k8s_kind_unknown"
  /** A secret reference where nothing can resolve it. */
  | "k8s_secret_ref_unresolved"
  // workloads to manifests
  | "k8s_outputs_missing"
  | "k8s_placeholder"
  | "k8s_secret_ref_form"
  | "k8s_quantity"
  | "k8s_file"
  | "k8s_file_missing"
  | "k8s_volume"
  | "k8s_probe"
  // what score-k8s leaves out or lets pass without a word: warnings, faults in strict mode
  | "k8s_workload_kind"
  | "k8s_claim_needs_stateful_set"
  | "k8s_before_ignored"
  | "k8s_probe_exec_ignored"
  | "k8s_annotation_unknown"
  | "k8s_volume_options_lost"
  | "k8s_volume_name_twice"
  /** A value that does not have the form of its Kubernetes type; callers say where it came from. */
  | "k8s_model";

/** Workloads or manifests that cannot become Kubernetes documents. `place.path` is a path into the Score file or the manifest. */
export class K8sError extends BackbarError<K8sErrorCode> {
  override readonly name = "K8sError";
}
