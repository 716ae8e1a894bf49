/**
 * What provisioner templates see: Go's `templateprov.Data` of score-compose 0.45.0 and score-k8s
 * 0.15.0, with the field order and the nil maps that templates can tell apart.
 */
import { compareBytes } from "../codec/key-order.js";
import { type DataMap, NamedString, Struct, TypedMap, type Value } from "../gotemplate/value.js";
import type { Target } from "../score/project-state.js";
import type { Workload } from "../score/workload.js";

/** The parts of one resource's data; a null map is a nil map in Go. */
export interface TemplateData {
  readonly guid: string;
  readonly uid: string;
  readonly type: string;
  readonly class: string;
  readonly id: string;
  readonly params: DataMap | null;
  readonly metadata: DataMap | null;
  readonly init: DataMap;
  readonly state: DataMap;
  readonly shared: DataMap;
  readonly sourceWorkload: string;
  readonly workloadMetadata: DataMap;
  readonly workloadServices: TypedMap;
  /** compose */
  readonly composeProjectName: string;
  readonly mountsDirectory: string;
  /** k8s */
  readonly namespace: string;
}

/** The struct that a target's templates get as their dot. */
export function templateStruct(target: Target, data: TemplateData): Struct {
  const fields = new Map<string, Value>();
  if (target === "k8s") fields.set("Guid", data.guid);
  fields.set("Uid", data.uid);
  fields.set("Type", data.type);
  fields.set("Class", data.class);
  fields.set("Id", data.id);
  fields.set("Params", goMap(data.params));
  fields.set("Metadata", goMap(data.metadata));
  fields.set("Init", data.init);
  fields.set("State", data.state);
  fields.set("Shared", data.shared);
  fields.set("SourceWorkload", data.sourceWorkload);
  if (target === "k8s") fields.set("WorkloadMetadata", data.workloadMetadata);
  fields.set("WorkloadServices", data.workloadServices);
  if (target === "compose") {
    fields.set("ComposeProjectName", data.composeProjectName);
    fields.set("MountsDirectory", data.mountsDirectory);
  } else fields.set("Namespace", data.namespace);
  return new Struct("templateprov.Data", fields, { pointer: true });
}

function goMap(map: DataMap | null): Value {
  return map ?? new TypedMap("map[string]interface {}", null);
}

const SERVICE_TYPE = "provisioners.NetworkService";
const PORT_TYPE = "provisioners.ServicePort";
const SERVICE_JSON_NAMES = new Map([["Ports", "ports"]]);
const PORT_JSON_NAMES = new Map([
  ["Name", "name"],
  ["Port", "port"],
  ["TargetPort", "target_port"],
  ["Protocol", "protocol"],
]);

function portStruct(name: string, port: bigint, targetPort: bigint, protocol: string): Struct {
  return new Struct(
    PORT_TYPE,
    new Map<string, Value>([
      ["Name", name],
      ["Port", port],
      ["TargetPort", targetPort],
      ["Protocol", new NamedString("types.ServicePortProtocol", protocol)],
    ]),
    { jsonNames: PORT_JSON_NAMES },
  );
}

function serviceStruct(name: string, ports: Map<Value, Value> | null): Struct {
  return new Struct(
    SERVICE_TYPE,
    new Map<string, Value>([
      ["ServiceName", name],
      ["Ports", new TypedMap(`map[string]${PORT_TYPE}`, ports, portStruct("", 0n, 0n, ""))],
    ]),
    { jsonNames: SERVICE_JSON_NAMES },
  );
}

/**
 * `.WorkloadServices`: the network service of every workload, by name. Ports stand under their name
 * and under their number, unless a port of that name exists; of several with one number the first by name. `serviceName` gives the host name that
 * others reach a workload by.
 */
export function workloadServices(
  workloads: ReadonlyMap<string, Workload>,
  serviceName: (name: string, workload: Workload) => string = (name) => name,
): TypedMap {
  const services = new Map<Value, Value>();
  for (const [name, workload] of workloads) {
    services.set(name, serviceStruct(serviceName(name, workload), portsOf(workload)));
  }
  return new TypedMap(`map[string]${SERVICE_TYPE}`, services, serviceStruct("", null));
}

function portsOf(workload: Workload): Map<Value, Value> {
  const given = [...(workload.service?.ports ?? [])].sort(([a], [b]) => compareBytes(a, b));
  const ports = new Map<Value, Value>();
  const structs = given.map(([name, port]) => {
    const number = BigInt(port.port);
    const target = BigInt(port.targetPort ?? port.port);
    return { name, number, struct: portStruct(name, number, target, port.protocol ?? "TCP") };
  });
  for (const { name, struct } of structs) ports.set(name, struct);
  for (const { number, struct } of structs) {
    const key = number.toString();
    if (!ports.has(key)) ports.set(key, struct);
  }
  return ports;
}
