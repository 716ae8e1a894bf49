/** The recipes that a command line names by their folders. */
import { stat } from "node:fs/promises";
import path from "node:path";
import { METADATA_FILE } from "../../core/recipe/package.js";
import { listFolder } from "../files/read-file.js";
import type { Machine } from "../frame/machine.js";
import { UsageError } from "../frame/usage.js";

export interface NamedFolder {
  /** As the user finds it from where the command runs. */
  readonly title: string;
  /** Absolute. */
  readonly at: string;
}

/** A catalog is `NAMESPACE/NAME` below some folder of a repository. */
const MAX_DEPTH = 6;
const MAX_FOLDERS = 1000;

/**
 * The folders named, each once; one without a `recipe.yaml` stands for all recipes below it.
 * @throws {UsageError} for what is no folder, or has no recipe in it; {CliError} cli_file
 */
export async function findRecipeFolders(
  machine: Machine,
  named: readonly string[],
  hint = "name the folder of a recipe: it has a recipe.yaml",
): Promise<NamedFolder[]> {
  const found = new Map<string, NamedFolder>();
  for (const title of named.length === 0 ? ["."] : named) {
    const at = path.resolve(machine.folder, title);
    await demandFolder(at, title, hint);
    const below = await recipesBelow({ title, at }, 0);
    if (below.length === 0) throw noRecipe(title);
    for (const folder of below) found.set(folder.at, folder);
  }
  if (found.size <= MAX_FOLDERS) return [...found.values()];
  throw new UsageError(
    `there are ${found.size} recipes; one command looks at up to ${MAX_FOLDERS}`,
    "name fewer folders",
  );
}

/** @throws {UsageError} */
export async function demandFolder(at: string, title: string, hint: string): Promise<void> {
  // What "$FOLDER" is where nobody set it; it would mean all that is here.
  if (title === "") throw new UsageError("'' names no folder", `${hint}; . is this one`);
  const stats = await stat(at).catch(() => undefined);
  if (stats?.isDirectory()) return;
  const problem = stats === undefined ? "there is no folder" : "this is no folder:";
  throw new UsageError(`${problem} ${title}`, hint);
}

async function recipesBelow(folder: NamedFolder, depth: number): Promise<NamedFolder[]> {
  const entries = await listFolder(folder.at, folder.title);
  if (entries.some(({ name }) => name === METADATA_FILE)) return [folder];
  if (depth === MAX_DEPTH) return [];
  const found: NamedFolder[] = [];
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  for (const name of names.sort()) {
    if (name.startsWith(".") || name === "node_modules") continue;
    const { title, at } = folder;
    const below = { title: path.join(title, name), at: path.join(at, name) };
    found.push(...(await recipesBelow(below, depth + 1)));
  }
  return found;
}

function noRecipe(title: string): UsageError {
  return new UsageError(
    `${title}: there is no ${METADATA_FILE} in it, nor in a folder below`,
    "backbar init makes a recipe; backbar import makes recipes of bare provisioners files",
  );
}
