/** What the placeholders of a provisioned workload resolve to. */
import { ScoreError } from "../../score/error.js";
import {
  type OutputLookup,
  outputLookup,
  type Resolve,
  scopeResolver,
  splitReference,
  substitute,
} from "../../score/placeholders.js";
import type { ProjectState } from "../../score/project-state.js";
import { resourceUid } from "../../score/resource-uid.js";
import { K8sError } from "./error.js";

/**
 * Resolves the workload's metadata and the outputs of its resources; a workload that is not in the
 * state has neither.
 * @throws {K8sError} k8s_outputs_missing
 */
export function workloadResolver(name: string, state: ProjectState): Resolve {
  const spec = state.workloads.get(name)?.spec;
  const resources = new Map<string, OutputLookup>();
  for (const [resourceName, request] of spec?.resources ?? []) {
    const uid = resourceUid(name, resourceName, request);
    const resource = state.resources.get(uid);
    if (resource === undefined) {
      throw new K8sError("k8s_outputs_missing", `resource '${uid}' is not in the state`);
    }
    resources.set(resourceName, outputLookup(resource.outputs));
  }
  return scopeResolver({ metadata: spec?.metadata ?? new Map(), resources });
}

/** `resolve` for a volume's source, where a resource without a key stands for its uid. */
export function volumeSourceResolver(name: string, state: ProjectState, resolve: Resolve): Resolve {
  const requests = state.workloads.get(name)?.spec.resources;
  return (reference) => {
    const [root, resourceName, ...keys] = splitReference(reference);
    if (root !== "resources" || resourceName === undefined || keys.length > 0) {
      return resolve(reference);
    }
    const request = requests?.get(resourceName);
    if (request === undefined) {
      throw new ScoreError("score_placeholder_no_resource", `no resource '${resourceName}'`);
    }
    return resourceUid(name, resourceName, request);
  };
}

/** Replaces placeholders, with faults as those of a conversion: `k8s_placeholder`. */
export function expander(resolve: Resolve): (text: string) => string {
  return (text) => {
    try {
      return substitute(text, resolve);
    } catch (cause) {
      if (!(cause instanceof ScoreError)) throw cause;
      const { message, problems } = cause;
      throw new K8sError("k8s_placeholder", message, { problems, cause });
    }
  };
}
