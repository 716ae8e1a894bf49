/**
 * What a patch template leaves must still be documents of its target: Compose's model in its strict
 * form, or a list of manifests, which in strict mode must be valid ones.
 */
import { formatYamlPath, parseYamlPath } from "../codec/yaml-path.js";
import type { Data, DataMap } from "../gotemplate/value.js";
import { ProblemList } from "../score/problems.js";
import { FormError } from "./compose/form.js";
import { project } from "./compose/model.js";
import type { PatchTemplate } from "./contract.js";
import { RenderError, type RenderErrorCode } from "./error.js";
import { manifestFaults } from "./k8s/manifest-faults.js";
import { nameManifest } from "./k8s/manifest-list.js";
import { findOperation } from "./patch-blame.js";
import { patchFault } from "./patch-fault.js";
import { nameOperation, type Operations } from "./patch-operations.js";

/** The documents that patch templates see and change. */
export type Documents =
  | { readonly target: "compose"; readonly document: DataMap }
  | {
      readonly target: "k8s";
      readonly manifests: DataMap[];
      readonly namespace: string;
      readonly strict: boolean;
    };

/**
 * `documents` with `root`, which operations have made of `before`, in place of theirs.
 * @throws {RenderError} patch_result
 */
export function patchResult<D extends Documents>(
  documents: D,
  root: Data,
  before: Data,
  all: Operations,
): D {
  if (documents.target === "compose") {
    return { ...documents, document: composeDocument(root, before, all) };
  }
  const manifests = manifestList(root, all);
  if (documents.strict) checkManifests(manifests, all.patch, blamer(before, all));
  return { ...documents, manifests };
}

function composeDocument(root: Data, before: Data, all: Operations): DataMap {
  try {
    return project.check(root, "") as DataMap;
  } catch (error) {
    if (!(error instanceof FormError)) throw error;
    throw composeFault(error, before, all);
  }
}

/** A document that Compose's model refuses, with the operation that made it so. */
function composeFault(fault: FormError, before: Data, all: Operations): RenderError {
  const { path, message } = fault;
  if (isRefusedAt(before, path)) {
    const hint = "it was so before the patch, which as in score-compose takes strict forms only";
    return patchFault("patch_result", all.patch, message, { path, hint, cause: fault });
  }
  const text = `${message}${madeBy(before, all, parseYamlPath(path))}`;
  return patchFault("patch_result", all.patch, text, { path, cause: fault });
}

function isRefusedAt(root: Data, path: string): boolean {
  try {
    project.check(root, "");
    return false;
  } catch (error) {
    return error instanceof FormError && error.path === path;
  }
}

function manifestList(root: Data, { patch }: Operations): DataMap[] {
  if (root === null) return [];
  const isManifest = (item: Data) => item === null || item instanceof Map;
  if (!Array.isArray(root) || !root.every(isManifest)) {
    throw patchFault("patch_result", patch, "the manifests must stay a list of maps");
  }
  return root.map((item) => (item instanceof Map ? item : new Map()));
}

/** Faults whose operation is looked for. */
const MAX_BLAMED = 10;
/** Operations that are run for that: each look runs them all twice. */
const MAX_RERUN = 50_000;

/** Names the operation to blame for what stands at `keys`, for the first faults. */
function blamer(before: Data, all: Operations): (keys: readonly string[]) => string {
  let left = Math.min(MAX_BLAMED, Math.floor(MAX_RERUN / all.operations.length));
  return (keys) => (left-- > 0 ? madeBy(before, all, keys) : "");
}

/**
 * The strict check of what `patch` has left; `blame` gives the end of the message on a fault at `keys`.
 * @throws {RenderError} patch_result with all faults
 */
export function checkManifests(
  manifests: readonly DataMap[],
  patch: PatchTemplate,
  blame: (keys: readonly string[]) => string = () => "",
): void {
  const problems = new ProblemList<RenderErrorCode>();
  for (const [i, manifest] of manifests.entries()) {
    for (const { message, path, hint } of manifestFaults(manifest, { strict: true })) {
      problems.add(i, "patch_result", () => {
        const at = formatYamlPath([i, ...path]);
        const by = blame([String(i), ...path]);
        const text = `${nameManifest(manifest, i)} is not valid: ${message}${by}`;
        const fault = patchFault("patch_result", patch, text, { path: at });
        return {
          message: fault.message,
          ...(fault.place && { place: fault.place }),
          ...(hint && { hint }),
        };
      });
    }
  }
  const found = problems.join();
  if (found !== undefined) throw new RenderError(found.code, found.message, found.details);
}

/** The operation that is to blame for what stands at `keys`, as the end of a message. */
function madeBy(before: Data, all: Operations, keys: readonly string[]): string {
  const i = findOperation(before, all, keys);
  const operation = i === undefined ? undefined : all.operations[i];
  return i === undefined || operation === undefined ? "" : ` (${nameOperation(operation, i)})`;
}
