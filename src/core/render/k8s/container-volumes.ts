/** A container's `volumes`: the outputs of resources as Kubernetes volumes or claims. */
import type { Data, DataMap } from "../../gotemplate/value.js";
import type { ResourceState } from "../../score/project-state.js";
import type { ContainerVolume } from "../../score/workload.js";
import { targetHash } from "./container-files.js";
import { mapOf } from "./document.js";
import { K8sError } from "./error.js";
import { type Json, type JsonMap, toJson } from "./json-value.js";
import { structValue } from "./model-value.js";
import type { MountedVolume } from "./volume-mounts.js";

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
    throw new K8sError("k8s_volume", `the source '${uid}' is not a resource`);
  }
  const name = `vol-${targetHash(target)}`;
  const mount = mapOf({
    name,
    mountPath: target,
    subPath: volume.path,
    readOnly: volume.readOnly === true ? true : undefined,
  });
  const { source, claimSpec } = volumeOutputs(uid, resource.outputs);
  if (claimSpec !== undefined) {
    return { mount, claim: mapOf({ metadata: mapOf({ name }), spec: claimSpec }) };
  }
  return { mount, volume: new Map<string, Data>([["name", name], ...(source ?? [])]) };
}

interface VolumeOutputs {
  readonly source?: JsonMap;
  readonly claimSpec?: JsonMap;
}

/** Exactly one of `source` (a VolumeSource) and `claimSpec` (a PersistentVolumeClaimSpec), and nothing else. */
function volumeOutputs(uid: string, outputs: ReadonlyMap<string, Data> | undefined): VolumeOutputs {
  try {
    const { source, claimSpec } = readOutputs(toJson(new Map(outputs), "json"));
    if ((source === undefined) === (claimSpec === undefined)) {
      throw new K8sError("k8s_volume", "either `source` or `claimSpec` is needed");
    }
    if (source?.size === 0) throw new K8sError("k8s_volume", "`source` is empty");
    return source === undefined ? { claimSpec } : { source };
  } catch (cause) {
    if (!(cause instanceof K8sError)) throw cause;
    const message = `the outputs of '${uid}' are not a Kubernetes volume: ${cause.message}`;
    throw new K8sError("k8s_volume", message, { cause });
  }
}

function readOutputs(outputs: Json): {
  source?: JsonMap | undefined;
  claimSpec?: JsonMap | undefined;
} {
  const read: { source?: JsonMap; claimSpec?: JsonMap } = {};
  for (const [key, value] of outputs instanceof Map ? outputs : []) {
    const name = key.toLowerCase();
    if (name === "source") {
      if (value !== null) read.source = structValue("core.v1.VolumeSource", value, "anyCase", key);
    } else if (name === "claimspec") {
      const struct = "core.v1.PersistentVolumeClaimSpec";
      if (value !== null) read.claimSpec = structValue(struct, value, "anyCase", key);
    } else {
      throw new K8sError("k8s_volume", `unknown output '${key}'`);
    }
  }
  return read;
}
