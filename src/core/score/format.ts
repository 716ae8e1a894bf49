/**
 * Workloads as documents: Score's own spelling, as the CLIs keep them in their state. Writing puts keys
 * in the order of the CLIs' structs and leaves empty optional lists and maps out.
 */
import { compareYamlKeys } from "../codec/key-order.js";
import { sortKeys } from "../codec/yaml-format.js";
import type { Data, DataMap } from "../gotemplate/value.js";
import { type DocumentReader, readDocument } from "./reader.js";
import type {
  Container,
  ContainerFile,
  ContainerVolume,
  HttpGet,
  Probe,
  Quantities,
  ResourceRequest,
  Service,
  ServicePort,
  Workload,
} from "./workload.js";

/** The workload as a document, keys in order. */
export function formatWorkload(workload: Workload): DataMap {
  return record({
    apiVersion: workload.apiVersion,
    containers: formatMap(workload.containers, formatContainer),
    metadata: sortKeys(workload.metadata),
    resources: filled(workload.resources, (map) => formatMap(map, formatRequest)),
    service: workload.service && formatService(workload.service),
  });
}

/**
 * The workload in `data`, which has Score's form; unknown keys and wrong types are errors.
 * @throws {ScoreError} score_state
 */
export function parseWorkload(data: Data): Workload {
  return readWorkload(readDocument(data, "workload"));
}

/** As `parseWorkload`, for a part of a larger document. */
export function readWorkload(at: DocumentReader): Workload {
  at.onlyKeys("apiVersion", "metadata", "containers", "service", "resources");
  const service = at.key("service");
  const resources = at.key("resources");
  return defined({
    apiVersion: at.key("apiVersion").text(),
    metadata: at.key("metadata").map(),
    containers: at.key("containers").mapOf(readContainer),
    service: service.present ? readService(service) : undefined,
    resources: resources.present ? resources.mapOf(readRequest) : undefined,
  });
}

function formatContainer(container: Container): DataMap {
  return record({
    args: filled(container.args, (list) => [...list]),
    before: filled(container.before, (map) =>
      formatMap(map, (entry) => record({ ready: entry.ready ?? "" })),
    ),
    command: filled(container.command, (list) => [...list]),
    files: filled(container.files, (map) => formatMap(map, formatFile)),
    image: container.image,
    livenessProbe: container.livenessProbe && formatProbe(container.livenessProbe),
    readinessProbe: container.readinessProbe && formatProbe(container.readinessProbe),
    resources:
      container.resources &&
      record({
        limits: container.resources.limits && formatQuantities(container.resources.limits),
        requests: container.resources.requests && formatQuantities(container.resources.requests),
      }),
    variables: filled(container.variables, (map) => formatMap(map, (text) => text)),
    volumes: filled(container.volumes, (map) => formatMap(map, formatVolume)),
  });
}

function readContainer(at: DocumentReader): Container {
  at.onlyKeys(
    "args",
    "before",
    "command",
    "files",
    "image",
    "livenessProbe",
    "readinessProbe",
    "resources",
    "variables",
    "volumes",
  );
  const optional = <T>(key: string, read: (at: DocumentReader) => T): T | undefined => {
    const part = at.key(key);
    return part.present ? read(part) : undefined;
  };
  return defined({
    image: at.key("image").text(),
    command: optional("command", (part) => part.texts()),
    args: optional("args", (part) => part.texts()),
    variables: optional("variables", (part) => part.mapOf((value) => value.text())),
    files: optional("files", (part) => part.mapOf(readFile)),
    volumes: optional("volumes", (part) => part.mapOf(readVolume)),
    resources: optional("resources", readResources),
    livenessProbe: optional("livenessProbe", readProbe),
    readinessProbe: optional("readinessProbe", readProbe),
    before: optional("before", (part) => part.mapOf(readBefore)),
  });
}

function readBefore(at: DocumentReader): { ready?: "started" | "healthy" | "complete" } {
  at.onlyKeys("ready");
  const ready = at.key("ready").optionalText();
  return ready === undefined || ready === "" ? {} : { ready: at.key("ready").oneOf(READY) };
}

const READY = ["started", "healthy", "complete"] as const;

function formatFile(file: ContainerFile): DataMap {
  return record({
    binaryContent: file.binaryContent,
    content: file.content,
    mode: file.mode,
    noExpand: file.noExpand,
    source: file.source,
  });
}

function readFile(at: DocumentReader): ContainerFile {
  at.onlyKeys("binaryContent", "content", "mode", "noExpand", "source");
  return defined({
    content: at.key("content").optionalText(),
    binaryContent: at.key("binaryContent").optionalText(),
    source: at.key("source").optionalText(),
    mode: at.key("mode").optionalText(),
    noExpand: at.key("noExpand").optionalBoolean(),
  });
}

function formatVolume(volume: ContainerVolume): DataMap {
  return record({ path: volume.path, readOnly: volume.readOnly, source: volume.source });
}

