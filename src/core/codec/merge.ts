/**
 * The two ways in which Score merges documents: overrides files (mergo's `WithOverride`) and patches
 * of shared state (JSON Merge Patch, RFC 7386). Both leave their arguments as they are.
 */
import { type Data, type DataMap, TypedMap } from "../gotemplate/value.js";

/** Raised for maps that cannot be merged; the caller knows which document they are from. */
export class MergeError extends Error {
  override readonly name = "MergeError";
}

/**
 * `base` with `overrides` on top: maps merge deep, everything else replaces. Empty text, empty lists
 * and null replace too; null does not delete.
 * @throws {MergeError} where a map with keys that are not text goes over one with text keys; mergo
 *   panics there
 */
export function mergeOverrides(base: DataMap, overrides: DataMap): DataMap {
  const merged: DataMap = new Map(base);
  for (const [key, value] of overrides) merged.set(key, mergeValue(merged.get(key), value, key));
  return merged;
}

function mergeValue(base: Data | undefined, over: Data, key: string): Data {
  if (base instanceof Map) {
    if (over instanceof Map) return mergeOverrides(base, over);
    if (!(over instanceof TypedMap)) return over;
    throw new MergeError(`${key}: keys that are not text cannot override text`);
  }
  if (!(base instanceof TypedMap)) return over;
  if (!(over instanceof Map || over instanceof TypedMap)) return over;
  const entries = new Map(base.entries);
  for (const [name, value] of over instanceof Map ? over : (over.entries ?? [])) {
    const existing = entries.get(name) as Data | undefined;
    entries.set(name, mergeValue(existing, value as Data, String(name)));
  }
  return new TypedMap(base.type, entries, base.zero);
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
