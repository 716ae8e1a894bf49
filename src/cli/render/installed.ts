/** What lies in the project's folder for renders that name nothing themselves. */
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { STATE_PATH } from "../../core/render/layout.js";
import type { Target } from "../../core/score/project-state.js";
import { fileError, isFileFault } from "../files/read-file.js";
import { CliError } from "../frame/error.js";
import { LOCK_NAME, readLock } from "../install/lock-file.js";
import { patchPath, provisionersPath } from "../install/project-files.js";

/** Paths relative to the folder where the command runs. */
export interface Installed {
  /** In order of precedence. */
  readonly provisioners: readonly string[];
  /** Undefined: those that the state remembers stay in force. */
  readonly patchTemplates: readonly string[] | undefined;
}

const PROVISIONERS_ENDING = ".provisioners.yaml";

/**
 * The provisioners that `init` of score-compose or score-k8s, or `backbar install`, put beside the
 * state of a project in `folder`, an absolute path, in the order of their names, as their `generate`
 * takes them; and the patch templates that `install` put there, in the order of the lock file.
 * @throws {CliError} cli_file, cli_lock; cli_lock_differs where a file of the lock is not there
 */
export async function findInstalled(folder: string, target: Target): Promise<Installed> {
  const place = path.dirname(STATE_PATH[target]);
  const names = await namesIn(path.join(folder, place), place);
  const found = names.filter((name) => name.endsWith(PROVISIONERS_ENDING)).sort();
  const provisioners = found.map((name) => path.join(place, name));
  const locked = (await readLock(folder))?.lock.files.get(target);
  if (locked === undefined) return { provisioners, patchTemplates: undefined };
  const patches = locked.patches.map(({ name }) => patchPath(target, name));
  for (const name of [provisionersPath(target), ...patches]) await checkThere(folder, name);
  // Without any of its own the lock has no say: those that `init` was given stay in force.
  return { provisioners, patchTemplates: patches.length === 0 ? undefined : patches };
}

/** Fresh clones have the lock alone. */
async function checkThere(folder: string, name: string): Promise<void> {
  const stats = await stat(path.join(folder, name)).catch(() => undefined);
  if (stats !== undefined) return;
  throw new CliError("cli_lock_differs", `${name} is in ${LOCK_NAME} and not in this folder`, {
    hint: "backbar install puts it there",
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
