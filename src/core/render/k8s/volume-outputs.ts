/**
 * The outputs of a volume resource: exactly one of `source`, a Kubernetes VolumeSource, and
 * `claimSpec`, a PersistentVolumeClaimSpec, and nothing else.
 */
import type { Data } from "../../gotemplate/value.js";
import { K8sError } from "./error.js";
import { foldedName, type Json, type JsonMap, toJson } from "./json-value.js";
import { structValue } from "./model-value.js";

export interface VolumeOutputs {
  readonly source?: JsonMap;
  readonly claimSpec?: JsonMap;
}

/**
 * Reads the outputs as Go's encoding/json does: names in any case, null for what is not there.
 * @throws {K8sError} k8s_model, k8s_volume
 */
export function volumeOutputs(outputs: ReadonlyMap<string, Data> | undefined): VolumeOutputs {
  const read: { source?: JsonMap; claimSpec?: JsonMap } = {};
  for (const [key, value] of entriesOf(toJson(new Map(outputs), "json"))) {
    const name = foldedName(key);
    if (name !== "source" && name !== "claimspec") refuse(`unknown output '${key}'`);
    if (value === null) continue;
    if (name === "source") {
      read.source = structValue("core.v1.VolumeSource", value, "anyCase", key);
    } else {
      read.claimSpec = structValue("core.v1.PersistentVolumeClaimSpec", value, "anyCase", key);
    }
  }
  if ((read.source === undefined) === (read.claimSpec === undefined)) {
    refuse("either `source` or `claimSpec` is needed");
  }
  if (read.source?.size === 0) refuse("`source` is empty");
  return read;
}

function entriesOf(outputs: Json): Iterable<[string, Json]> {
  return outputs instanceof Map ? outputs : [];
}

function refuse(message: string): never {
  throw new K8sError("k8s_volume", message);
}
