/** A project that recipes are installed in, and what a test looks at there. */
import { readdir } from "node:fs/promises";
import path from "node:path";
import { type CommandLine, openCommandLine } from "../command-line.js";

interface Project extends CommandLine {
  lock(): Promise<Lock>;
  /** Names of files below the project, but for the user's own. */
  files(): Promise<string[]>;
}

interface Lock {
  registry: { server: string; root: string };
  recipes: { recipe: string; range: string; version: string; digest: string }[];
  files: Record<string, { provisioners: string; patches: { name: string }[] }>;
}

/** A new one in an empty folder, which is gone when the test is. */
export async function newProject(
  env: Readonly<Record<string, string>>,
  now: () => Date = () => new Date(),
): Promise<Project> {
  const line = await openCommandLine({ env, now });
  return {
    ...line,
    lock: async () => JSON.parse(await line.read("backbar.lock")),
    files: async () => {
      const all = await readdir(line.folder, { recursive: true, withFileTypes: true });
      return all
        .filter((one) => one.isFile())
        .map((one) => path.relative(line.folder, path.join(one.parentPath, one.name)))
        .filter((name) => !name.startsWith(".home"))
        .sort();
    },
  };
}

/** `NAMESPACE/NAME@RANGE VERSION` of each recipe, in order. */
export const picked = ({ recipes }: Lock) =>
  recipes.map(({ recipe, range, version }) => `${recipe}@${range} ${version}`);
