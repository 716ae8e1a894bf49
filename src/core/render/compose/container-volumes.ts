/** Volumes of a container: plain names become named volumes, resources say themselves what they are. */
import { compareBytes } from "../../codec/key-order.js";
import type { Data, DataMap } from "../../gotemplate/value.js";
import { cleanPath } from "../../provision/file-path.js";
import type { Container, ContainerVolume } from "../../score/workload.js";
import { RenderError } from "../error.js";
import type { WorkloadScope } from "./convert.js";
import { FormError } from "./form.js";
import { serviceVolume } from "./model.js";

/** The keys that a volume resource of each type may put out. */
const OUTPUTS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["volume", new Set(["type", "source", "volume"])],
  ["tmpfs", new Set(["type", "tmpfs"])],
  ["bind", new Set(["type", "source", "bind"])],
]);

/** The entries of a service's `volumes` for `container`, sorted by target. */
export function convertVolumes(
  name: string,
  container: Container,
  scope: WorkloadScope,
): DataMap[] {
  const targets = [...(container.volumes ?? [])].sort(([a], [b]) => compareBytes(a, b));
  return targets.map(([target, volume]) => {
    const path = `containers.${name}.volumes[${target}]`;
    const source = scope.inVolumeSource(volume.source, path);
    const mount: DataMap = new Map<string, Data>([
      ["type", "volume"],
      ["source", source],
      ["target", target],
    ]);
    if (volume.readOnly) mount.set("read_only", true);
    const outputs = scope.resourceOutputs(source);
    if (outputs !== undefined) applyOutputs(mount, source, outputs, volume, path);
    return mount;
  });
}

/** `uid` is the resource's; for tmpfs it stays the source, as score-compose 0.45.0 leaves it. */
function applyOutputs(
  mount: DataMap,
  uid: string,
  outputs: ReadonlyMap<string, Data>,
  volume: ContainerVolume,
  path: string,
): void {
  const type = outputs.get("type");
  if (typeof type !== "string") throw fault(path, `resource '${uid}' has no 'type' output`);
  const known = OUTPUTS.get(type);
  if (known === undefined) throw fault(path, `resource '${uid}' has the invalid type '${type}'`);
  for (const key of outputs.keys()) {
    if (!known.has(key)) throw fault(path, `resource '${uid}': a ${type} has no output '${key}'`);
  }
  const parts = readOutputs(outputs, uid, path);
  const sub = volume.path ?? "";
  if (type === "tmpfs" && sub !== "") {
    throw fault(path, `a tmpfs volume cannot be mounted with the path '${sub}'`);
  }
  mount.set("type", type);
  const source = parts.get("source");
  if (type !== "tmpfs") {
    const base = typeof source === "string" ? source : "";
    mount.set("source", type === "bind" && sub !== "" ? cleanPath(`${base}/${sub}`) : base);
  }
  const part = parts.get(type);
  if (part instanceof Map) mount.set(type, part);
  if (type === "volume" && sub !== "") mount.set("volume", withSubpath(part, sub));
}

function withSubpath(part: Data | undefined, sub: string): DataMap {
  const options: DataMap = part instanceof Map ? new Map(part) : new Map();
  const base = options.get("subpath");
  options.set(
    "subpath",
    cleanPath(typeof base === "string" && base !== "" ? `${base}/${sub}` : sub),
  );
  return options;
}

function readOutputs(outputs: ReadonlyMap<string, Data>, uid: string, path: string): DataMap {
  try {
    return serviceVolume.check(new Map(outputs), uid) as DataMap;
  } catch (error) {
    if (!(error instanceof FormError)) throw error;
    throw fault(path, `the outputs of resource '${uid}' are no volume: ${error.message}`);
  }
}

function fault(path: string, message: string): RenderError {
  return new RenderError("convert_volume", `${path}: ${message}`, { place: { path } });
}
