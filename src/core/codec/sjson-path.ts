/**
 * Paths of Score patch templates: those of tidwall/sjson 1.2.5, applied to decoded documents instead
 * of JSON text. Keys are joined by dots; `\` takes the next character literally; a number is a list
 * index; `-1` is "after the last" when setting and the last when deleting; a leading `:` makes a
 * number a map key; wildcards and queries (gjson-path.ts) find existing places when setting. Missing
 * parents are made, gaps in lists are filled with null. Documents are never changed in place, but for
 * the copies that earlier changes of one `PatchCopies` have made.
 */
import type { Data, DataMap } from "../gotemplate/value.js";
import { CodecError } from "./error.js";
import { findMatches, isComplexPath, type Place } from "./gjson-path.js";

/** No list grows beyond this many entries by an index past its end. */
export const MAX_PADDED_LENGTH = 10_000;
/** A path has no more parts than this. */
export const MAX_PATH_PARTS = 100;

/**
 * The lists and maps that a series of changes has copied, and which nobody else sees: later changes
 * write into them, so that many changes of a large document do not copy it each time.
 */
export type PatchCopies = WeakSet<object>;

interface Part {
  readonly key: string;
  /** Written as `:key`: never an index for new parents. */
  readonly forced: boolean;
  /** Written with a backslash: finds no list entry, though a number still tells where one is added. */
  readonly escaped: boolean;
}

/**
 * `root` with `value` at `path`. A path with wildcards or queries changes existing places
 * only, and nothing if it finds none.
 * @throws {CodecError} patch_path_empty, patch_path_key, patch_path_complex, patch_path_limit
 */
export function setByPatchPath(
  root: Data,
  path: string,
  value: Data,
  copies: PatchCopies = new WeakSet(),
): Data {
  checkNotEmpty(path);
  if (!isComplexPath(path)) return setParts(root, { parts: parseParts(path), value, copies }, 0);
  const places = findMatches(root, path);
  return places.length === 0 ? root : replaceAll(root, places, 0, value);
}

/**
 * `root` without what stands at `path`; an absent path changes nothing.
 * @throws {CodecError} patch_path_empty, patch_path_complex, patch_path_limit
 */
export function deleteByPatchPath(
  root: Data,
  path: string,
  copies: PatchCopies = new WeakSet(),
): Data {
  checkNotEmpty(path);
  if (isComplexPath(path)) {
    throw new CodecError(
      "patch_path_complex",
      `'${path}': what wildcards and queries find cannot be deleted`,
    );
  }
  return deleteParts(root, parseParts(path), 0, copies) ?? root;
}

function checkNotEmpty(path: string): void {
  if (path === "") throw new CodecError("patch_path_empty", "a patch path cannot be empty");
}

function parseParts(path: string): Part[] {
  const parts: Part[] = [];
  let key = "";
  let forced = false;
  let escaped = false;
  let start = true;
  for (let i = 0; i <= path.length; i++) {
    const char = path[i];
    if (char === undefined || char === ".") {
      parts.push({ key, forced, escaped });
      key = "";
      forced = false;
      escaped = false;
      start = true;
      continue;
    }
    if (start && char === ":") forced = true;
    else if (char !== "\\") key += char;
    else {
      escaped = true;
      if (i + 1 < path.length) key += path[++i];
    }
    start = false;
  }
  if (parts.length > MAX_PATH_PARTS) {
    const text = `a patch path has ${parts.length} parts, at most ${MAX_PATH_PARTS} are allowed`;
    throw new CodecError("patch_path_limit", text);
  }
  return parts;
}

/** One change. */
interface Setting {
  readonly parts: readonly Part[];
  readonly value: Data;
  readonly copies: PatchCopies;
}

function ownMap(map: DataMap, copies: PatchCopies): DataMap {
  if (copies.has(map)) return map;
  const copy: DataMap = new Map(map);
  copies.add(copy);
  return copy;
}

function ownList(list: Data[], copies: PatchCopies): Data[] {
  if (copies.has(list)) return list;
  const copy = [...list];
  copies.add(copy);
  return copy;
}

