/**
 * Paths into documents. Inside they are lists of keys and indexes; at the edge, in errors, they are
 * text: `containers.web.files./etc/app\.conf.content`, dots and backslashes of keys escaped as in
 * override paths, list entries by index.
 */
import { formatDataKey, formatDataPath, parseDataPath } from "./data-path.js";

export type YamlPath = readonly (string | number)[];

/** The path of one empty key, where "" is the document itself. No key is written so. */
const EMPTY_KEY = "\\";

/** The text of `path`, "" for the document itself. */
export function formatYamlPath(path: YamlPath): string {
  return path.length === 1 && path[0] === "" ? EMPTY_KEY : formatDataPath(path);
}

/** The keys of a path that `formatYamlPath` has written; indexes come back as text. */
export function parseYamlPath(text: string): string[] {
  if (text === "") return [];
  return text === EMPTY_KEY ? [""] : parseDataPath(text);
}

/** The text of the path that goes on from the text `parent` by one key or index. */
export function childPath(parent: string, key: string | number): string {
  if (parent === "") return formatYamlPath([key]);
  const child = formatDataKey(key);
  return parent === EMPTY_KEY ? `.${child}` : `${parent}.${child}`;
}
