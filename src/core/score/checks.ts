/**
 * What the Score schema cannot say and score-compose checks before it provisions anything: the form
 * of placeholders and the resources they name, and the `before` relations of containers. Documents
 * that do not fit the schema are checked as far as they do.
 */

import { compareBytes } from "../codec/key-order.js";
import type { YamlPath } from "../codec/yaml-path.js";
import type { Data, DataMap } from "../gotemplate/value.js";
import { placeholdersIn, placeholdersInData } from "./placeholders.js";

export interface WorkloadFault {
  readonly code: "score_placeholder_form" | "score_placeholder_unknown_resource" | "score_before";
  readonly path: YamlPath;
  readonly message: string;
}

/** The faults of a Score document with its list forms upgraded, in the order of the document. */
export function* checkWorkload(document: DataMap): Generator<WorkloadFault> {
  yield* checkPlaceholders(document);
  yield* checkBefore(document);
}

const REFERENCE = /^[a-zA-Z0-9_-]+(\.[a-zA-Z0-9_-]+)+$/;

function* checkPlaceholders(document: DataMap): Generator<WorkloadFault> {
  for (const { path, references } of placeholders(document)) {
    for (const reference of new Set(references)) {
      const fault = checkReference(document, reference);
      if (fault !== undefined) yield { ...fault, path };
    }
  }
}

function checkReference(
  document: DataMap,
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
  const resources = document.get("resources");
  // Resources that are no map are a fault of their own.
  if (resources instanceof Map ? resources.has(name) : resources !== undefined) return undefined;
  const message = `\${${reference}} refers to the unknown resource '${name}'`;
  return { code: "score_placeholder_unknown_resource", message };
}

/** The places that are substituted, but for files that come from a source. */
function* placeholders(document: DataMap): Generator<{ path: YamlPath; references: string[] }> {
  for (const [name, container] of entriesAt(document, "containers")) {
    const at = ["containers", name];
    for (const [key, text] of entriesAt(container, "variables")) {
      yield { path: [...at, "variables", key], references: referencesIn(text) };
    }
    for (const [target, file] of entriesAt(container, "files")) {
      if (!(file instanceof Map) || file.get("noExpand") === true) continue;
      const path = [...at, "files", target, "content"];
      yield { path, references: referencesIn(file.get("content")) };
    }
    for (const [target, volume] of entriesAt(container, "volumes")) {
      if (!(volume instanceof Map)) continue;
      const path = [...at, "volumes", target, "source"];
      yield { path, references: referencesIn(volume.get("source")) };
    }
  }
  for (const [name, request] of entriesAt(document, "resources")) {
    for (const [key, value] of entriesAt(request, "params")) {
      const path = ["resources", name, "params", key];
      yield { path, references: placeholdersInData(value) };
    }
  }
}

function entriesAt(data: Data, key: string): Iterable<[string, Data]> {
  const value = data instanceof Map ? data.get(key) : undefined;
  return value instanceof Map ? value : [];
}

function referencesIn(text: Data | undefined): string[] {
  return typeof text === "string" ? placeholdersIn(text) : [];
}

function* checkBefore(document: DataMap): Generator<WorkloadFault> {
  const containers = new Map(entriesAt(document, "containers"));
  const waitsFor = new Map<string, string[]>();
  for (const [name, container] of containers) {
    const others: string[] = [];
    for (const [other] of entriesAt(container, "before")) {
      const path = ["containers", name, "before", other];
      if (other === name) {
        yield { code: "score_before", path, message: `container '${name}' is before itself` };
      } else if (!containers.has(other)) {
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
    const path = ["containers", cycle[0] ?? "", "before"];
    yield { code: "score_before", path, message };
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
