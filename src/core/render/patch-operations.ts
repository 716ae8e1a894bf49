/**
 * The operations of a patch template, `set` and `delete`, and the documents they change. What they
 * leave of a Compose document must fit Compose's model in its strict form.
 */
import { getData } from "../codec/data-path.js";
import { CodecError } from "../codec/error.js";
import { deleteByPatchPath, type PatchCopies, setByPatchPath } from "../codec/sjson-path.js";
import { parseYaml, type YamlDocument } from "../codec/yaml.js";
import { parseYamlPath } from "../codec/yaml-path.js";
import { type Data, type DataMap, TypedMap } from "../gotemplate/value.js";
import type { Target } from "../score/project-state.js";
import { FormError } from "./compose/form.js";
import { project } from "./compose/model.js";
import type { PatchTemplate } from "./contract.js";
import type { RenderError } from "./error.js";
import { K8sError } from "./k8s/error.js";
import { type Json, toJson } from "./k8s/json-value.js";
import { patchFault } from "./patch-fault.js";

/** What the operations change: one Compose document, or the list of manifests. */
export type Documents =
  | { readonly target: "compose"; readonly document: DataMap }
  | { readonly target: "k8s"; readonly manifests: DataMap[]; readonly namespace: string };

export interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value: Data;
}

const OPERATION_KEYS = new Set(["op", "path", "value", "description"]);

/**
 * The operations in the output of a patch template.
 * @throws {RenderError} patch_form
 */
export function readOperations(patch: PatchTemplate, output: string): Operation[] {
  const document = readYaml(patch, output);
  if (document.empty)
    throw patchFault("patch_form", patch, "the output holds no list of operations");
  if (document.value === null) return [];
  if (!Array.isArray(document.value))
    throw patchFault("patch_form", patch, "the output must be a list of operations");
  return document.value.map((item, i) => {
    if (item === null) return { op: "", path: "", value: null };
    if (!(item instanceof Map))
      throw patchFault("patch_form", patch, `operation ${i + 1} must be a map`);
    for (const key of item.keys()) {
      if (!OPERATION_KEYS.has(key))
        throw patchFault("patch_form", patch, `operation ${i + 1}: unknown key "${key}"`);
    }
    textAt(patch, document, item, i, "description");
    return {
      op: textAt(patch, document, item, i, "op"),
      path: textAt(patch, document, item, i, "path"),
      value: item.get("value") ?? null,
    };
  });
}

/** Scalars of other kinds count as the text that stands there: `path: 0.10`. */
function textAt(
  patch: PatchTemplate,
  document: YamlDocument,
  item: DataMap,
  i: number,
  key: string,
): string {
  const value = item.get(key) ?? null;
  if (value === null) return "";
  if (typeof value === "string") return value;
  if (Array.isArray(value) || value instanceof Map || value instanceof TypedMap) {
    throw patchFault("patch_form", patch, `operation ${i + 1}: ${key} must be text`);
  }
  return document.scalarText([i, key]) ?? String(value);
}

function readYaml(patch: PatchTemplate, output: string): YamlDocument {
  try {
    return parseYaml(output);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    const message = `the output is no YAML: ${error.message}`;
    throw patchFault("patch_form", patch, message, { cause: error });
  }
}

/**
 * `documents` after the operations of one patch template, checked after the last.
 * @throws {RenderError} patch_operation, patch_result
 */
export function applyOperations<D extends Documents>(
  documents: D,
  patch: PatchTemplate,
  operations: readonly Operation[],
): D {
  const { target } = documents;
  const given = documents.target === "compose" ? documents.document : documents.manifests;
  const before = throughJson(given, target, (message, path) => {
    const text = `the document has no form in JSON: ${message}`;
    return patchFault("patch_operation", patch, text, { ...(path && { path }) });
  });
  let root = before;
  const copies: PatchCopies = new WeakSet();
  for (const [i, operation] of operations.entries())
    root = applyOne(root, operation, i, { target, patch, copies });
  if (documents.target === "compose") {
    try {
      return { ...documents, document: project.check(root, "") as DataMap };
    } catch (error) {
      if (!(error instanceof FormError)) throw error;
      throw resultFault(error, patch, before, operations);
    }
  }
  if (
    root !== null &&
    (!Array.isArray(root) || root.some((item) => item !== null && !(item instanceof Map)))
  ) {
    throw patchFault("patch_result", patch, "the manifests must stay a list of maps");
  }
  return {
    ...documents,
    manifests: (root ?? []).map((item) => (item instanceof Map ? item : new Map())),
  };
}

