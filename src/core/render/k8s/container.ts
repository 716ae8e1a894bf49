/** One container of a workload as a Kubernetes container, with the volumes and ConfigMaps it needs. */
import { childPath, formatYamlPath } from "../../codec/yaml-path.js";
import type { DataMap } from "../../gotemplate/value.js";
import type { ResourceState } from "../../score/project-state.js";
import type { Container, HttpGet, Probe, Quantities } from "../../score/workload.js";
import { type ConvertedFile, convertFile } from "./container-files.js";
import { environmentVariables } from "./container-variables.js";
import { type ConvertedVolume, convertVolume } from "./container-volumes.js";
import { mapOf, sortedEntries } from "./document.js";
import { K8sError } from "./error.js";
import { canonicalQuantity } from "./quantities.js";
import { joinMounts } from "./volume-mounts.js";

export interface ContainerContext {
  readonly workload: string;
  readonly resources: ReadonlyMap<string, ResourceState>;
  /** Replaces placeholders in text. */
  readonly expand: (text: string) => string;
  /** The same for a volume's source, where a resource without a key stands for its uid. */
  readonly expandVolumeSource: (text: string) => string;
  readonly sourceFile: (path: string) => Uint8Array | undefined;
  readonly claimsAllowed: boolean;
}

export interface ConvertedContainer {
  readonly container: DataMap;
  readonly volumes: readonly DataMap[];
  readonly claims: readonly DataMap[];
  readonly configMaps: readonly DataMap[];
}

/** A volume that the workload's kind cannot have; score-k8s then drops the whole workload. */
export interface RefusedClaim {
  readonly refusedClaim: { readonly path: string };
}

/**
 * Converts a container.
 * @throws {K8sError} any of the codes for workloads, with `place.path` inside the Score file
 */
export function convertContainer(
  name: string,
  container: Container,
  context: ContainerContext,
): ConvertedContainer | RefusedClaim {
  const path = formatYamlPath(["containers", name]);
  const resources = mapOf({
    requests: quantities(container.resources?.requests, `${path}.resources.requests`),
    limits: quantities(container.resources?.limits, `${path}.resources.limits`),
  });
  const env = convertVariables(container, context, `${path}.variables`);

  const volumes: ConvertedVolume[] = [];
  for (const [target, volume] of sortedEntries(container.volumes)) {
    const volumePath = childPath(`${path}.volumes`, target);
    const converted = atPath(volumePath, () =>
      convertVolume(target, volume, context.resources, context.expandVolumeSource),
    );
    if (converted.claim !== undefined && !context.claimsAllowed) {
      return { refusedClaim: { path: volumePath } };
    }
    volumes.push(converted);
  }
  const files = convertFiles(name, container, context, `${path}.files`);
  const joined = joinMounts([...volumes, ...files]);

  return {
    container: mapOf({
      name,
      image: container.image,
      command: [...(container.command ?? [])],
      args: [...(container.args ?? [])],
      env,
      resources,
      volumeMounts: [...joined.mounts],
      livenessProbe: convertProbe(container.livenessProbe, `${path}.livenessProbe`),
      readinessProbe: convertProbe(container.readinessProbe, `${path}.readinessProbe`),
    }),
    volumes: joined.volumes,
    claims: volumes.flatMap(({ claim }) => (claim === undefined ? [] : [claim])),
    configMaps: files.flatMap(({ configMap }) => (configMap === undefined ? [] : [configMap])),
  };
}

function quantities(given: Quantities | undefined, path: string): DataMap | undefined {
  if (given === undefined) return undefined;
  const canonical = (unit: "cpu" | "memory") => {
    const text = given[unit];
    return text === undefined
      ? undefined
      : atPath(childPath(path, unit), () => canonicalQuantity(text));
  };
  return mapOf({ cpu: canonical("cpu"), memory: canonical("memory") });
}

function convertVariables(
  container: Container,
  context: ContainerContext,
  path: string,
): DataMap[] {
  return environmentVariables(container.variables, context.expand, (name, convert) =>
    atPath(childPath(path, name), convert),
  );
}

function convertFiles(
  name: string,
  container: Container,
  context: ContainerContext,
  path: string,
): ConvertedFile[] {
  const fileContext = {
    namePrefix: `${context.workload}-${name}-`,
    expand: context.expand,
    sourceFile: context.sourceFile,
  };
  return sortedEntries(container.files).map(([target, file]) =>
    atPath(childPath(path, target), () => convertFile(target, file, fileContext)),
  );
}

/** `httpGet` wins where both are given. */
function convertProbe(probe: Probe | undefined, path: string): DataMap | undefined {
  if (probe === undefined) return undefined;
  if (probe.httpGet !== undefined) return mapOf({ httpGet: convertHttpGet(probe.httpGet) });
  if (probe.exec !== undefined) {
    return mapOf({ exec: mapOf({ command: [...probe.exec.command] }) });
  }
  throw new K8sError("k8s_probe", "a probe needs httpGet or exec", { place: { path } });
}

function convertHttpGet(httpGet: HttpGet): DataMap {
  return mapOf({
    path: httpGet.path,
    port: BigInt(httpGet.port),
    host: httpGet.host,
    scheme: httpGet.scheme,
    httpHeaders: httpGet.httpHeaders?.map(({ name, value }) => mapOf({ name, value })),
  });
}

/** Says where in the Score file a fault is. */
function atPath<T>(path: string, convert: () => T): T {
  try {
    return convert();
  } catch (cause) {
    if (!(cause instanceof K8sError)) throw cause;
    const { code, message, hint, problems } = cause;
    const details = { place: { path }, problems, cause, ...(hint === undefined ? {} : { hint }) };
    throw new K8sError(code, `${path}: ${message}`, details);
  }
}
