/**
 * A Score workload as Compose services: one per container, named `WORKLOAD-CONTAINER`, that share
 * the network of the workload's primary container.
 */
import { compareBytes } from "../../codec/key-order.js";
import { formatYamlPath } from "../../codec/yaml-path.js";
import type { Data, DataMap } from "../../gotemplate/value.js";
import type { Mounts } from "../../provision/mounts.js";
import type { BeforeCondition, Container, Probe, Workload } from "../../score/workload.js";
import type { Finding } from "../contract.js";
import { RenderError } from "../error.js";
import type { Collect } from "../workload-faults.js";
import { escapeDollars } from "./container-command.js";
import { convertFiles } from "./container-files.js";
import { convertVolumes } from "./container-volumes.js";
import { sortMap } from "./form.js";

/** What the conversion of one workload may look up. Paths are for messages. */
export interface WorkloadScope {
  readonly workload: string;
  readonly collect: Collect;
  readonly mountsDirectory: string;
  /** Substitutes placeholders; those of the environment are left to Compose. */
  inVariable(text: string, path: string): string;
  inVolumeSource(text: string, path: string): string;
  /** Substitutes placeholders with their values. */
  inFile(text: string, path: string): string;
  /** Outputs of the resource with `uid`, undefined if there is none. */
  resourceOutputs(uid: string): ReadonlyMap<string, Data> | undefined;
  /** Bytes of a file beside the Score file. */
  sourceFile(path: string): Uint8Array | undefined;
  /** UTF-8 of `text`. */
  bytes(text: string): Uint8Array;
}

export interface ConvertInput {
  readonly spec: Workload;
  readonly scope: WorkloadScope;
  /** Normalised `build` sections by container. */
  readonly builds: ReadonlyMap<string, DataMap>;
  /** Names of the models that the workload's own resources made, sorted. */
  readonly models: readonly string[];
  /** The service that waits for all resources, if any resource made a service. */
  readonly waitFor?: string;
}

export interface Converted {
  readonly services: ReadonlyMap<string, DataMap>;
  readonly warnings: readonly Finding[];
}

const WORKLOAD_ANNOTATION = "compose.score.dev/workload-name";

/**
 * The services of one workload; its files are written to `mounts`.
 * @throws {RenderError} convert_*
 */
export function convertWorkload(input: ConvertInput, mounts: Mounts): Converted {
  const { spec, scope } = input;
  const names = [...spec.containers.keys()].sort(compareBytes);
  const primary = names.find((name) => (containerOf(spec, name).before?.size ?? 0) === 0);
  const services = new Map<string, DataMap>();
  const warnings: Finding[] = [];

  for (const name of names) {
    const container = containerOf(spec, name);
    const build = input.builds.get(name);
    const service: DataMap = new Map();
    service.set("annotations", annotationsOf(spec, scope.workload));
    if (build !== undefined) service.set("build", build);
    if (container.args !== undefined) service.set("command", escapeDollars(container.args));
    const path = formatYamlPath(["containers", name]);
    const waits = scope.collect(path, () => dependenciesOf(spec, names, name, input));
    if (waits !== undefined && waits.size > 0) service.set("depends_on", waits);
    if (container.command !== undefined)
      service.set("entrypoint", escapeDollars(container.command));
    const variables = variablesOf(name, container, scope);
    if (variables.size > 0) service.set("environment", variables);
    if (name === primary) service.set("hostname", scope.workload);
    const healthcheck = scope.collect(path, () => healthcheckOf(name, container, warnings));
    if (healthcheck !== undefined) service.set("healthcheck", healthcheck);
    if (build === undefined) service.set("image", container.image);
    if (input.models.length > 0)
      service.set("models", new Map(input.models.map((model) => [model, new Map()])));
    if (primary !== undefined && name !== primary && !isInit(container)) {
      service.set("network_mode", `service:${scope.workload}-${primary}`);
    }
    const volumes = [
      ...convertVolumes(name, container, scope),
      ...convertFiles(name, container, scope, mounts),
    ];
    if (volumes.length > 0) service.set("volumes", volumes.sort(bySource));
    services.set(`${scope.workload}-${name}`, service);
    warnings.push(...limitWarnings(name, container));
  }
  return { services, warnings };
}

