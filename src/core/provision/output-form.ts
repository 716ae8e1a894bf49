/**
 * The forms that the outputs of template keys must have: Go's mapstructure without weak typing, as
 * score-compose and score-k8s decode them. Null counts as the zero value.
 */
import { childPath } from "../codec/yaml-path.js";
import { Time } from "../gotemplate/time.js";
import { type Data, type DataMap, Int, TypedMap } from "../gotemplate/value.js";

export interface OutputFault {
  readonly message: string;
  /** From the template key on, where it is known. */
  readonly path?: string;
  readonly hint?: string;
}

/** Raised for an output of another form; the caller knows which template made it. */
export class OutputFormError extends Error {
  override readonly name: string = "OutputFormError";
  /** What the message says, and what else is wrong with the output. */
  readonly faults: readonly OutputFault[];
  constructor(message: string, faults: readonly OutputFault[] = [{ message }]) {
    super(message);
    this.faults = faults;
  }
}

/** A map with text keys; null for a key is empty text. */
export function readMap(value: Data): DataMap {
  if (value instanceof Map) return value;
  if (value === null || value instanceof Time) return new Map();
  if (!(value instanceof TypedMap))
    throw new OutputFormError(`${describe(value)} where a map is needed`);
  const map: DataMap = new Map();
  for (const [key, item] of value.entries ?? []) {
    if (key !== null && typeof key !== "string") throw new OutputFormError("a key is not text");
    map.set(key ?? "", item as Data);
  }
  return map;
}

/** `path: content`, null for a file to remove. */
export function readFiles(value: Data): Map<string, string | null> {
  const files = new Map<string, string | null>();
  for (const [path, content] of readMap(value)) {
    if (content !== null && typeof content !== "string") {
      throw new OutputFormError(`${path}: ${describe(content)} where text is needed`);
    }
    files.set(path, content);
  }
  return files;
}

/** `path: true` to make a folder, false to remove it. */
export function readDirectories(value: Data): Map<string, boolean> {
  const directories = new Map<string, boolean>();
  for (const [path, wanted] of readMap(value)) {
    if (wanted !== null && typeof wanted !== "boolean") {
      throw new OutputFormError(`${path}: ${describe(wanted)} where a boolean is needed`);
    }
    directories.set(path, wanted ?? false);
  }
  return directories;
}

export function readTexts(value: Data): string[] {
  if (value === null) return [];
  if (!Array.isArray(value)) throw new OutputFormError(`${describe(value)} where a list is needed`);
  return value.map((item, i) => {
    if (item === null) return "";
    if (typeof item === "string") return item;
    throw new OutputFormError(`${i}: ${describe(item)} where text is needed`);
  });
}

/** A list of maps, at `path` of the output. */
export function readMaps(value: Data, path: string): DataMap[] {
  if (value === null) return [];
  if (!Array.isArray(value)) throw new OutputFormError(`${describe(value)} where a list is needed`);
  return value.map((item, i) => {
    try {
      return readMap(item);
    } catch (error) {
      if (!(error instanceof OutputFormError)) throw error;
      const itemPath = childPath(path, i);
      const message = `${itemPath}: ${error.message}`;
      throw new OutputFormError(message, [{ message, path: itemPath }]);
    }
  });
}

/** What `value` is, for messages. */
export function describe(value: Data): string {
  if (value === null) return "null";
  if (typeof value === "string") return "text";
  if (typeof value === "boolean") return "a boolean";
  if (typeof value === "bigint" || value instanceof Int) return "a whole number";
  if (typeof value === "number") return "a number";
  if (value instanceof Time) return "a date";
  return Array.isArray(value) ? "a list" : "a map";
}