function readVolume(at: DocumentReader): ContainerVolume {
  at.onlyKeys("path", "readOnly", "source");
  return defined({
    source: at.key("source").text(),
    path: at.key("path").optionalText(),
    readOnly: at.key("readOnly").optionalBoolean(),
  });
}

function formatQuantities(quantities: Quantities): DataMap {
  return record({ cpu: quantities.cpu, memory: quantities.memory });
}

function readResources(at: DocumentReader): NonNullable<Container["resources"]> {
  at.onlyKeys("limits", "requests");
  const read = (key: string): Quantities | undefined => {
    const part = at.key(key);
    if (!part.present) return undefined;
    part.onlyKeys("cpu", "memory");
    return defined({
      cpu: part.key("cpu").optionalText(),
      memory: part.key("memory").optionalText(),
    });
  };
  return defined({ limits: read("limits"), requests: read("requests") });
}

function formatProbe(probe: Probe): DataMap {
  return record({
    exec: probe.exec && record({ command: [...probe.exec.command] }),
    httpGet: probe.httpGet && formatHttpGet(probe.httpGet),
  });
}

function readProbe(at: DocumentReader): Probe {
  at.onlyKeys("exec", "httpGet");
  const exec = at.key("exec");
  const httpGet = at.key("httpGet");
  if (exec.present) exec.onlyKeys("command");
  return defined({
    httpGet: httpGet.present ? readHttpGet(httpGet) : undefined,
    exec: exec.present ? { command: exec.key("command").texts() } : undefined,
  });
}

function formatHttpGet(http: HttpGet): DataMap {
  return record({
    host: http.host,
    httpHeaders: filled(http.httpHeaders, (headers) =>
      headers.map(({ name, value }) => record({ name, value })),
    ),
    path: http.path,
    port: BigInt(http.port),
    scheme: http.scheme,
  });
}

function readHttpGet(at: DocumentReader): HttpGet {
  at.onlyKeys("host", "httpHeaders", "path", "port", "scheme");
  const headers = at.key("httpHeaders");
  return defined({
    host: at.key("host").optionalText(),
    scheme: at.key("scheme").optionalText(),
    path: at.key("path").text(),
    port: at.key("port").integer(),
    httpHeaders: headers.present ? headers.listOf(readHeader) : undefined,
  });
}

function readHeader(at: DocumentReader): { name: string; value: string } {
  at.onlyKeys("name", "value");
  return { name: at.key("name").text(), value: at.key("value").text() };
}

function formatService(service: Service): DataMap {
  return record({
    ports: filled(service.ports, (ports) =>
      formatMap(ports, (port) =>
        record({
          port: BigInt(port.port),
          protocol: port.protocol,
          targetPort: port.targetPort === undefined ? undefined : BigInt(port.targetPort),
        }),
      ),
    ),
  });
}

function readService(at: DocumentReader): Service {
  at.onlyKeys("ports");
  const ports = at.key("ports");
  return defined({ ports: ports.present ? ports.mapOf(readPort) : undefined });
}

function readPort(at: DocumentReader): ServicePort {
  at.onlyKeys("port", "protocol", "targetPort");
  return defined({
    port: at.key("port").integer(),
    targetPort: at.key("targetPort").optionalInteger(),
    protocol: at.key("protocol").optionalText(),
  });
}

function formatRequest(request: ResourceRequest): DataMap {
  return record({
    class: request.class,
    id: request.id,
    metadata: filled(request.metadata, sortKeys),
    params: filled(request.params, (params) => sortKeys(new Map(params))),
    type: request.type,
  });
}

function readRequest(at: DocumentReader): ResourceRequest {
  at.onlyKeys("class", "id", "metadata", "params", "type");
  const metadata = at.key("metadata");
  const params = at.key("params");
  return defined({
    type: at.key("type").text(),
    class: at.key("class").optionalText(),
    id: at.key("id").optionalText(),
    metadata: metadata.present ? metadata.map() : undefined,
    params: params.present ? params.map() : undefined,
  });
}

/** A map with the given keys in their order, without those that are undefined. */
function record(fields: Readonly<Record<string, Data | undefined>>): DataMap {
  const map: DataMap = new Map();
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) map.set(key, value);
  return map;
}

/** The object without members that are undefined. */
export function defined<T extends object>(object: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== undefined),
  ) as unknown as T;
}

function formatMap<T>(map: ReadonlyMap<string, T>, format: (value: T) => Data): DataMap {
  const sorted = [...map].sort(([a], [b]) => compareYamlKeys(a, b));
  return new Map(sorted.map(([key, value]) => [key, format(value)]));
}

/** What `format` makes of `value`; undefined where that is absent or empty. */
function filled<T extends { readonly length: number } | { readonly size: number }>(
  value: T | undefined,
  format: (value: T) => Data,
): Data | undefined {
  if (value === undefined) return undefined;
  return ("length" in value ? value.length : value.size) === 0 ? undefined : format(value);
}
