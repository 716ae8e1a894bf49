/** Resource uids: `type.class#id`, what a project knows a resource by. */
import type { ResourceRequest } from "./workload.js";

export interface ResourceUid {
  readonly type: string;
  readonly class: string;
  readonly id: string;
}

export const DEFAULT_CLASS = "default";

/** The uid of the resource that `workload` asks for under `name`. */
export function resourceUid(workload: string, name: string, request: ResourceRequest): string {
  const id = request.id ?? `${workload}.${name}`;
  return formatResourceUid({ type: request.type, class: request.class ?? DEFAULT_CLASS, id });
}

export function formatResourceUid(uid: ResourceUid): string {
  return `${uid.type}.${uid.class}#${uid.id}`;
}

/** Splits at the first `.` and the first `#`; undefined if either is missing or they stand the wrong way round. */
export function parseResourceUid(text: string): ResourceUid | undefined {
  const dot = text.indexOf(".");
  const hash = text.indexOf("#");
  if (dot < 0 || hash < dot) return undefined;
  return { type: text.slice(0, dot), class: text.slice(dot + 1, hash), id: text.slice(hash + 1) };
}
