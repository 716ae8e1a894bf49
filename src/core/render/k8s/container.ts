/** One container of a workload as a Kubernetes container, with the volumes and ConfigMaps it needs. */

import { childPath, formatYamlPath } from "../../codec/yaml-path.js";
import type { DataMap } from "../../gotemplate/value.js";
import type { Container, HttpGet, Probe, Quantities } from "../../score/workload.js";
import type { Collect } from "../workload-faults.js";
import { type ConvertedFile, convertFile } from "./container-files.js";
import { environmentVariables } from "./container-variables.js";
import { type ConvertedVolume, convertVolume, type VolumeContext } from "./container-volumes.js";
import { mapOf, sortedEntries } from "./document.js";
import { K8sError, type K8sErrorCode } from "./error.js";
import { canonicalQuantity } from "./quantities.js";
import { joinMounts } from "./volume-mounts.js";

/** What score-k8s leaves out, or lets pass though a cluster refuses it, without a word. */
export interface Silence {
  readonly code: K8sErrorCode;
  readonly message: string;
  /** In the Score file. */
  readonly path: string;
}

export interface ContainerContext extends VolumeContext {
  readonly workload: string;
  readonly collect: Collect;
  readonly tell: (silence: Silence) => void;
  /** Replaces placeholders in text. */
  readonly expand: (text: string) => string;
  readonly sourceFile: (path: string) => Uint8Array | undefined;
  readonly claimsAllowed: boolean;
}

export interface ConvertedContainer {
  readonly name: string;
  readonly container: DataMap;
  readonly volumes: readonly DataMap[];
  readonly claims: readonly DataMap[];
  readonly configMaps: readonly DataMap[];
}

/**
 * Converts a container. What has a fault is collected and left out. Undefined for a claim that the
 * workload's kind cannot have: score-k8s then drops the whole workload, and looks no further.
 */
export function convertContainer(
  name: string,
  container: Container,
  context: ContainerContext,
): ConvertedContainer | undefined {
  const { collect, tell } = context;
  const path = formatYamlPath(["containers", name]);
  const resources = mapOf({
    requests: quantities(container.resources?.requests, `${path}.resources.requests`, collect),
    limits: quantities(container.resources?.limits, `${path}.resources.limits`, collect),
  });
  const env = environmentVariables(container.variables, context.expand, (variable, convert) =>
    collect(childPath(`${path}.variables`, variable), convert),
  );
  const volumes = convertVolumes(container, context, `${path}.volumes`);
  if (volumes === undefined) return undefined;
  const files = convertFiles(name, container, context, `${path}.files`);
  const joined = joinMounts([...volumes, ...files]);
  for (const mountPath of joined.lossy) {
    const message = `${mountPath} mounts several ConfigMaps or Secrets, of which only names and items are kept`;
    tell({
      code: "k8s_volume_options_lost",
      message,
      path: childPath(`${path}.volumes`, mountPath),
    });
  }
  if ((container.before?.size ?? 0) > 0) {
    const message = "the containers of a pod start together: `before` changes nothing";
    tell({ code: "k8s_before_ignored", message, path: `${path}.before` });
  }

  return {
    name,
    container: mapOf({
      name,
      image: container.image,
      command: [...(container.command ?? [])],
      args: [...(container.args ?? [])],
      env,
      resources,
      volumeMounts: [...joined.mounts],
      livenessProbe: convertProbe(container.livenessProbe, `${path}.livenessProbe`, context),
      readinessProbe: convertProbe(container.readinessProbe, `${path}.readinessProbe`, context),
    }),
    volumes: joined.volumes,
    claims: volumes.flatMap(({ claim }) => (claim === undefined ? [] : [claim])),
    configMaps: files.flatMap(({ configMap }) => (configMap === undefined ? [] : [configMap])),
  };
}

function quantities(
  given: Quantities | undefined,
  path: string,
  collect: Collect,
): DataMap | undefined {
  if (given === undefined) return undefined;
  const canonical = (unit: "cpu" | "memory") => {
    const text = given[unit];
    return text === undefined
      ? undefined
      : collect(childPath(path, unit), () => canonicalQuantity(text));
  };
  return mapOf({ cpu: canonical("cpu"), memory: canonical("memory") });
}

function convertVolumes(
  container: Container,
  context: ContainerContext,
  path: string,
): ConvertedVolume[] | undefined {
  const volumes: ConvertedVolume[] = [];
  for (const [target, volume] of sortedEntries(container.volumes)) {
    const volumePath = childPath(path, target);
    const converted = context.collect(volumePath, () => convertVolume(target, volume, context));
    if (converted?.claim !== undefined && !context.claimsAllowed) {
      context.tell({
        code: "k8s_claim_needs_stateful_set",
        message: "it has no documents: its volume is a claim, which only a StatefulSet can have",
        path: volumePath,
      });
      return undefined;
    }
    if (converted !== undefined) volumes.push(converted);
  }
  return volumes;
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
  return sortedEntries(container.files).flatMap(([target, file]) => {
    const converted = context.collect(childPath(path, target), () =>
      convertFile(target, file, fileContext),
    );
    return converted === undefined ? [] : [converted];
  });
}

/** `httpGet` wins where both are given. */
function convertProbe(
  probe: Probe | undefined,
  path: string,
  { collect, tell }: ContainerContext,
): DataMap | undefined {
  if (probe === undefined) return undefined;
  const { httpGet, exec } = probe;
  if (httpGet !== undefined) {
    if (exec !== undefined) {
      const message = "a probe has one handler: httpGet is kept, exec is not";
      tell({ code: "k8s_probe_exec_ignored", message, path: `${path}.exec` });
    }
    return mapOf({ httpGet: convertHttpGet(httpGet) });
  }
  if (exec !== undefined) return mapOf({ exec: mapOf({ command: [...exec.command] }) });
  return collect(path, () => {
    throw new K8sError("k8s_probe", "a probe needs httpGet or exec");
  });
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
