/**
 * Patch templates: a template that sees the rendered documents and the workloads, and puts out a
 * list of operations on the documents. Both targets take the way of their CLI: what a patch has
 * touched has been through JSON, so dates are text, and on k8s every number is a float.
 */
import { copyData, copyMap } from "../codec/copy-data.js";
import { TemplateError } from "../gotemplate/error.js";
import { parseTemplate, type Template } from "../gotemplate/template.js";
import { type Data, type FunctionMap, Struct, TypedList, type Value } from "../gotemplate/value.js";
import type { TemplateEngine } from "../provision/engine.js";
import { formatWorkload } from "../score/format.js";
import type { ProjectState } from "../score/project-state.js";
import type { PatchTemplate } from "./contract.js";
import { patchFault } from "./patch-fault.js";
import { type Operation, patchable, readOperations, runOperations } from "./patch-operations.js";
import { checkManifests, type Documents, patchResult } from "./patch-result.js";
import { UnwritableError, writableManifests } from "./set-in-place.js";

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
    throw patchFault("patch_template_parse", patch, error.message, { cause: error });
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
  let current = changeable(documents);
  for (const { patch, template } of patches) {
    if (template === undefined) continue;
    const output = execute(patch, template, templateInput(current, state), engine);
    current = settled(current, patch);
    if (output.trim() === "") continue;
    current = operate(current, patch, readOperations(patch, output));
  }
  return current;
}

/** Templates on k8s get the manifests themselves: what `set` changes in them stays, as in score-k8s. */
function changeable<D extends Documents>(documents: D): D {
  if (documents.target === "compose") return documents;
  return { ...documents, manifests: documents.manifests.map((manifest) => copyMap(manifest)) };
}

/** After a template has run: what it has set in place is part of its result. */
function settled<D extends Documents>(documents: D, patch: PatchTemplate): D {
  if (documents.target === "compose") return documents;
  try {
    const manifests = writableManifests(documents.manifests);
    if (documents.strict) checkManifests(manifests, patch);
    return { ...documents, manifests };
  } catch (error) {
    if (!(error instanceof UnwritableError)) throw error;
    const { path, message } = error;
    throw patchFault("patch_result", patch, message, { path, cause: error });
  }
}

function operate<D extends Documents>(
  documents: D,
  patch: PatchTemplate,
  operations: readonly Operation[],
): D {
  const { target } = documents;
  const given = documents.target === "compose" ? documents.document : documents.manifests;
  const before = patchable(given, target, patch);
  const all = { target, patch, operations };
  return patchResult(documents, runOperations(before, all), before, all);
}

function templateInput(documents: Documents, state: ProjectState): Struct {
  const workloads: Map<string, Value> = new Map();
  for (const [name, { spec }] of state.workloads) workloads.set(name, formatWorkload(spec));
  const fields = new Map<string, Value>();
  if (documents.target === "compose") fields.set("Compose", asYamlReads(documents.document));
  else fields.set("Manifests", new TypedList("[]map[string]interface {}", documents.manifests));
  fields.set("Workloads", workloads);
  if (documents.target === "k8s") fields.set("Namespace", documents.namespace);
  return new Struct("patching.patchTemplateInput", fields);
}

/**
 * A copy of `data` as it reads after having been written, which is how score-compose shows it: whole
 * floats below a million are written without an exponent and so are integers.
 */
function asYamlReads(data: Data): Data {
  return copyData(data, (value) =>
    typeof value === "number" && Number.isInteger(value) && Math.abs(value) < 1e6
      ? BigInt(value)
      : value,
  );
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
    throw patchFault(code, patch, error.message, { cause: error });
  }
}
