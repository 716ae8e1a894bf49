/** The struct that the cases with decoder `score` are executed over, from their YAML. */
import type { Data, DataMap, Value } from "../../../src/core/gotemplate/value.js";
import { NamedString, Struct, TypedMap } from "../../../src/core/gotemplate/value.js";

const FIELDS = {
  compose:
    "Uid Type Class Id Params Metadata Init State Shared SourceWorkload WorkloadServices ComposeProjectName MountsDirectory",
  k8s: "Guid Uid Type Class Id Params Metadata Init State Shared SourceWorkload WorkloadMetadata WorkloadServices Namespace",
};
const MAP_FIELDS = ["Params", "Metadata", "Init", "State", "Shared", "WorkloadMetadata"];

/** A pointer to templateprov.Data of the platform; keys that are absent are the zero of their field. */
export function scoreStruct(platform: "compose" | "k8s", data: DataMap): Struct {
  const fields = new Map<string, Value>();
  for (const name of FIELDS[platform].split(" ")) {
    fields.set(name, fieldValue(name, data.get(name) ?? null));
  }
  return new Struct("templateprov.Data", fields, { pointer: true });
}

function fieldValue(name: string, value: Data): Value {
  if (name === "WorkloadServices") {
    return services(value);
  }
  if (MAP_FIELDS.includes(name)) {
    return value instanceof Map ? value : new TypedMap("map[string]interface {}", null);
  }
  return value ?? "";
}

function services(value: Data): TypedMap {
  const entries = value instanceof Map ? structs(value, service) : null;
  return new TypedMap("map[string]provisioners.NetworkService", entries, service(null));
}

function service(value: Data): Struct {
  const name = member(value, "ServiceName") ?? "";
  const ports = member(value, "Ports");
  const entries = ports instanceof Map ? structs(ports, port) : null;
  const map = new TypedMap("map[string]provisioners.ServicePort", entries, port(null));
  return new Struct(
    "provisioners.NetworkService",
    new Map<string, Value>([
      ["ServiceName", name],
      ["Ports", map],
    ]),
    { jsonNames: new Map([["Ports", "ports"]]) },
  );
}

function port(value: Data): Struct {
  const protocol = String(member(value, "Protocol") ?? "");
  return new Struct(
    "provisioners.ServicePort",
    new Map<string, Value>([
      ["Name", member(value, "Name") ?? ""],
      ["Port", member(value, "Port") ?? 0n],
      ["TargetPort", member(value, "TargetPort") ?? 0n],
      ["Protocol", new NamedString("types.ServicePortProtocol", protocol)],
    ]),
    {
      jsonNames: new Map([
        ["Name", "name"],
        ["Port", "port"],
        ["TargetPort", "target_port"],
        ["Protocol", "protocol"],
      ]),
    },
  );
}

function structs(map: DataMap, make: (value: Data) => Struct): Map<Value, Value> {
  return new Map([...map].map(([name, value]): [Value, Value] => [name, make(value)]));
}

function member(value: Data, name: string): Data | undefined {
  return value instanceof Map ? value.get(name) : undefined;
}
