/**
 * Patch templates: a template that sees the rendered documents and the workloads, and puts out a
 * list of operations on the documents. Both targets take the way of their CLI: what a patch has
 * touched has been through JSON, so dates are text, and on k8s every number is a float.
 */
import { CodecError } from "../codec/error.js";
import { deleteByPatchPath, setByPatchPath } from "../codec/sjson-path.js";
import { parseYaml, type YamlDocument } from "../codec/yaml.js";
import { TemplateError } from "../gotemplate/error.js";
import { parseTemplate, type Template } from "../gotemplate/template.js";
import {
  type Data,
  type DataMap,
  type FunctionMap,
  Struct,
  TypedMap,
  type Value,
} from "../gotemplate/value.js";
import type { TemplateEngine } from "../provision/engine.js";
import { formatWorkload } from "../score/format.js";
import type { ProjectState, Target } from "../score/project-state.js";
import { readForm } from "./compose/form.js";
import { project } from "./compose/model.js";
import type { PatchTemplate } from "./contract.js";
import { RenderError, type RenderErrorCode } from "./error.js";
import { K8sError } from "./k8s/error.js";
import { type Json, toJson } from "./k8s/json-value.js";

/** What the operations change: one Compose document, or the list of manifests. */
export type Documents =
  | { readonly target: "compose"; readonly document: DataMap }
  | { readonly target: "k8s"; readonly manifests: DataMap[]; readonly namespace: string };

/** A patch template, compiled. */
export interface CompiledPatch {
  readonly patch: PatchTemplate;
  readonly template: Template | undefined;
}

/**
 * Compiles patch templates; blank ones do nothing.
 * @throws {RenderError} patch_template_parse
 */
export function compilePatches(
  patches: readonly PatchTemplate[],
  { functions }: TemplateEngine,
): CompiledPatch[] {
  return patches.map((patch) => ({ patch, template: compile(patch, functions) }));
}

const compiled = new WeakMap<PatchTemplate, { functions: FunctionMap; template: Template }>();

function compile(patch: PatchTemplate, functions: FunctionMap): Template | undefined {
  const text = patch.text.trim();
  if (text === "") return undefined;
  const known = compiled.get(patch);
  if (known?.functions === functions) return known.template;
  try {
    const template = parseTemplate("", text, functions);
    compiled.set(patch, { functions, template });
    return template;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw fault("patch_template_parse", patch, error.message, error);
  }
}

/**
 * `documents` after every patch template in order; each sees what the one before has left.
 * @throws {RenderError} patch_*
 */
export function applyPatches<D extends Documents>(
  documents: D,
  patches: readonly CompiledPatch[],
  state: ProjectState,
  engine: TemplateEngine,
): D {
  let current = documents;
  for (const { patch, template } of patches) {
    if (template === undefined) continue;
    const output = execute(patch, template, templateInput(current, state), engine);
    if (output.trim() === "") continue;
    current = applyOperations(current, patch, readOperations(patch, output));
  }
  return current;
}

function templateInput(documents: Documents, state: ProjectState): Struct {
  const workloads: Map<string, Value> = new Map();
  for (const [name, { spec }] of state.workloads) workloads.set(name, formatWorkload(spec));
  const fields = new Map<string, Value>();
  if (documents.target === "compose") fields.set("Compose", asYamlReads(documents.document));
  else fields.set("Manifests", documents.manifests.map(asYamlReads));
  fields.set("Workloads", workloads);
  if (documents.target === "k8s") fields.set("Namespace", documents.namespace);
  return new Struct("patching.patchTemplateInput", fields);
}

/**
 * A copy of `data` as it reads after having been written: whole floats below a million are written
 * without an exponent and so are integers.
 */
function asYamlReads(data: Data): Data {
  if (typeof data === "number")
    return Number.isInteger(data) && Math.abs(data) < 1e6 ? BigInt(data) : data;
  if (Array.isArray(data)) return data.map(asYamlReads);
  if (!(data instanceof Map)) return data;
  return new Map([...data].map(([key, value]) => [key, asYamlReads(value)]));
}