function containerOf(spec: Workload, name: string): Container {
  const container = spec.containers.get(name);
  if (container === undefined)
    throw new RenderError("convert_dependency", `unknown container '${name}'`);
  return container;
}

function annotationsOf(spec: Workload, workload: string): DataMap {
  const given = spec.metadata.get("annotations");
  const annotations: DataMap = given instanceof Map ? new Map(given) : new Map();
  annotations.set(WORKLOAD_ANNOTATION, workload);
  return sortMap(annotations);
}

function variablesOf(name: string, container: Container, scope: WorkloadScope): DataMap {
  const variables: DataMap = new Map();
  for (const [key, value] of container.variables ?? []) {
    const path = formatYamlPath(["containers", name, "variables", key]);
    const text = scope.collect(path, () => scope.inVariable(value, path));
    if (text !== undefined) variables.set(key, text);
  }
  return sortMap(variables);
}

/** A container that others only wait for to end: it runs before the network of the primary exists. */
function isInit(container: Container): boolean {
  const conditions = [...(container.before?.values() ?? [])];
  return conditions.length > 0 && conditions.every((condition) => condition.ready === "complete");
}

const CONDITIONS: Readonly<Record<NonNullable<BeforeCondition["ready"]>, string>> = {
  started: "service_started",
  healthy: "service_healthy",
  complete: "service_completed_successfully",
};

export function dependency(condition: string): DataMap {
  return new Map<string, Data>([
    ["condition", condition],
    ["required", true],
  ]);
}

function dependenciesOf(
  spec: Workload,
  names: readonly string[],
  name: string,
  input: ConvertInput,
): DataMap {
  const waits: DataMap = new Map();
  if (input.waitFor !== undefined) waits.set(input.waitFor, dependency(CONDITIONS.complete));
  for (const other of names) {
    const container = containerOf(spec, other);
    const condition = container.before?.get(name);
    if (condition === undefined) continue;
    const ready = condition.ready ?? "started";
    if (
      ready === "healthy" &&
      container.livenessProbe === undefined &&
      container.readinessProbe === undefined
    ) {
      const path = formatYamlPath(["containers", other, "before", name]);
      const message = `${path}: ready 'healthy' needs a readiness or liveness probe`;
      throw new RenderError("convert_dependency", message, { place: { path } });
    }
    waits.set(`${input.scope.workload}-${other}`, dependency(CONDITIONS[ready]));
  }
  return sortMap(waits);
}

const PROBE_SECONDS = "5s";

/** A readiness probe decides alone, even where it gives no health check. */
function healthcheckOf(
  name: string,
  container: Container,
  warnings: Finding[],
): DataMap | undefined {
  const kind = container.readinessProbe !== undefined ? "readinessProbe" : "livenessProbe";
  const probe = container[kind];
  if (probe === undefined) return undefined;
  const path = formatYamlPath(["containers", name, kind]);
  const command = execOf(probe, path);
  if (command === undefined) {
    const message = `${path}: httpGet makes no health check`;
    warnings.push({ code: "compose_http_probe_ignored", message, place: { path } });
    return undefined;
  }
  return new Map<string, Data>([
    ["test", ["CMD", ...command]],
    ["timeout", PROBE_SECONDS],
    ["interval", PROBE_SECONDS],
  ]);
}

function execOf(probe: Probe, path: string): readonly string[] | undefined {
  const command = probe.exec?.command;
  if (command !== undefined) {
    if (command.length > 0) return command;
    throw new RenderError("convert_probe", `${path}: the exec command is empty`, {
      place: { path },
    });
  }
  if (probe.httpGet !== undefined) return undefined;
  throw new RenderError("convert_probe", `${path}: exec or httpGet must be given`, {
    place: { path },
  });
}

function limitWarnings(name: string, container: Container): Finding[] {
  const findings: Finding[] = [];
  for (const kind of ["limits", "requests"] as const) {
    const quantities = container.resources?.[kind];
    if (quantities === undefined) continue;
    const path = formatYamlPath(["containers", name, "resources", kind]);
    findings.push({
      code: "compose_limits_ignored",
      message: `${path}: not supported`,
      place: { path },
    });
  }
  return findings;
}

function bySource(a: DataMap, b: DataMap): number {
  return compareBytes(String(a.get("source") ?? ""), String(b.get("source") ?? ""));
}
