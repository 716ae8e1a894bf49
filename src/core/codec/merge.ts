/**
 * The two ways in which Score merges documents: overrides files (mergo's `WithOverride`) and patches
 * of shared state (JSON Merge Patch, RFC 7386). Both leave their arguments as they are.
 */
import type { Data, DataMap } from "../gotemplate/value.js";

/**
 * `base` with `overrides` on top: maps merge deep, everything else replaces. Empty text, empty lists
 * and null replace too; null does not delete.
 */
export function mergeOverrides(base: DataMap, overrides: DataMap): DataMap {
  const merged: DataMap = new Map(base);
  for (const [key, value] of overrides) {
    const existing = merged.get(key);
    merged.set(
      key,
      existing instanceof Map && value instanceof Map ? mergeOverrides(existing, value) : value,
    );
  }
  return merged;
}

/**
 * `target` after the merge patch `patch` (RFC 7386 §2): null deletes, maps merge deep and lose the
 * nulls inside new maps, lists and scalars replace.
 */
export function mergePatch(target: Data, patch: Data): Data {
  return patch instanceof Map ? mergePatchMap(target, patch) : patch;
}

/** `mergePatch` for a patch that is a map, as the shared state always is. */
export function mergePatchMap(target: Data, patch: DataMap): DataMap {
  const merged: DataMap = target instanceof Map ? new Map(target) : new Map();
  for (const [key, value] of patch) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key) ?? null, value));
  }
  return merged;
}
