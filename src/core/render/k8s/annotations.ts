/** Annotations of a Score workload that steer score-k8s, and those that pass on to its pods. */
import type { DataMap } from "../../gotemplate/value.js";
import { mapOf, sortedEntries } from "./document.js";

const PREFIX = "k8s.score.dev/";
export const KIND_ANNOTATION = `${PREFIX}kind`;
const SERVICE_NAME_ANNOTATION = `${PREFIX}service-name`;
const WORKLOAD_NAME_ANNOTATION = `${PREFIX}workload-name`;
const KNOWN = new Set([KIND_ANNOTATION, SERVICE_NAME_ANNOTATION, WORKLOAD_NAME_ANNOTATION]);

/** The text annotation `name` of a workload's metadata. */
export function findAnnotation(metadata: DataMap, name: string): string | undefined {
  const annotations = metadata.get("annotations");
  const value = annotations instanceof Map ? annotations.get(name) : undefined;
  return typeof value === "string" ? value : undefined;
}

/** Annotations of score-k8s's own prefix that mean nothing to it. */
export function unknownAnnotations(metadata: DataMap): string[] {
  const annotations = metadata.get("annotations");
  const names = annotations instanceof Map ? [...annotations.keys()] : [];
  return names.filter((name) => name.startsWith(PREFIX) && !KNOWN.has(name));
}

/** The name of the Service that others reach the workload by. */
export function workloadServiceName(workload: string, metadata: DataMap): string {
  return findAnnotation(metadata, SERVICE_NAME_ANNOTATION) ?? workload;
}

/** What stands on every document of a workload but its ConfigMaps. */
export function workloadAnnotations(workload: string): DataMap {
  return mapOf({ [WORKLOAD_NAME_ANNOTATION]: workload });
}

/** The workload's own annotations without score-k8s's, and the workload's name. */
export function podAnnotations(workload: string, metadata: DataMap): DataMap {
  const given = metadata.get("annotations");
  const passed: DataMap = new Map();
  for (const [name, value] of sortedEntries(given instanceof Map ? given : undefined)) {
    if (typeof value === "string" && !name.startsWith(PREFIX)) passed.set(name, value);
  }
  return passed.set(WORKLOAD_NAME_ANNOTATION, workload);
}
