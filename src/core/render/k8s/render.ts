/**
 * A provisioned project as Kubernetes documents, equal to score-k8s 0.15.0: the manifests of the
 * resources in the order they were provisioned, then each workload's, ordered by name; of equal
 * objects the last one stays; then the namespace. Patch templates come after this.
 */
import { formatYamlPath } from "../../codec/yaml-path.js";
import type { DataMap } from "../../gotemplate/value.js";
import { nameProvisioner, nameResource } from "../../provision/error.js";
import type { Served } from "../../provision/provision.js";
import { templatePlace } from "../../provision/run-template.js";
import type { Provisioner } from "../../recipe/provisioner.js";
import { ProblemList } from "../../score/problems.js";
import type { ProjectState, WorkloadState } from "../../score/project-state.js";
import type { Finding } from "../contract.js";
import { collector, inWorkload } from "../workload-faults.js";
import type { Silence } from "./container.js";
import type { VolumeContext } from "./container-volumes.js";
import { sortedEntries } from "./document.js";
import { K8sError, type K8sErrorCode } from "./error.js";
import { manifestFaults } from "./manifest-faults.js";
import { inNamespace, namespaceManifest, withoutReplaced } from "./manifest-list.js";
import { expander, volumeSourceResolver, workloadResolver } from "./placeholders.js";
import { findSecretRef } from "./secret-ref.js";
import { convertWorkload } from "./workload.js";

/** What the `manifests` template of one resource's provisioner gave. */
export interface ResourceManifests {
  /** Uid of the resource. */
  readonly uid: string;
  readonly provisioner: Provisioner;
  readonly manifests: readonly DataMap[];
}

export interface ManifestsInput {
  /** After provisioning: every workload in it is converted. */
  readonly state: ProjectState;
  /** Which provisioner served each resource. */
  readonly served: readonly Pick<Served, "uid" | "provisioner">[];
  /** In the order of provisioning, checked. Of a resource that is in it twice the last counts. */
  readonly resourceManifests: readonly ResourceManifests[];
  readonly namespace?: string | undefined;
  /** Adds the Namespace itself; needs `namespace`. */
  readonly generateNamespace?: boolean | undefined;
  /** What score-k8s does without a word is a fault, and so are documents of workloads that no cluster reads. */
  readonly strict?: boolean | undefined;
  /** Bytes of a file that a workload mounts, by its cleaned path relative to the Score file's folder. */
  readonly sourceFile: (workload: string, path: string) => Uint8Array | undefined;
}

export interface Manifests {
  readonly manifests: DataMap[];
  /** What score-k8s does without a word. */
  readonly warnings: readonly Finding[];
}

/**
 * Builds the documents of a project.
 * @throws {K8sError} k8s_namespace_missing; k8s_secret_ref_unresolved and the codes for workloads
 * with all faults in `problems`, in strict mode what else would be warnings
 */
export function buildManifests(input: ManifestsInput): Manifests {
  const { state, namespace = "", generateNamespace = false } = input;
  checkNamespace(namespace, generateNamespace);
  const found: Found = { problems: new ProblemList(), warnings: [] };
  const provisionerOf = provisionerNames(input);
  const ofResources = manifestsOfResources({ ...input, provisionerOf }, found);
  const ofWorkloads = sortedEntries(state.workloads).flatMap(([name, workload]) =>
    manifestsOfWorkload(name, workload, { ...input, provisionerOf }, found),
  );
  const all = found.problems.join();
  if (all !== undefined) throw new K8sError(all.code, all.message, all.details);

  const manifests = withoutReplaced([...ofResources, ...ofWorkloads]);
  const placed = namespace === "" ? manifests : inNamespace(manifests, namespace);
  return {
    manifests: generateNamespace ? [namespaceManifest(namespace), ...placed] : placed,
    warnings: found.warnings,
  };
}

interface Found {
  readonly problems: ProblemList<K8sErrorCode>;
  readonly warnings: Finding[];
}

/**
 * @throws {K8sError} k8s_namespace_missing
 */
export function checkNamespace(namespace: string, generateNamespace: boolean): void {
  if (!generateNamespace || namespace !== "") return;
  throw new K8sError("k8s_namespace_missing", "generating a namespace needs its name", {
    hint: "`namespace` gives it",
  });
}

