/**
 * Joins ConfigMaps and Secrets that are mounted into one directory: Kubernetes takes one volume per
 * mount path, so several become one projected volume.
 */
import type { Data, DataMap } from "../../gotemplate/value.js";
import { mapOf, sortedEntries } from "./document.js";

export interface MountedVolume {
  readonly mount: DataMap;
  /** Undefined for claims of a StatefulSet: their volumes come from its templates. */
  readonly volume?: DataMap;
}

export interface Mounts {
  readonly volumes: readonly DataMap[];
  readonly mounts: readonly DataMap[];
  /** Mount paths where joining has lost settings of volumes or mounts. */
  readonly lossy: readonly string[];
}

/** Joined volumes are numbered in each container, others are named by their paths. */
export const JOINED_PREFIX = "proj-vol-";

/** First what is neither ConfigMap nor Secret, in the given order, then those by mount path. */
export function joinMounts(mounted: readonly MountedVolume[]): Mounts {
  const volumes: DataMap[] = [];
  const mounts: DataMap[] = [];
  const groups = new Map<string, { mount: DataMap; volume: DataMap }[]>();
  for (const { mount, volume } of mounted) {
    if (volume !== undefined && (volume.has("configMap") || volume.has("secret"))) {
      const mountPath = String(mount.get("mountPath"));
      groups.set(mountPath, [...(groups.get(mountPath) ?? []), { mount, volume }]);
    } else {
      mounts.push(mount);
      if (volume !== undefined) volumes.push(volume);
    }
  }

  let projectedCount = 0;
  const lossy: string[] = [];
  for (const [mountPath, group] of sortedEntries(groups)) {
    const [first] = group;
    if (group.length === 1 && first !== undefined) {
      volumes.push(first.volume);
      mounts.push(first.mount);
      continue;
    }
    const name = `${JOINED_PREFIX}${projectedCount++}`;
    const sources = group.map(({ volume }) => projection(volume));
    if (group.some(isLossy)) lossy.push(mountPath);
    volumes.push(mapOf({ name, projected: mapOf({ sources }) }));
    mounts.push(mapOf({ name, mountPath, readOnly: true }));
  }
  return { volumes, mounts, lossy };
}

/** Only the name and the items pass on; `optional` and `defaultMode` are lost, as in score-k8s. */
function projection(volume: DataMap): DataMap {
  const configMap = volume.get("configMap");
  if (configMap !== undefined) {
    const source = { name: member(configMap, "name"), items: member(configMap, "items") };
    return mapOf({ configMap: mapOf(source) });
  }
  const secret = volume.get("secret") ?? null;
  const source = { name: member(secret, "secretName"), items: member(secret, "items") };
  return mapOf({ secret: mapOf(source) });
}

function isLossy({ mount, volume }: { mount: DataMap; volume: DataMap }): boolean {
  const source = volume.get("configMap") ?? volume.get("secret");
  const kept = new Set(["name", "secretName", "items"]);
  const settings = source instanceof Map ? [...source.keys()] : [];
  return mount.has("subPath") || settings.some((key) => !kept.has(key));
}

function member(value: Data, key: string): Data | undefined {
  return value instanceof Map ? value.get(key) : undefined;
}
