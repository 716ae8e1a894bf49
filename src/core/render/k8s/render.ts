/**
 * A provisioned project as Kubernetes documents, equal to score-k8s 0.15.0: the manifests of the
 * resources in the order they were provisioned, then each workload's, ordered by name; of equal
 * objects the last one stays; then the namespace. Patch templates come after this.
 */
import type { Data, DataMap } from "../../gotemplate/value.js";
import type { Provisioner } from "../../recipe/provisioner.js";
import { ScoreError } from "../../score/error.js";
import {
  type OutputLookup,
  outputLookup,
  type Resolve,
  scopeResolver,
  splitReference,
  substitute,
} from "../../score/placeholders.js";
import type { ProjectState, WorkloadState } from "../../score/project-state.js";
import { resourceUid } from "../../score/resource-uid.js";
import type { Finding } from "../contract.js";
import { sortedEntries } from "./document.js";
import { K8sError } from "./error.js";
import { checkManifest } from "./manifest-check.js";
import { inNamespace, namespaceManifest, withoutReplaced } from "./manifest-list.js";
import { checkSecretRefsResolved } from "./secret-ref.js";
import { type ConvertedWorkload, convertWorkload } from "./workload.js";

/** What the `manifests` template of one resource's provisioner gave. */
export interface ResourceManifests {
  /** Uid of the resource. */
  readonly uid: string;
  readonly provisioner: Provisioner;
  readonly manifests: readonly Data[];
}

export interface ManifestsInput {
  /** After provisioning: every workload in it is converted. */
  readonly state: ProjectState;
  /** In the order in which the resources were provisioned. */
  readonly resourceManifests: readonly ResourceManifests[];
  readonly namespace?: string | undefined;
  /** Adds the Namespace itself; needs `namespace`. */
  readonly generateNamespace?: boolean | undefined;
  /** Bytes of a file that a workload mounts, by its cleaned path relative to the Score file's folder. */
  readonly sourceFile: (workload: string, path: string) => Uint8Array | undefined;
}

export interface Manifests {
  readonly manifests: DataMap[];
  /** What score-k8s leaves out without a word. */
  readonly warnings: Finding[];
}

/**
 * Builds the documents of a project.
 * @throws {K8sError} k8s_namespace_missing, k8s_manifest_form, k8s_secret_ref_unresolved and the
 * codes for workloads; `place` has the Score file or the provisioner's file
 */
export function buildManifests(input: ManifestsInput): Manifests {
  const { state, resourceManifests, namespace = "", generateNamespace = false } = input;
  checkNamespace(namespace, generateNamespace);
  checkManifests(resourceManifests);
  const ofResources = resourceManifests.flatMap(({ manifests }) => manifests).filter(isMap);
  for (const manifest of ofResources) checkSecretRefsResolved(manifest);

  const workloads = sortedEntries(state.workloads).map(([name, workload]) =>
    convertInScope(name, workload, input),
  );
  const ofWorkloads = workloads.flatMap(({ manifests }) => manifests);
  const manifests = withoutReplaced([...ofResources, ...ofWorkloads]);
  const placed = namespace === "" ? manifests : inNamespace(manifests, namespace);
  return {
    manifests: generateNamespace ? [namespaceManifest(namespace), ...placed] : placed,
    warnings: workloads.flatMap(({ warnings }) => warnings),
  };
}

/**
 * @throws {K8sError} k8s_namespace_missing
 */
export function checkNamespace(namespace: string, generateNamespace: boolean): void {
  if (!generateNamespace || namespace !== "") return;
  throw new K8sError("k8s_namespace_missing", "generating a namespace needs its name");
}

/**
 * Checks what provisioners gave as manifests; score-k8s does this while it provisions.
 * @throws {K8sError} k8s_manifest_form with the provisioner's place
 */
export function checkManifests(resources: readonly ResourceManifests[]): void {
  for (const { uid, provisioner, manifests } of resources) {
    for (const [i, manifest] of manifests.entries()) {
      try {
        checkManifest(manifest);
      } catch (cause) {
        if (!(cause instanceof K8sError)) throw cause;
        const message = `resource '${uid}': manifests.${i}: ${cause.message}`;
        const path = `manifests.${i}${cause.place?.path ?? ""}`;
        const place = { file: provisioner.file, line: provisioner.line, path };
        throw new K8sError(cause.code, message, { place, cause });
      }
    }
  }
}

function isMap(value: Data): value is DataMap {
  return value instanceof Map;
}

/** Converts a workload with its own placeholders, and says which workload a fault is in. */
function convertInScope(
  name: string,
  workload: WorkloadState,
  { state, sourceFile }: ManifestsInput,
): ConvertedWorkload {
  try {
    const resolve = workloadResolver(name, workload, state);
    const converted = convertWorkload(name, workload, {
      state,
      expand: expander(resolve),
      expandVolumeSource: expander(volumeSourceResolver(name, workload, resolve)),
      sourceFile: (path) => sourceFile(name, path),
    });
    for (const manifest of converted.manifests) checkSecretRefsResolved(manifest);
    return converted;
  } catch (cause) {
    if (!(cause instanceof K8sError)) throw cause;
    const { code, message, place = {}, hint, problems } = cause;
    throw new K8sError(code, `workload '${name}': ${message}`, {
      place: workload.file === undefined ? place : { file: workload.file, ...place },
      problems,
      cause,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

function expander(resolve: Resolve): (text: string) => string {
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

function workloadResolver(name: string, { spec }: WorkloadState, state: ProjectState): Resolve {
  const resources = new Map<string, OutputLookup>();
  for (const [resourceName, request] of spec.resources ?? []) {
    const uid = resourceUid(name, resourceName, request);
    const resource = state.resources.get(uid);
    if (resource === undefined) {
      throw new K8sError("k8s_outputs_missing", `resource '${uid}' is not in the state`);
    }
    resources.set(resourceName, outputLookup(resource.outputs));
  }
  return scopeResolver({ metadata: spec.metadata, resources });
}

/** In a volume's source, a resource without a key stands for its uid. */
function volumeSourceResolver(name: string, { spec }: WorkloadState, resolve: Resolve): Resolve {
  return (reference) => {
    const [root, resourceName, ...keys] = splitReference(reference);
    if (root !== "resources" || resourceName === undefined || keys.length > 0) {
      return resolve(reference);
    }
    const request = spec.resources?.get(resourceName);
    if (request === undefined) {
      throw new ScoreError("score_placeholder_no_resource", `no resource '${resourceName}'`);
    }
    return resourceUid(name, resourceName, request);
  };
}
