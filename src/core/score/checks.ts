/**
 * What the Score schema cannot say and score-compose checks before it provisions anything: the form
 * of placeholders and the resources they name, and the `before` relations of containers.
 */

import { compareBytes } from "../codec/key-order.js";
import type { YamlPath } from "../codec/yaml.js";
import { placeholdersIn, placeholdersInData } from "./placeholders.js";
import type { Workload } from "./workload.js";

export interface WorkloadFault {
  readonly code: "score_placeholder_form" | "score_placeholder_unknown_resource" | "score_before";
  readonly path: YamlPath;
  readonly message: string;
}

/** More faults than these are not looked for. */
const MAX_WORKLOAD_FAULTS = 50;

/** The faults of `workload`, in the order of the document. */
export function checkWorkload(workload: Workload): WorkloadFault[] {
  const faults: WorkloadFault[] = [];
  for (const check of [checkPlaceholders, checkBefore]) {
    for (const fault of check(workload)) {
      faults.push(fault);
      if (faults.length === MAX_WORKLOAD_FAULTS) return faults;
    }
  }
  return faults;
}

const REFERENCE = /^[a-zA-Z0-9_-]+(\.[a-zA-Z0-9_-]+)+$/;

function* checkPlaceholders(workload: Workload): Generator<WorkloadFault> {
  for (const { path, references } of placeholders(workload)) {
    for (const reference of references) {
      const fault = checkReference(workload, reference);
      if (fault !== undefined) yield { ...fault, path };
    }
  }
}

function checkReference(
  workload: Workload,
  reference: string,
): Omit<WorkloadFault, "path"> | undefined {
  const form = (message: string) => ({
    code: "score_placeholder_form" as const,
    message: `\${${reference}} ${message}`,
  });
  if (!REFERENCE.test(reference)) {
    return form("is no reference: at least two parts of A-Z, a-z, 0-9, _ and -, joined by dots");
  }
  const [root, name = ""] = reference.split(".");
  if (root === "metadata") return undefined;
  if (root !== "resources") return form(`refers to '${root}', only metadata and resources can be`);
  if (workload.resources?.has(name)) return undefined;
  const message = `\${${reference}} refers to the unknown resource '${name}'`;
  return { code: "score_placeholder_unknown_resource", message };
}

/** The places that are substituted, but for files that come from a source. */
function* placeholders(workload: Workload): Generator<{ path: YamlPath; references: string[] }> {
  for (const [name, container] of workload.containers) {
    const at = ["containers", name];
    for (const [key, text] of container.variables ?? []) {
      yield { path: [...at, "variables", key], references: placeholdersIn(text) };
    }
    for (const [target, file] of container.files ?? []) {
      if (file.content === undefined || file.noExpand === true) continue;
      const path = [...at, "files", target, "content"];
      yield { path, references: placeholdersIn(file.content) };
    }
    for (const [target, volume] of container.volumes ?? []) {
      const path = [...at, "volumes", target, "source"];
      yield { path, references: placeholdersIn(volume.source) };
    }
  }
  for (const [name, request] of workload.resources ?? []) {
    for (const [key, value] of request.params ?? []) {
      const path = ["resources", name, "params", key];
      yield { path, references: placeholdersInData(value) };
    }
  }
}

function* checkBefore(workload: Workload): Generator<WorkloadFault> {
  const waitsFor = new Map<string, string[]>();
  for (const [name, container] of workload.containers) {
    const others: string[] = [];
    for (const other of container.before?.keys() ?? []) {
      const path = ["containers", name, "before", other];
      if (other === name) {
        yield { code: "score_before", path, message: `container '${name}' is before itself` };
      } else if (!workload.containers.has(other)) {
        const message = `container '${name}' is before the unknown container '${other}'`;
        yield { code: "score_before", path, message };
      } else {
        others.push(other);
      }
    }
    waitsFor.set(name, others);
  }
  const cycle = findCycle(waitsFor);
  if (cycle !== undefined) {
    const message = `the containers '${cycle.join("', '")}' are before each other in a cycle`;
    yield { code: "score_before", path: ["containers"], message };
  }
}

/** Names that are left when all that wait for nothing have been taken away again and again. */
function findCycle(waitsFor: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const waiting = new Map<string, string[]>();
  const open = new Map<string, number>();
  for (const [name, others] of waitsFor) {
    open.set(name, others.length);
    for (const other of others) {
      const names = waiting.get(other);
      if (names === undefined) waiting.set(other, [name]);
      else names.push(name);
    }
  }
  const free = [...open].filter(([, count]) => count === 0).map(([name]) => name);
  for (let name = free.pop(); name !== undefined; name = free.pop()) {
    open.delete(name);
    for (const waiter of waiting.get(name) ?? []) {
      const count = (open.get(waiter) ?? 0) - 1;
      open.set(waiter, count);
      if (count === 0) free.push(waiter);
    }
  }
  return open.size === 0 ? undefined : [...open.keys()].sort(compareBytes);
}
