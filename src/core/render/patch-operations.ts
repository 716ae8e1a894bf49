/** The operations of a patch template, `set` and `delete`, and how they change the rendered documents. */
import { CodecError } from "../codec/error.js";
import { compareBytes } from "../codec/key-order.js";
import { deleteByPatchPath, type PatchCopies, setByPatchPath } from "../codec/sjson-path.js";
import { parseYaml, type YamlDocument } from "../codec/yaml.js";
import { type Data, type DataMap, TypedMap } from "../gotemplate/value.js";
import type { Target } from "../score/project-state.js";
import type { PatchTemplate } from "./contract.js";
import type { RenderError } from "./error.js";
import { K8sError } from "./k8s/error.js";
import { type Json, toJson } from "./k8s/json-value.js";
import { patchFault } from "./patch-fault.js";

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
  return document.value.flatMap((item, i) => {
    // yaml.v3 leaves a null out of a list of structs.
    if (item === null) return [];
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
 * What a patch template's operations change, as its CLI hands it on: through JSON, in which dates
 * are text, and on k8s numbers are floats.
 * @throws {RenderError} patch_operation
 */
export function patchable(documents: Data, target: Target, patch: PatchTemplate): Data {
  return throughJson(documents, target, (message, path) => {
    const text = `the document has no form in JSON: ${message}`;
    return patchFault("patch_operation", patch, text, { ...(path && { path }) });
  });
}

/** The operations of one patch template, or a part of them. */
export interface Operations {
  readonly target: Target;
  readonly patch: PatchTemplate;
  readonly operations: readonly Operation[];
  /** How many come before these. */
  readonly skipped?: number;
}

/**
 * `root` after the operations; it stays as it was, and what they do not touch is the same object.
 * @throws {RenderError} patch_operation
 */
export function runOperations(root: Data, { operations, skipped = 0, ...whose }: Operations): Data {
  const copies: PatchCopies = new WeakSet();
  return operations.reduce(
    (data: Data, one, i) => applyOne(data, one, skipped + i, { ...whose, copies }),
    root,
  );
}

interface Application extends Pick<Operations, "target" | "patch"> {
  /** What earlier operations have copied, and later ones may write into. */
  readonly copies: PatchCopies;
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
  throw refuse(`${op === "" ? "no op" : "unknown operation"}, set and delete are known`);
}

/** `operation 2: set 'a.b'`, for messages; `i` counts from 0. */
export function nameOperation({ op, path }: Operation, i: number): string {
  return `operation ${i + 1}: ${op === "" ? "" : `${op} `}'${path}'`;
}

/** @throws what `refuse` makes of a value without a form in JSON */
function throughJson(
  data: Data,
  target: Target,
  refuse: (message: string, path?: string) => RenderError,
): Data {
  try {
    return asWritten(toJson(data, "json"), target);
  } catch (error) {
    if (!(error instanceof K8sError)) throw error;
    throw refuse(error.message, error.place?.path);
  }
}

/** With keys in the order of Go's JSON, which wildcards search, and on k8s with floats for all numbers. */
function asWritten(json: Json, target: Target): Data {
  if (typeof json === "bigint") return target === "k8s" ? Number(json) : json;
  if (Array.isArray(json)) return json.map((item) => asWritten(item, target));
  if (!(json instanceof Map)) return json;
  const sorted = [...json].sort(([a], [b]) => compareBytes(a, b));
  return new Map(sorted.map(([key, value]) => [key, asWritten(value, target)]));
}