/** A resource that is provisioned twice has its last manifests, at the last place. */
function manifestsOfResources(
  { state, resourceManifests, provisionerOf }: ManifestsInput & Names,
  { problems }: Found,
): DataMap[] {
  const byUid = new Map<string, ResourceManifests>();
  for (const made of resourceManifests) {
    byUid.delete(made.uid);
    byUid.set(made.uid, made);
  }
  return [...byUid.values()].flatMap(({ uid, provisioner, manifests }) =>
    manifests.map((manifest, i) => {
      const path = findSecretRef(manifest);
      if (path === undefined) return manifest;
      problems.add(uid, "k8s_secret_ref_unresolved", () => {
        const workload = state.resources.get(uid)?.sourceWorkload ?? "";
        const resource = nameResource({ resource: uid, workload });
        const at = formatYamlPath(["manifests", i, ...path]);
        return {
          message: `${resource}: the manifests template of ${provisionerOf(uid)}: ${at} holds a secret reference, which nothing resolves`,
          place: templatePlace({ provisioner }, "manifests", at),
          hint: SECRET_REF_HINT,
        };
      });
      return manifest;
    }),
  );
}

const SECRET_REF_HINT = "only variables and whole files of containers can refer to a Secret";

type Names = Pick<VolumeContext, "provisionerOf">;

function provisionerNames({ state, served }: ManifestsInput): Names["provisionerOf"] {
  const provisioners = new Map(served.map(({ uid, provisioner }) => [uid, provisioner]));
  return (uid) => {
    const { uri, recipe } = provisioners.get(uid) ?? {};
    // A volume can name a resource that no workload uses any more: only the state knows that one.
    const provisioner = uri ?? state.resources.get(uid)?.provisioner ?? "";
    return nameProvisioner({ provisioner, ...(recipe && { recipe }) });
  };
}

/** Converts a workload with its own placeholders. */
function manifestsOfWorkload(
  name: string,
  workload: WorkloadState,
  { state, strict = false, sourceFile, provisionerOf }: ManifestsInput & Names,
  { problems, warnings }: Found,
): readonly DataMap[] {
  const collect = collector(name, workload, problems, faultOf);
  const tell = ({ code, message, path }: Silence) => {
    const finding = { message: `workload '${name}': ${message}`, place: { path } };
    const placed = inWorkload(name, workload, { code, ...finding });
    if (strict) problems.add(name, code, () => placed);
    else warnings.push(placed);
  };
  const resolve = collect("resources", () => workloadResolver(name, state));
  if (resolve === undefined) return [];
  const convert = () =>
    convertWorkload(name, workload, {
      state,
      collect,
      tell,
      provisionerOf,
      expand: expander(resolve),
      expandVolumeSource: expander(volumeSourceResolver(name, state, resolve)),
      sourceFile: (path) => sourceFile(name, path),
    });
  // The state remembers workloads that no Score schema has seen: their numbers may not fit.
  const manifests = collect("", convert) ?? [];
  for (const manifest of manifests) {
    collect("", () => checkSecretRefsResolved(manifest));
    for (const { message } of strict ? manifestFaults(manifest, { strict }) : []) {
      collect("", () => refuseManifest(manifest, message));
    }
  }
  return manifests;
}

function refuseManifest(manifest: DataMap, message: string): never {
  const text = `its ${manifest.get("kind")} is not valid: ${message}`;
  throw new K8sError("k8s_manifest_form", text);
}

/** What an error of the conversion is told as. */
function faultOf(error: unknown, path: string): K8sError | undefined {
  if (!(error instanceof K8sError)) return undefined;
  const { code, message, hint } = error;
  return new K8sError(code, path === "" ? message : `${path}: ${message}`, {
    place: path === "" ? {} : { path },
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}

/**
 * What stands where neither a variable nor a file is, such as arguments and annotations.
 * @throws {K8sError} k8s_secret_ref_unresolved
 */
function checkSecretRefsResolved(manifest: DataMap): void {
  const path = findSecretRef(manifest);
  if (path === undefined) return;
  const message = `its ${manifest.get("kind")} holds a secret reference, which nothing resolves, at ${formatYamlPath(path)}`;
  throw new K8sError("k8s_secret_ref_unresolved", message, { hint: SECRET_REF_HINT });
}
