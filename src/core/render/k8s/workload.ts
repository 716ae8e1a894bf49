/**
 * One workload as Kubernetes documents, in the order of score-k8s: ConfigMaps, Service, for a
 * StatefulSet its headless Service, and the Deployment or StatefulSet.
 */
import { formatYamlPath } from "../../codec/yaml-path.js";
import type { DataMap } from "../../gotemplate/value.js";
import type { ProjectState, WorkloadState } from "../../score/project-state.js";
import type { ServicePort, Workload } from "../../score/workload.js";
import type { Finding } from "../contract.js";
import {
  findAnnotation,
  KIND_ANNOTATION,
  podAnnotations,
  workloadAnnotations,
  workloadServiceName,
} from "./annotations.js";
import { type ContainerContext, type ConvertedContainer, convertContainer } from "./container.js";
import { asStruct, mapOf, sortedEntries } from "./document.js";

const INSTANCE_LABEL = "app.kubernetes.io/instance";

export interface WorkloadContext
  extends Pick<ContainerContext, "expand" | "expandVolumeSource" | "sourceFile"> {
  readonly state: ProjectState;
}

export interface ConvertedWorkload {
  readonly manifests: readonly DataMap[];
  readonly warnings: readonly Finding[];
}

/**
 * Converts the workload `name` of the state. What score-k8s drops without a word gives no
 * documents and a warning.
 * @throws {K8sError} the codes for workloads
 */
export function convertWorkload(
  name: string,
  workload: WorkloadState,
  context: WorkloadContext,
): ConvertedWorkload {
  const { spec } = workload;
  const kind = findAnnotation(spec.metadata, KIND_ANNOTATION) ?? "Deployment";
  if (kind !== "Deployment" && kind !== "StatefulSet") {
    return dropped(name, workload, {
      code: "k8s_workload_kind",
      message: `workload '${name}' has no documents: its kind '${kind}' is neither Deployment nor StatefulSet`,
      path: formatYamlPath(["metadata", "annotations", KIND_ANNOTATION]),
    });
  }

  const containers: ConvertedContainer[] = [];
  for (const [containerName, container] of sortedEntries(spec.containers)) {
    const converted = convertContainer(containerName, container, {
      ...context,
      workload: name,
      resources: context.state.resources,
      claimsAllowed: kind === "StatefulSet",
    });
    if ("refusedClaim" in converted) {
      return dropped(name, workload, {
        code: "k8s_claim_needs_stateful_set",
        message: `workload '${name}' has no documents: its volume is a claim, which only a StatefulSet can have`,
        path: converted.refusedClaim.path,
      });
    }
    containers.push(converted);
  }

  const meta = workloadMeta(name, workload);
  const controller =
    kind === "Deployment"
      ? [deployment(meta, containers)]
      : [headlessService(meta), statefulSet(meta, containers)];
  return {
    manifests: [
      ...containers.flatMap(({ configMaps }) => configMaps),
      ...service(meta, spec),
      ...controller,
    ],
    warnings: [],
  };
}

function dropped(
  name: string,
  { file }: WorkloadState,
  { code, message, path }: { code: string; message: string; path: string },
): ConvertedWorkload {
  const place = { ...(file === undefined ? {} : { file }), workload: name, path };
  return { manifests: [], warnings: [{ code, message, place }] };
}

/** What the documents of one workload share. */
interface WorkloadMeta {
  readonly name: string;
  readonly labels: DataMap;
  readonly selector: DataMap;
  readonly annotations: DataMap;
  readonly podAnnotations: DataMap;
}

function workloadMeta(name: string, workload: WorkloadState): WorkloadMeta {
  const instance = name + (workload.instanceSuffix ?? "");
  return {
    name,
    labels: mapOf({
      "app.kubernetes.io/name": name,
      [INSTANCE_LABEL]: instance,
      "app.kubernetes.io/managed-by": "score-k8s",
    }),
    selector: mapOf({ [INSTANCE_LABEL]: instance }),
    annotations: workloadAnnotations(name),
    podAnnotations: podAnnotations(name, workload.spec.metadata),
  };
}

function objectMeta({ labels, annotations }: WorkloadMeta, name: string): DataMap {
  return mapOf({ name, labels, annotations });
}

function service(meta: WorkloadMeta, spec: Workload): DataMap[] {
  const ports = sortedEntries(spec.service?.ports);
  if (ports.length === 0) return [];
  const name = workloadServiceName(meta.name, spec.metadata);
  return [
    asStruct(
      "core.v1.Service",
      mapOf({
        apiVersion: "v1",
        kind: "Service",
        metadata: objectMeta(meta, name),
        spec: mapOf({
          selector: meta.selector,
          ports: ports.map(([portName, port]) => servicePort(portName, port)),
        }),
      }),
    ),
  ];
}

function servicePort(name: string, { port, targetPort, protocol }: ServicePort): DataMap {
  return mapOf({
    name,
    port: BigInt(port),
    targetPort: BigInt(targetPort || port),
    protocol: (protocol || "TCP").toUpperCase(),
  });
}

function headlessServiceName(meta: WorkloadMeta): string {
  return `${meta.name}-headless-svc`;
}

/** A StatefulSet needs a Service, and a Service a port, though nothing listens on this one. */
function headlessService(meta: WorkloadMeta): DataMap {
  return asStruct(
    "core.v1.Service",
    mapOf({
      apiVersion: "v1",
      kind: "Service",
      metadata: objectMeta(meta, headlessServiceName(meta)),
      spec: mapOf({
        selector: meta.selector,
        clusterIP: "None",
        ports: [mapOf({ name: "default", port: 99n, targetPort: 99n })],
      }),
    }),
  );
}

function deployment(meta: WorkloadMeta, containers: readonly ConvertedContainer[]): DataMap {
  return asStruct(
    "apps.v1.Deployment",
    mapOf({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: objectMeta(meta, meta.name),
      spec: mapOf({
        selector: mapOf({ matchLabels: meta.selector }),
        template: podTemplate(meta, containers),
      }),
    }),
  );
}

function statefulSet(meta: WorkloadMeta, containers: readonly ConvertedContainer[]): DataMap {
  return asStruct(
    "apps.v1.StatefulSet",
    mapOf({
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: objectMeta(meta, meta.name),
      spec: mapOf({
        selector: mapOf({ matchLabels: meta.selector }),
        serviceName: headlessServiceName(meta),
        template: podTemplate(meta, containers),
        volumeClaimTemplates: containers.flatMap(({ claims }) => claims),
      }),
    }),
  );
}

/** Volumes of several containers follow one another; equal ones stay, as in score-k8s. */
function podTemplate(meta: WorkloadMeta, containers: readonly ConvertedContainer[]): DataMap {
  return mapOf({
    metadata: mapOf({ labels: meta.labels, annotations: meta.podAnnotations }),
    spec: mapOf({
      containers: containers.map(({ container }) => container),
      volumes: containers.flatMap(({ volumes }) => volumes),
    }),
  });
}
