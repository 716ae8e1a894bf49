/** What lies in the project's folder for renders that name nothing themselves. */
import { readdir } from "node:fs/promises";
import path from "node:path";
import { STATE_PATH } from "../../core/render/layout.js";
import type { Target } from "../../core/score/project-state.js";
import { fileError, isFileFault } from "../files/read-file.js";

/** Paths relative to the folder where the command runs. */
export interface Installed {
  /** In order of precedence. */
  readonly provisioners: readonly string[];
  /** Undefined: those that the state remembers stay in force. */
  readonly patchTemplates: readonly string[] | undefined;
}

const PROVISIONERS_ENDING = ".provisioners.yaml";

/**
 * The provisioners that `init` of score-compose or score-k8s put beside the state of a project in
 * `folder`, an absolute path, in the order of their names, as their `generate` takes them.
 * @throws {CliError} cli_file
 */
export async function findInstalled(folder: string, target: Target): Promise<Installed> {
  const place = path.dirname(STATE_PATH[target]);
  const names = await namesIn(path.join(folder, place), place);
  const found = names.filter((name) => name.endsWith(PROVISIONERS_ENDING)).sort();
  return { provisioners: found.map((name) => path.join(place, name)), patchTemplates: undefined };
}

async function namesIn(folder: string, title: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (isFileFault(cause, "ENOENT", "ENOTDIR")) return [];
    throw fileError(`${title} cannot be read`, cause);
  }
}
