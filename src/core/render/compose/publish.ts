/**
 * Ports published on the host, given as `HOST_PORT:REF:CONTAINER_PORT`: REF is a workload's name, or
 * `UID.OUTPUT` of a resource whose output names a service (the class of the uid may be left out).
 */
import type { Data, DataMap } from "../../gotemplate/value.js";
import type { ProjectState } from "../../score/project-state.js";
import { DEFAULT_CLASS, formatResourceUid, parseResourceUid } from "../../score/resource-uid.js";
import { RenderError } from "../error.js";
import { SERVICE_KEYS } from "./model.js";

/**
 * `document` with the ports added.
 * @throws {RenderError} publish_form, publish_reference
 */
export function publishPorts(
  document: DataMap,
  publish: readonly string[],
  state: ProjectState,
): DataMap {
  if (publish.length === 0) return document;
  const given = document.get("services");
  const services: DataMap = given instanceof Map ? new Map(given) : new Map();
  for (const [index, text] of publish.entries()) {
    const { host, reference, container } = parsePublish(text, index);
    for (const name of servicesFor(reference, services, state, index)) {
      addPort(services, name, host, container);
    }
  }
  return new Map(document).set("services", services);
}

function parsePublish(text: string, index: number) {
  const [host, reference, container, ...rest] = text.split(":");
  if (host === undefined || reference === undefined || container === undefined || rest.length > 0) {
    throw fault("publish_form", index, `'${text}' is not HOST_PORT:REF:CONTAINER_PORT`);
  }
  return {
    host: parsePort(host, "host", index),
    reference,
    container: parsePort(container, "container", index),
  };
}

function parsePort(text: string, which: string, index: number): bigint {
  if (!/^[+-]?[0-9]{1,18}$/.test(text)) {
    throw fault("publish_form", index, `the ${which} port '${text}' is no whole number`);
  }
  const port = BigInt(text.replace(/^\+/, ""));
  if (port <= 1n) throw fault("publish_form", index, `the ${which} port must be above 1`);
  return port;
}

function servicesFor(
  reference: string,
  services: ReadonlyMap<string, Data>,
  state: ProjectState,
  index: number,
): string[] {
  if (reference.includes("#")) return [serviceOfOutput(reference, services, state, index)];
  const names = [...services]
    .filter(([, service]) => service instanceof Map && service.get("hostname") === reference)
    .map(([name]) => name);
  if (names.length > 0) return names;
  throw fault("publish_reference", index, `there is no workload '${reference}'`);
}

function serviceOfOutput(
  reference: string,
  services: ReadonlyMap<string, Data>,
  state: ProjectState,
  index: number,
): string {
  const dot = reference.lastIndexOf(".");
  if (dot < reference.indexOf("#")) {
    throw fault("publish_reference", index, `'${reference}' names no output of a resource`);
  }
  const uid = withClass(reference.slice(0, dot));
  const key = reference.slice(dot + 1);
  const resource = state.resources.get(uid);
  if (resource === undefined)
    throw fault("publish_reference", index, `there is no resource '${uid}'`);
  const output = resource.outputs?.get(key);
  if (output === undefined) {
    throw fault("publish_reference", index, `resource '${uid}' has no output '${key}'`);
  }
  if (typeof output !== "string") {
    throw fault("publish_reference", index, `output '${key}' of resource '${uid}' is not text`);
  }
  if (services.has(output)) return output;
  throw fault("publish_reference", index, `there is no service '${output}'`);
}

function withClass(uid: string): string {
  if (parseResourceUid(uid) !== undefined) return uid;
  const hash = uid.indexOf("#");
  return formatResourceUid({
    type: uid.slice(0, hash),
    class: DEFAULT_CLASS,
    id: uid.slice(hash + 1),
  });
}

function addPort(services: DataMap, name: string, host: bigint, container: bigint): void {
  const given = services.get(name);
  const service: DataMap = given instanceof Map ? given : new Map();
  const ports = service.get("ports");
  // Compose keeps the container's port in 32 bits, and leaves out a zero.
  const target = BigInt.asUintN(32, container);
  const port: DataMap = new Map();
  if (target !== 0n) port.set("target", target);
  port.set("published", host.toString());
  services.set(name, withPorts(service, [...(Array.isArray(ports) ? ports : []), port]));
}

/** `service` with `ports` in their place among its keys. */
function withPorts(service: DataMap, ports: Data[]): DataMap {
  if (service.has("ports")) return new Map(service).set("ports", ports);
  const keys = [...service.keys()];
  const next = keys.findIndex((key) => SERVICE_KEYS.indexOf(key) > PORTS);
  const entries = [...service];
  entries.splice(next < 0 ? entries.length : next, 0, ["ports", ports]);
  return new Map(entries);
}

const PORTS = SERVICE_KEYS.indexOf("ports");

function fault(
  code: "publish_form" | "publish_reference",
  index: number,
  message: string,
): RenderError {
  return new RenderError(code, `publish.${index}: ${message}`, {
    place: { path: `publish.${index}` },
  });
}
