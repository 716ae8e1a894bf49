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

/**
 * The volume at `target`. `expand` gives the uid of the resource for `${resources.NAME}`.
 * @throws {K8sError} k8s_volume, and what `expand` throws
 */
export function convertVolume(
  target: string,
  volume: ContainerVolume,
  resources: ReadonlyMap<string, ResourceState>,
  expand: (text: string) => string,
): ConvertedVolume {
  const uid = expand(volume.source);
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
  const { source, claimSpec } = outputsOf(uid, resource);
  if (claimSpec !== undefined) {
    return { mount, claim: mapOf({ metadata: mapOf({ name }), spec: claimSpec }) };
  }
  return { mount, volume: new Map<string, Data>([["name", name], ...(source ?? [])]) };
}

function outputsOf(uid: string, { outputs, provisioner }: ResourceState): VolumeOutputs {
  try {
    return volumeOutputs(outputs);
  } catch (cause) {
    if (!(cause instanceof K8sError)) throw cause;
    const message = `the outputs that ${provisioner} gave '${uid}' are not a Kubernetes volume: ${cause.message}`;
    throw new K8sError("k8s_volume", message, { cause });
  }
}
