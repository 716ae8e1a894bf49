/**
 * One workload as Kubernetes documents, in the order of score-k8s: ConfigMaps, Service, for a
 * StatefulSet its headless Service, and the Deployment or StatefulSet.
 */
import { formatYamlPath } from "../../codec/yaml-path.js";
import type { Data, DataMap } from "../../gotemplate/value.js";
import type { ProjectState, WorkloadState } from "../../score/project-state.js";
import type { ServicePort, Workload } from "../../score/workload.js";
import {
  findAnnotation,
  KIND_ANNOTATION,
  podAnnotations,
  unknownAnnotations,
  workloadAnnotations,
  workloadServiceName,
} from "./annotations.js";
import { type ContainerContext, type ConvertedContainer, convertContainer } from "./container.js";
import { asStruct, mapOf, sortedEntries } from "./document.js";
import { JOINED_PREFIX } from "./volume-mounts.js";

const INSTANCE_LABEL = "app.kubernetes.io/instance";

export type WorkloadContext = Omit<ContainerContext, "workload" | "resources" | "claimsAllowed"> & {
  readonly state: ProjectState;
};

/**
 * Converts the workload `name` of the state; without documents where score-k8s drops it. What has a
 * fault is collected and left out.
 */
export function convertWorkload(
  name: string,
  workload: WorkloadState,
  context: WorkloadContext,
): readonly DataMap[] {
  const { spec } = workload;
  const { tell } = context;
  for (const annotation of unknownAnnotations(spec.metadata)) {
    const message = `score-k8s knows no annotation '${annotation}'`;
    tell({ code: "k8s_annotation_unknown", message, path: annotationPath(annotation) });
  }
  const kind = findAnnotation(spec.metadata, KIND_ANNOTATION) ?? "Deployment";
  if (kind !== "Deployment" && kind !== "StatefulSet") {
    const message = `it has no documents: its kind '${kind}' is neither Deployment nor StatefulSet`;
    tell({ code: "k8s_workload_kind", message, path: annotationPath(KIND_ANNOTATION) });
    return [];
  }

  const containers: ConvertedContainer[] = [];
  for (const [containerName, container] of sortedEntries(spec.containers)) {
    const converted = convertContainer(containerName, container, {
      ...context,
      workload: name,
      resources: context.state.resources,
      claimsAllowed: kind === "StatefulSet",
    });
    if (converted === undefined) return [];
    containers.push(converted);
  }
  tellVolumeNames(containers, tell);

  const meta = workloadMeta(name, workload);
  const controller =
    kind === "Deployment"
      ? [deployment(meta, containers)]
      : [headlessService(meta), statefulSet(meta, containers)];
  return [
    ...containers.flatMap(({ configMaps }) => configMaps),
    ...service(meta, spec),
    ...controller,
  ];
}

function annotationPath(annotation: string): string {
  return formatYamlPath(["metadata", "annotations", annotation]);
}

/** The volumes of two containers can have one name: that of a mount path, or a number of joined ones. */
function tellVolumeNames(
  containers: readonly ConvertedContainer[],
  tell: ContainerContext["tell"],
): void {
  const owners = new Map<string, string>();
  for (const { name, volumes, claims } of containers) {
    const names = [...volumes.map((volume) => volume.get("name")), ...claims.map(claimName)];
    for (const volume of names.map(String)) {
      const owner = owners.get(volume);
      owners.set(volume, name);
      if (owner === undefined) continue;
      const advice = volume.startsWith(JOINED_PREFIX)
        ? "in one of them mount each file, ConfigMap and Secret into a folder of its own"
        : "mount them at different paths";
      const message = `it has two volumes named ${volume}, of the containers ${owner} and ${name}, which Kubernetes refuses; ${advice}`;
      tell({ code: "k8s_volume_name_twice", message, path: formatYamlPath(["containers", name]) });
    }
  }
}

function claimName(claim: DataMap): Data | undefined {
  const metadata = claim.get("metadata");
  return metadata instanceof Map ? metadata.get("name") : undefined;
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
