/**
 * A provisioned project as Kubernetes documents, equal to score-k8s 0.15.0: the manifests of the
 * resources in the order they were provisioned, then each workload's, ordered by name; of equal
 * objects the last one stays; then the namespace. Patch templates come after this.
 */
import type { Data, DataMap } from "../../gotemplate/value.js";
import type { Provisioner } from "../../recipe/provisioner.js";
import type { ProjectState, WorkloadState } from "../../score/project-state.js";
import type { Finding } from "../contract.js";
import { sortedEntries } from "./document.js";
import { K8sError } from "./error.js";
import { inNamespace, namespaceManifest, withoutReplaced } from "./manifest-list.js";
import { expander, volumeSourceResolver, workloadResolver } from "./placeholders.js";
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
  /** In the order of provisioning, checked. Of a resource that is in it twice the last counts. */
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
 * @throws {K8sError} k8s_namespace_missing, k8s_secret_ref_unresolved and the codes for workloads,
 * with the Score file in `place`
 */
export function buildManifests(input: ManifestsInput): Manifests {
  const { state, resourceManifests, namespace = "", generateNamespace = false } = input;
  checkNamespace(namespace, generateNamespace);
  const ofResources = manifestsOf(resourceManifests);
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

/** A resource that is provisioned twice has its last manifests, at the last place. */
function manifestsOf(resources: readonly ResourceManifests[]): DataMap[] {
  const byUid = new Map<string, readonly Data[]>();
  for (const { uid, manifests } of resources) {
    byUid.delete(uid);
    byUid.set(uid, manifests);
  }
  return [...byUid.values()].flat().filter(isMap);
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
    const converted = convertWorkload(name, workload, {
      state,
      expand: expander(workloadResolver(name, state)),
      expandVolumeSource: expander(volumeSourceResolver(name, state)),
      sourceFile: (path) => sourceFile(name, path),
    });
    for (const manifest of converted.manifests) checkSecretRefsResolved(manifest);
    return converted;
  } catch (cause) {
    if (!(cause instanceof K8sError)) throw cause;
    const { code, message, place = {}, hint, problems } = cause;
    throw new K8sError(code, `workload '${name}': ${message}`, {
      place: {
        ...(workload.file === undefined ? {} : { file: workload.file }),
        workload: name,
        ...place,
      },
      problems,
      cause,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}
