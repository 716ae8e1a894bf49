/** The provisioners files below a folder that somebody keeps for the Score CLIs. */
import path from "node:path";
import { MAX_FILE_BYTES } from "../../core/recipe/recipe-file.js";
import { listFolder, readIfThere } from "../files/read-file.js";
import { UsageError } from "../frame/usage.js";
import type { NamedFolder } from "./recipe-folders.js";

/** A file as it was found. */
export interface SourceFile {
  /** As the user finds it from where the command runs. */
  readonly title: string;
  /** Relative to the folder, with slashes. */
  readonly path: string;
  readonly content: Uint8Array;
}

export interface SourceFiles {
  readonly provisioners: readonly SourceFile[];
  /** Score files, which may show what the provisioners beside them do. */
  readonly examples: readonly SourceFile[];
  /** Paths of all other files. */
  readonly others: readonly string[];
}

/** What the Score CLIs take for a provisioners file. */
export const PROVISIONERS_FILE = /\.provisioners\.ya?ml$/;
const MAX_DEPTH = 8;
const MAX_FILES = 5000;

/**
 * All files below `folder`; names that begin with a dot are passed over, and links.
 * @throws {UsageError} for more than can be meant; {CliError} cli_file, cli_file_limit
 */
export async function readSourceFiles(folder: NamedFolder): Promise<SourceFiles> {
  const paths: string[] = [];
  await collect(folder, "", 0, paths);
  const read = async (file: string): Promise<SourceFile> => {
    const title = path.join(folder.title, file);
    const content = await readIfThere(path.join(folder.at, file), title, MAX_FILE_BYTES);
    return { title, path: file, content: content ?? new Uint8Array() };
  };
  const isExample = (file: string) => path.basename(file) === "score.yaml";
  const provisioners = paths.filter((file) => PROVISIONERS_FILE.test(file));
  const examples = paths.filter(isExample);
  return {
    provisioners: await Promise.all(provisioners.map(read)),
    examples: await Promise.all(examples.map(read)),
    others: paths.filter((file) => !PROVISIONERS_FILE.test(file) && !isExample(file)),
  };
}

async function collect(
  folder: NamedFolder,
  prefix: string,
  depth: number,
  paths: string[],
): Promise<void> {
  const title = path.join(folder.title, prefix);
  const entries = await listFolder(path.join(folder.at, prefix), title);
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    const at = prefix + entry.name;
    if (entry.isFile()) paths.push(at);
    else if (entry.isDirectory() && depth < MAX_DEPTH) {
      await collect(folder, `${at}/`, depth + 1, paths);
    }
    if (paths.length <= MAX_FILES) continue;
    throw new UsageError(
      `${folder.title} has more than ${MAX_FILES} files`,
      "name the folder that has the provisioners",
    );
  }
}