interface Application {
  readonly target: Target;
  readonly patch: PatchTemplate;
  /** Where they are given, the operation writes into what earlier ones have copied. */
  readonly copies?: PatchCopies;
}

function applyOne(
  root: Data,
  operation: Operation,
  i: number,
  { target, patch, copies }: Application,
): Data {
  const { op, path } = operation;
  const refuse = (message: string, cause?: Error) => {
    const text = `${nameOperation(operation, i)}: ${message}`;
    return patchFault("patch_operation", patch, text, { path, ...(cause && { cause }) });
  };
  try {
    if (op === "set") {
      const value = throughJson(operation.value, target, (message) => refuse(message));
      return setByPatchPath(root, path, value, copies);
    }
    if (op === "delete") return deleteByPatchPath(root, path, copies);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw refuse(error.message, error);
  }
  throw refuse("unknown operation, set and delete are known");
}

function nameOperation({ op, path }: Operation, i: number): string {
  return `operation ${i + 1}: ${op} '${path}'`;
}

/** A document that Compose's model refuses, with the operation that made it so. */
function resultFault(
  fault: FormError,
  patch: PatchTemplate,
  before: Data,
  operations: readonly Operation[],
): RenderError {
  const { path, message } = fault;
  if (isRefusedAt(before, path)) {
    const hint = "it was so before the patch, which as in score-compose takes strict forms only";
    return patchFault("patch_result", patch, message, { path, hint, cause: fault });
  }
  const i = findOperation(before, operations, patch, parseYamlPath(path));
  const operation = i === undefined ? undefined : operations[i];
  const by = i === undefined || !operation ? "" : ` (${nameOperation(operation, i)})`;
  return patchFault("patch_result", patch, `${message}${by}`, { path, cause: fault });
}

function isRefusedAt(root: Data, path: string): boolean {
  try {
    project.check(root, "");
    return false;
  } catch (error) {
    return error instanceof FormError && error.path === path;
  }
}

/**
 * The last operation that changed what stands at `keys`, or at the longest part of it that one
 * changed. Blocks of operations are looked at first: each look copies what they change.
 */
function findOperation(
  before: Data,
  operations: readonly Operation[],
  patch: PatchTemplate,
  keys: readonly string[],
): number | undefined {
  const size = Math.ceil(Math.sqrt(operations.length));
  const run = (root: Data, start: number, end: number): Data => {
    const application: Application = { target: "compose", patch, copies: new WeakSet() };
    return operations
      .slice(start, end)
      .reduce((data: Data, one, i) => applyOne(data, one, start + i, application), root);
  };
  const starts = Array.from({ length: Math.ceil(operations.length / size) }, (_, i) => i * size);
  const blocks = starts.map((start) => (root: Data) => run(root, start, start + size));
  const block = lastChange(before, blocks, keys);
  if (block === undefined) return undefined;
  const first = block.step * size;
  const length = Math.min(size, operations.length - first);
  const singles = Array.from(
    { length },
    (_, i) => (root: Data) => run(root, first + i, first + i + 1),
  );
  const single = lastChange(block.before, singles, keys);
  return single === undefined ? undefined : first + single.step;
}

/** The last of `steps` that changed it, with the document before that. */
function lastChange(
  before: Data,
  steps: readonly ((root: Data) => Data)[],
  keys: readonly string[],
): { readonly step: number; readonly before: Data } | undefined {
  const changes: { step: number; before: Data }[] = [];
  let root = before;
  for (const [step, apply] of steps.entries()) {
    const changed = apply(root);
    for (let depth = 0; depth <= keys.length; depth++) {
      const path = keys.slice(0, depth);
      // What a step does not touch stays the same object.
      if (getData(root, path) !== getData(changed, path)) changes[depth] = { step, before: root };
    }
    root = changed;
  }
  return changes.at(-1);
}

/** @throws what `refuse` makes of a value without a form in JSON */
function throughJson(
  data: Data,
  target: Target,
  refuse: (message: string, path?: string) => RenderError,
): Data {
  try {
    const json = toJson(data, "json");
    return target === "k8s" ? withFloats(json) : json;
  } catch (error) {
    if (!(error instanceof K8sError)) throw error;
    throw refuse(error.message, error.place?.path);
  }
}

function withFloats(json: Json): Data {
  if (typeof json === "bigint") return Number(json);
  if (Array.isArray(json)) return json.map(withFloats);
  if (!(json instanceof Map)) return json;
  return new Map([...json].map(([key, value]) => [key, withFloats(value)]));
}
