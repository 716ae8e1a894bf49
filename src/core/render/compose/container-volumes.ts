/** Volumes of a container: plain names become named volumes, resources say themselves what they are. */
import { CodecError } from "../../codec/error.js";
import { compareBytes } from "../../codec/key-order.js";
import { formatYamlPath } from "../../codec/yaml-path.js";
import type { Data, DataMap } from "../../gotemplate/value.js";
import { cleanPath } from "../../provision/file-path.js";
import type { Container, ContainerVolume } from "../../score/workload.js";
import { RenderError } from "../error.js";
import type { WorkloadScope } from "./convert.js";
import { FormError } from "./form.js";
import {
  isVolumeType,
  readVolumeOutputs,
  type VolumeOutputs,
  type VolumeType,
} from "./volume-outputs.js";

/** The entries of a service's `volumes` for `container`, sorted by target. */
export function convertVolumes(
  name: string,
  container: Container,
  scope: WorkloadScope,
): DataMap[] {
  const targets = [...(container.volumes ?? [])].sort(([a], [b]) => compareBytes(a, b));
  return targets.flatMap(([target, volume]) => {
    const path = formatYamlPath(["containers", name, "volumes", target]);
    return scope.collect(path, () => convertVolume(target, volume, path, scope)) ?? [];
  });
}

function convertVolume(
  target: string,
  volume: ContainerVolume,
  path: string,
  scope: WorkloadScope,
): DataMap {
  const source = scope.inVolumeSource(volume.source, path);
  const outputs = scope.resourceOutputs(source);
  const mounted =
    outputs === undefined ? { type: "volume", source } : fromOutputs(source, outputs, volume, path);
  const mount: DataMap = new Map([["type", mounted.type]]);
  if (mounted.source !== "") mount.set("source", mounted.source);
  if (target !== "") mount.set("target", target);
  if (volume.readOnly) mount.set("read_only", true);
  if (mounted.options !== undefined) mount.set(mounted.type, mounted.options);
  return mount;
}

interface Mounted extends VolumeOutputs {
  readonly type: string;
}

/** `uid` is the resource's; for tmpfs it stays the source, as score-compose 0.45.0 leaves it. */
function fromOutputs(
  uid: string,
  outputs: ReadonlyMap<string, Data>,
  volume: ContainerVolume,
  path: string,
): Mounted {
  const type = outputs.get("type");
  if (typeof type !== "string") throw fault(path, `resource '${uid}' has no 'type' output`);
  if (!isVolumeType(type)) throw fault(path, `resource '${uid}' has the invalid type '${type}'`);
  const { source, options } = readOutputs(type, outputs, uid, path);
  const mounted = { type, ...(options && { options }) };
  const sub = volume.path ?? "";
  if (type === "tmpfs") {
    if (sub === "") return { ...mounted, source: uid };
    throw fault(path, `a tmpfs volume cannot be mounted with the path '${sub}'`);
  }
  if (sub === "") return { ...mounted, source };
  if (type === "bind") return { ...mounted, source: joinPaths(source, sub) };
  return { type, source, options: withSubpath(options ?? new Map(), sub) };
}

/** The options with `sub` below their `subpath`, which stands behind `labels` and `nocopy`. */
function withSubpath(options: DataMap, sub: string): DataMap {
  const isBefore = (key: string) => key === "labels" || key === "nocopy";
  const base = options.get("subpath");
  const entries = [...options].filter(([key]) => key !== "subpath");
  return new Map<string, Data>([
    ...entries.filter(([key]) => isBefore(key)),
    ["subpath", joinPaths(typeof base === "string" ? base : "", sub)],
    ...entries.filter(([key]) => !isBefore(key)),
  ]);
}

function joinPaths(above: string, below: string): string {
  return cleanPath(above === "" ? below : `${above}/${below}`);
}

function readOutputs(
  type: VolumeType,
  outputs: ReadonlyMap<string, Data>,
  uid: string,
  path: string,
): VolumeOutputs {
  try {
    return readVolumeOutputs(type, outputs);
  } catch (error) {
    if (!(error instanceof FormError || error instanceof CodecError)) throw error;
    throw fault(path, `the outputs of resource '${uid}' are no volume: ${error.message}`);
  }
}

function fault(path: string, message: string): RenderError {
  return new RenderError("convert_volume", `${path}: ${message}`, { place: { path } });
}
