/** A container's `volumes`: the outputs of resources as Kubernetes volumes or claims. */
import type { Data, DataMap } from "../../gotemplate/value.js";
import type { ResourceState } from "../../score/project-state.js";
import type { ContainerVolume } from "../../score/workload.js";
import { targetHash } from "./container-files.js";
import { mapOf } from "./document.js";
import { K8sError } from "./error.js";
import type { MountedVolume } from "./volume-mounts.js";
import { type VolumeOutputs, volumeOutputs } from "./volume-outputs.js";

export interface ConvertedVolume extends MountedVolume {
  /** A PersistentVolumeClaim; only a StatefulSet can make one. */
  readonly claim?: DataMap;
}

export interface VolumeContext {
  readonly resources: ReadonlyMap<string, ResourceState>;
  /** Names the provisioner of a resource, with its recipe, for messages. */
  readonly provisionerOf: (uid: string) => string;
  /** Replaces placeholders in a volume's source, where a resource without a key stands for its uid. */
  readonly expandVolumeSource: (text: string) => string;
}

/**
 * The volume at `target`.
 * @throws {K8sError} k8s_volume, and what `expandVolumeSource` throws
 */
export function convertVolume(
  target: string,
  volume: ContainerVolume,
  { resources, provisionerOf, expandVolumeSource }: VolumeContext,
): ConvertedVolume {
  const uid = expandVolumeSource(volume.source);
  const resource = resources.get(uid);
  if (resource === undefined) {
    // What the placeholders in it stand for may be a secret.
    throw new K8sError("k8s_volume", `the source '${volume.source}' stands for no resource`);
  }
  const name = `vol-${targetHash(target)}`;
  const mount = mapOf({
    name,
    mountPath: target,
    subPath: volume.path,
    readOnly: volume.readOnly === true ? true : undefined,
  });
  const { source, claimSpec } = outputsOf(uid, resource, provisionerOf);
  if (claimSpec !== undefined) {
    return { mount, claim: mapOf({ metadata: mapOf({ name }), spec: claimSpec }) };
  }
  return { mount, volume: new Map<string, Data>([["name", name], ...(source ?? [])]) };
}

function outputsOf(
  uid: string,
  { outputs }: ResourceState,
  provisionerOf: VolumeContext["provisionerOf"],
): VolumeOutputs {
  try {
    return volumeOutputs(outputs);
  } catch (cause) {
    if (!(cause instanceof K8sError)) throw cause;
    const message = `the outputs that ${provisionerOf(uid)} gave '${uid}' are not a Kubernetes volume: ${cause.message}`;
    throw new K8sError("k8s_volume", message, { cause });
  }
}
