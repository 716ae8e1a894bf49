/**
 * Paths of Score's override properties: keys joined by dots, `\.` for a dot inside a key, `\\` for a
 * backslash, list entries by index, `-1` for "after the last". Documents are never changed in place.
 */
import type { Data, DataMap } from "../gotemplate/value.js";
import { CodecError } from "./error.js";

/** Longer paths are refused: each part nests one level deeper. */
export const MAX_DATA_PATH_PARTS = 200;

/** The keys of `path`; an empty path is one empty key. */
export function parseDataPath(path: string): string[] {
  const keys: string[] = [];
  let key = "";
  for (let i = 0; i < path.length; i++) {
    const char = path[i];
    const next = path[i + 1];
    if (char === "\\" && (next === "." || next === "\\")) {
      key += next;
      i++;
    } else if (char === ".") {
      keys.push(key);
      key = "";
    } else {
      key += char;
    }
  }
  keys.push(key);
  return keys;
}

/** The path of `keys`, as `parseDataPath` reads it. */
export function formatDataPath(keys: readonly (string | number)[]): string {
  return keys.map(formatDataKey).join(".");
}

/** One key of a path, as `parseDataPath` reads it. */
export function formatDataKey(key: string | number): string {
  if (typeof key === "number") return String(key);
  // Asked for each key of each document, and hardly any needs it.
  return key.includes(".") || key.includes("\\") ? key.replace(/[\\.]/g, "\\$&") : key;
}

/** What stands at `path`; undefined if nothing does. */
export function getData(root: Data, path: readonly string[]): Data | undefined {
  let value: Data | undefined = root;
  for (const key of path) {
    if (value instanceof Map) value = value.get(key);
    else if (Array.isArray(value)) value = value[parseIndex(key) ?? -1];
    else return undefined;
  }
  return value;
}

/**
 * `root` with `value` at `path`. Missing maps are made; in a list, an existing index replaces and
 * `-1` appends. A null value deletes, as in the Score CLIs.
 * @throws {CodecError} data_path_root, data_path_limit, data_path_index, data_path_range,
 *   data_path_scalar
 */
export function setData(root: DataMap, path: readonly string[], value: Data): DataMap {
  return changeRoot(root, path, value);
}

/**
 * `root` without what stands at `path`. A missing map key is fine, a list index out of range is not.
 * @throws {CodecError} data_path_root, data_path_limit, data_path_index, data_path_range,
 *   data_path_scalar
 */
export function deleteData(root: DataMap, path: readonly string[]): DataMap {
  return changeRoot(root, path, null);
}

function changeRoot(root: DataMap, path: readonly string[], value: Data): DataMap {
  if (path.length > MAX_DATA_PATH_PARTS) {
    const text = `a path has at most ${MAX_DATA_PATH_PARTS} parts, not ${path.length}`;
    throw new CodecError("data_path_limit", text);
  }
  return changeMap(root, path, 0, value);
}

function changeMap(map: DataMap, path: readonly string[], depth: number, value: Data): DataMap {
  const key = path[depth];
  if (key === undefined) throw new CodecError("data_path_root", "the root cannot be changed");
  const changed: DataMap = new Map(map);
  if (depth === path.length - 1) {
    if (value === null) changed.delete(key);
    else changed.set(key, value);
    return changed;
  }
  const child: Data = map.has(key) ? (map.get(key) ?? null) : new Map();
  changed.set(key, changeChild(child, path, depth, value));
  return changed;
}

function changeList(list: Data[], path: readonly string[], depth: number, value: Data): Data[] {
  const key = path[depth] ?? "";
  const index = parseIndex(key);
  if (index === undefined) {
    throw failure("data_path_index", path, depth, `'${key}' is no list index`);
  }
  const changed = [...list];
  const isLast = depth === path.length - 1;
  if (isLast && value !== null && index === -1) {
    changed.push(value);
    return changed;
  }
  const existing = index < 0 ? undefined : list[index];
  if (existing === undefined) {
    const text = `index ${index} is out of range for a list of ${list.length}`;
    throw failure("data_path_range", path, depth, text);
  }
  if (!isLast) changed[index] = changeChild(existing, path, depth, value);
  else if (value === null) changed.splice(index, 1);
  else changed[index] = value;
  return changed;
}

function changeChild(child: Data, path: readonly string[], depth: number, value: Data): Data {
  if (child instanceof Map) return changeMap(child, path, depth + 1, value);
  if (Array.isArray(child)) return changeList(child, path, depth + 1, value);
  throw failure("data_path_scalar", path, depth, "neither a map nor a list");
}

/** A decimal integer as Go's Atoi reads it; undefined for other text. */
function parseIndex(text: string): number | undefined {
  return /^[+-]?[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}

function failure(
  code: "data_path_index" | "data_path_range" | "data_path_scalar",
  path: readonly string[],
  depth: number,
  text: string,
): CodecError {
  const at = formatDataPath(path.slice(0, code === "data_path_scalar" ? depth + 1 : depth));
  return new CodecError(code, `${at}: ${text}`, { place: { path: at } });
}