function execute(
  patch: PatchTemplate,
  template: Template,
  data: Struct,
  engine: TemplateEngine,
): string {
  try {
    return engine.run(template, data);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const code = error.code.startsWith("template_budget") ? "patch_budget" : "patch_template_exec";
    throw fault(code, patch, error.message, error);
  }
}

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value: Data;
}

const OPERATION_KEYS = new Set(["op", "path", "value", "description"]);

function readOperations(patch: PatchTemplate, output: string): Operation[] {
  const document = readYaml(patch, output);
  if (document.empty) throw fault("patch_form", patch, "the output holds no list of operations");
  if (document.value === null) return [];
  if (!Array.isArray(document.value))
    throw fault("patch_form", patch, "the output must be a list of operations");
  return document.value.map((item, i) => {
    if (item === null) return { op: "", path: "", value: null };
    if (!(item instanceof Map))
      throw fault("patch_form", patch, `operation ${i + 1} must be a map`);
    for (const key of item.keys()) {
      if (!OPERATION_KEYS.has(key))
        throw fault("patch_form", patch, `operation ${i + 1}: unknown key "${key}"`);
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
    throw fault("patch_form", patch, `operation ${i + 1}: ${key} must be text`);
  }
  return document.scalarText([i, key]) ?? String(value);
}

function readYaml(patch: PatchTemplate, output: string): YamlDocument {
  try {
    return parseYaml(output);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw fault("patch_form", patch, `the output is no YAML: ${error.message}`, error);
  }
}

function applyOperations<D extends Documents>(
  documents: D,
  patch: PatchTemplate,
  operations: Operation[],
): D {
  const { target } = documents;
  const before = documents.target === "compose" ? documents.document : documents.manifests;
  let root = throughJson(before, target, patch);
  for (const [i, operation] of operations.entries())
    root = applyOne(root, operation, i, target, patch);
  if (documents.target === "compose") {
    const document = inPatch(patch, () =>
      readForm("patch_result", () => project.check(root, "compose")),
    );
    return { ...documents, document: document as DataMap };
  }
  if (
    root !== null &&
    (!Array.isArray(root) || root.some((item) => item !== null && !(item instanceof Map)))
  ) {
    throw fault("patch_result", patch, "the manifests must stay a list of maps");
  }
  return {
    ...documents,
    manifests: (root ?? []).map((item) => (item instanceof Map ? item : new Map())),
  };
}

function applyOne(
  root: Data,
  operation: Operation,
  i: number,
  target: Target,
  patch: PatchTemplate,
): Data {
  const { op, path } = operation;
  const where = `operation ${i + 1}: ${op} '${path}'`;
  try {
    if (op === "set")
      return setByPatchPath(root, path, throughJson(operation.value, target, patch));
    if (op === "delete") return deleteByPatchPath(root, path);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw fault("patch_operation", patch, `${where}: ${error.message}`, error);
  }
  throw fault("patch_operation", patch, `${where}: unknown operation, set and delete are known`);
}

function throughJson(data: Data, target: Target, patch: PatchTemplate): Data {
  try {
    const json = toJson(data, "json");
    return target === "k8s" ? withFloats(json) : json;
  } catch (error) {
    if (!(error instanceof K8sError)) throw error;
    throw fault("patch_operation", patch, error.message, error);
  }
}

function withFloats(json: Json): Data {
  if (typeof json === "bigint") return Number(json);
  if (Array.isArray(json)) return json.map(withFloats);
  if (!(json instanceof Map)) return json;
  return new Map([...json].map(([key, value]) => [key, withFloats(value)]));
}

function inPatch<T>(patch: PatchTemplate, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    throw fault(error.code, patch, error.message, error);
  }
}

function fault(
  code: RenderErrorCode,
  patch: PatchTemplate,
  message: string,
  cause?: Error,
): RenderError {
  const at = cause instanceof TemplateError ? cause.place : undefined;
  const from = patch.recipe === undefined ? "" : ` of ${patch.recipe.name}@${patch.recipe.version}`;
  return new RenderError(code, `patch template ${patch.name}${from}: ${message}`, {
    place: {
      file: patch.name,
      ...(at?.line === undefined ? {} : { line: at.line }),
      ...(at?.column === undefined ? {} : { column: at.column }),
    },
    cause,
  });
}
