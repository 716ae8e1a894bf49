/** What lies in the project's folder for renders that name nothing themselves. */
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { STATE_PATH } from "../../core/render/layout.js";
import type { Target } from "../../core/score/project-state.js";
import { decodeFile, fileError, isFileFault, readIfThere } from "../files/read-file.js";
import { CliError } from "../frame/error.js";
import { LOCK_NAME, readLock } from "../install/lock-file.js";
import { hasDigest, patchPath, provisionersPath, recipesPath } from "../install/project-files.js";

/** Paths relative to the folder where the command runs. */
export interface Installed {
  /** In order of precedence. */
  readonly provisioners: readonly string[];
  /** Undefined: those that the state remembers stay in force. */
  readonly patchTemplates: readonly string[] | undefined;
  readonly recipes: InstalledRecipes | undefined;
}

/** What recipes say of the provisioners that `backbar install` combined. */
export interface InstalledRecipes {
  /** The provisioners' file, relative to the folder where the command runs. */
  readonly provisioners: string;
  /** The content of the file beside it. */
  readonly text: string;
}

const MAX_RECIPES_BYTES = 64 * 1024 * 1024;
const PROVISIONERS_ENDING = ".provisioners.yaml";

/**
 * The provisioners that `init` of score-compose or score-k8s, or `backbar install`, put beside the
 * state of a project in `folder`, an absolute path, in the order of their names, as their `generate`
 * takes them; and the patch templates that `install` put there, in the order of the lock file.
 * @throws {CliError} cli_file, cli_lock; cli_lock_differs where a file of the lock is
 *   not there, or another
 */
export async function findInstalled(folder: string, target: Target): Promise<Installed> {
  const place = path.dirname(STATE_PATH[target]);
  const names = await namesIn(path.join(folder, place), place);
  const found = names.filter((name) => name.endsWith(PROVISIONERS_ENDING)).sort();
  const provisioners = found.map((name) => path.join(place, name));
  const locked = (await readLock(folder))?.lock.files.get(target);
  if (locked === undefined) return { provisioners, patchTemplates: undefined, recipes: undefined };
  const patches = locked.patches.map(
    ({ name, digest }) => [patchPath(target, name), digest] as const,
  );
  const [own, said] = [provisionersPath(target), recipesPath(target)];
  await checkInPlace(folder, own, locked.provisioners);
  await checkInPlace(folder, said, locked.recipes);
  for (const [name, digest] of patches) await checkInPlace(folder, name, digest);
  const bytes = await readIfThere(path.join(folder, said), said, MAX_RECIPES_BYTES);
  return {
    provisioners,
    // Without any of its own the lock has no say: those that `init` was given stay in force.
    patchTemplates: patches.length === 0 ? undefined : patches.map(([name]) => name),
    recipes: { provisioners: own, text: decodeFile(bytes ?? new Uint8Array(), said) },
  };
}

/** Fresh clones have the lock alone; what was changed by hand is of no recipe. */
async function checkInPlace(folder: string, name: string, digest: string): Promise<void> {
  const stats = await stat(path.join(folder, name)).catch(() => undefined);
  if (stats === undefined) {
    throw new CliError("cli_lock_differs", `${name} is in ${LOCK_NAME} and not in this folder`, {
      hint: "backbar install puts it there",
    });
  }
  if (await hasDigest(folder, name, digest)) return;
  throw new CliError("cli_lock_differs", `${name} is not the file that ${LOCK_NAME} pins`, {
    hint: "backbar install puts that in its place; --provisioners names a file of your own",
  });
}

async function namesIn(folder: string, title: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (isFileFault(cause, "ENOENT", "ENOTDIR")) return [];
    throw fileError(`${title} cannot be read`, cause);
  }
}