function setParts(target: Data, setting: Setting, depth: number): Data {
  const part = setting.parts[depth];
  if (part === undefined) return setting.value;
  if (target instanceof Map) {
    const existing = target.get(part.key);
    const value =
      existing === undefined
        ? build(setting.parts, depth + 1, setting.value)
        : setParts(existing, setting, depth + 1);
    return ownMap(target, setting.copies).set(part.key, value);
  }
  if (Array.isArray(target)) return setInList(target, setting, depth, part);
  // A scalar or null gives way to what the path needs.
  const container: Data = indexOf(part) === undefined ? new Map() : [];
  return setParts(container, setting, depth);
}

function setInList(list: Data[], setting: Setting, depth: number, part: Part): Data[] {
  const existing = list[positionOf(part)];
  if (existing !== undefined) {
    const value = setParts(existing, setting, depth + 1);
    const changed = ownList(list, setting.copies);
    changed[positionOf(part)] = value;
    return changed;
  }
  const index = indexOf(part);
  if (index === undefined && !isAppend(part)) {
    const text = `cannot set a list entry by the key '${part.key}'`;
    throw new CodecError("patch_path_key", text);
  }
  const value = build(setting.parts, depth + 1, setting.value);
  const changed = ownList(list, setting.copies);
  pad(changed, index ?? 0);
  changed.push(value);
  return changed;
}

/** The value at `depth` of a path of which nothing exists yet. */
function build(parts: readonly Part[], depth: number, value: Data): Data {
  const part = parts[depth];
  if (part === undefined) return value;
  const index = indexOf(part);
  if (index === undefined && !isAppend(part)) {
    return new Map([[part.key, build(parts, depth + 1, value)]]);
  }
  const list: Data[] = [];
  pad(list, index ?? 0);
  list.push(build(parts, depth + 1, value));
  return list;
}

function pad(list: Data[], length: number): void {
  if (length > MAX_PADDED_LENGTH) {
    const text = `index ${length} is past the limit of ${MAX_PADDED_LENGTH}`;
    throw new CodecError("patch_path_limit", text);
  }
  while (list.length < length) list.push(null);
}

function deleteParts(
  target: Data,
  parts: readonly Part[],
  depth: number,
  copies: PatchCopies,
): Data | undefined {
  const part = parts[depth];
  if (part === undefined) return undefined;
  const isLast = depth === parts.length - 1;
  if (target instanceof Map) {
    const existing = target.get(part.key);
    if (existing === undefined) return undefined;
    const left = isLast ? undefined : deleteParts(existing, parts, depth + 1, copies);
    if (!isLast && left === undefined) return undefined;
    const changed = ownMap(target, copies);
    if (left === undefined) changed.delete(part.key);
    else changed.set(part.key, left);
    return changed;
  }
  if (!Array.isArray(target)) return undefined;
  const index = isAppend(part) ? target.length - 1 : positionOf(part);
  const existing = target[index];
  if (existing === undefined) return undefined;
  const left = isLast ? undefined : deleteParts(existing, parts, depth + 1, copies);
  if (!isLast && left === undefined) return undefined;
  const changed = ownList(target, copies);
  if (left === undefined) changed.splice(index, 1);
  else changed[index] = left;
  return changed;
}

/** The place of an existing list entry; -1 for a part that finds none. */
function positionOf(part: Part): number {
  return !part.escaped && /^[0-9]+$/.test(part.key) ? Number(part.key) : -1;
}

/** As sjson reads indices: digits only, and an empty key counts as 0. */
function indexOf(part: Part): number | undefined {
  return !part.forced && /^[0-9]*$/.test(part.key) ? Number(part.key) : undefined;
}

function isAppend(part: Part): boolean {
  return part.key === "-1" && !part.forced;
}

/** `target` with `value` at all `places`, each list and map copied once. */
function replaceAll(target: Data, places: readonly Place[], depth: number, value: Data): Data {
  if (places.some((place) => place.length === depth)) return value;
  const byKey = new Map<string | number, Place[]>();
  for (const place of places) {
    const key = place[depth] ?? "";
    const below = byKey.get(key);
    if (below === undefined) byKey.set(key, [place]);
    else below.push(place);
  }
  if (target instanceof Map) {
    const changed: DataMap = new Map(target);
    for (const [key, below] of byKey) {
      const name = String(key);
      changed.set(name, replaceAll(target.get(name) ?? null, below, depth + 1, value));
    }
    return changed;
  }
  if (!Array.isArray(target)) return target;
  const changed = [...target];
  for (const [key, below] of byKey) {
    const index = Number(key);
    changed[index] = replaceAll(target[index] ?? null, below, depth + 1, value);
  }
  return changed;
}
