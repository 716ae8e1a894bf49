/**
 * Paths of files inside a recipe: relative, slash-separated, plain ASCII. They become paths on
 * readers' disks and titles of OCI layers (`org.opencontainers.image.title`), so nothing in them may
 * leave a folder, mean something to a file system, or differ from another only by case.
 */
import { RecipeError } from "./error.js";

const MAX_PATH_LENGTH = 200;
const MAX_PATH_SEGMENTS = 8;

const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9._@+-]*$/;
/** Names that Windows keeps for devices, with any ending. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;

/** @throws {RecipeError} recipe_file_path */
function checkFilePath(path: string): void {
  const reason = refusePath(path);
  if (reason === undefined) return;
  const shown = JSON.stringify(path.slice(0, MAX_PATH_LENGTH));
  throw new RecipeError("recipe_file_path", `${shown} cannot be a file of a recipe: ${reason}`);
}

/**
 * Checks every path, and that no two are one on a file system that ignores case, nor one the
 * folder of another.
 * @throws {RecipeError} recipe_file_path
 */
export function checkFilePaths(paths: Iterable<string>): void {
  const files = new Map<string, string>();
  const folders = new Map<string, string>();
  for (const path of paths) {
    checkFilePath(path);
    const folded = path.toLowerCase();
    const twin = files.get(folded);
    if (twin !== undefined) throw clash(path, twin);
    files.set(folded, path);
    for (let at = folded.indexOf("/"); at !== -1; at = folded.indexOf("/", at + 1)) {
      const folder = path.slice(0, at);
      const other = folders.get(folder.toLowerCase());
      if (other !== undefined && other !== folder) throw clash(folder, other);
      folders.set(folder.toLowerCase(), folder);
    }
  }
  for (const [folded, folder] of folders) {
    const file = files.get(folded);
    if (file !== undefined) throw clash(folder, file);
  }
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

function clash(path: string, other: string): RecipeError {
  return new RecipeError(
    "recipe_file_path",
    `'${path}' and '${other}' are one path where case does not count`,
  );
}
