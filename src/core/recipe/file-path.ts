/**
 * Paths of files inside a recipe: relative, slash-separated, plain ASCII. They become paths on
 * readers' disks and titles of OCI layers (`org.opencontainers.image.title`), so nothing in them may
 * leave a folder, mean something to a file system, or differ from another only by case.
 */
import type { Problem } from "../../errors.js";
import { findLookAlikes } from "./names.js";

const MAX_PATH_LENGTH = 200;
const MAX_PATH_SEGMENTS = 8;

const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9._@+-]*$/;
/** Names that Windows keeps for devices, with any ending. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;

/**
 * The faults of paths: of each alone, and of two that are one on a file system that ignores case, or
 * one the folder of another.
 */
export function findPathFaults(paths: Iterable<string>): Problem[] {
  const problems: Problem[] = [];
  const files = new Map<string, string>();
  const folders = new Map<string, string>();
  for (const path of paths) {
    const reason = refusePath(path);
    if (reason !== undefined) {
      problems.push(fault(path, `cannot be a file of a recipe: ${reason}`));
      continue;
    }
    const folded = path.toLowerCase();
    const twin = files.get(folded);
    if (twin === undefined) files.set(folded, path);
    else problems.push(clash(path, twin));
    for (let at = folded.indexOf("/"); at !== -1; at = folded.indexOf("/", at + 1)) {
      const folder = path.slice(0, at);
      const other = folders.get(folder.toLowerCase());
      if (other === undefined) folders.set(folder.toLowerCase(), folder);
      else if (other !== folder) problems.push(clash(folder, other));
    }
  }
  for (const [folded, folder] of folders) {
    const file = files.get(folded);
    if (file !== undefined) problems.push(clash(folder, file));
  }
  return problems;
}

/** The faults of names that people tell apart by looking: `kind` is what they name. */
export function findNameTwins(kind: string, names: Iterable<string>): Problem[] {
  const seen: string[] = [];
  return [...new Set(names)].flatMap((name) => {
    const [like] = findLookAlikes(name, seen);
    seen.push(name);
    // Names that differ by case have been found as paths.
    if (like === undefined || like.toLowerCase() === name.toLowerCase()) return [];
    const message = `the ${kind} ${name} looks like the ${kind} ${like}`;
    return [{ code: "recipe_file_path" as const, message, place: { file: name } }];
  });
}

function refusePath(path: string): string | undefined {
  if (path.length > MAX_PATH_LENGTH) return `it is longer than ${MAX_PATH_LENGTH} characters`;
  const segments = path.split("/");
  if (segments.length > MAX_PATH_SEGMENTS) {
    return `it is more than ${MAX_PATH_SEGMENTS} folders deep`;
  }
  for (const segment of segments) {
    if (segment === "") return "it is absolute or has an empty part";
    if (!SEGMENT.test(segment)) {
      return "parts start with a letter, digit or underscore and go on with those and . @ + -";
    }
    if (segment.endsWith(".")) return "a part ends in a dot";
    if (DEVICE.test(segment)) return "a part is the name of a device";
  }
  return undefined;
}

function clash(path: string, other: string): Problem {
  return fault(path, `and '${other}' are one path where case does not count`);
}

/** A path as it is where it can be shown so, and cut and quoted otherwise. */
export function shownPath(path: string): string {
  const plain = path.length <= MAX_PATH_LENGTH && /^[\x21-\x7e]+$/.test(path);
  return plain ? path : JSON.stringify(path.slice(0, MAX_PATH_LENGTH));
}

function fault(path: string, message: string): Problem {
  const file = shownPath(path);
  return { code: "recipe_file_path", message: `${file} ${message}`, place: { file } };
}
