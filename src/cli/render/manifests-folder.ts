/** The folder that `--split` fills: what an earlier render left there, and what others put there. */
import { lstat, open, readdir } from "node:fs/promises";
import path from "node:path";
import { isMarked, type ManifestFile } from "../../core/render/k8s/manifest-files.js";
import { isFileFault, isSystemFault } from "../files/read-file.js";
import { CliError } from "../frame/error.js";

/** Holds the first line of every file that was written here. */
const HEAD_BYTES = 1024;

/**
 * The names in `folder`, an absolute path, of files that an earlier render wrote and that are not
 * among `files`. Files without the mark are another's: they stay. `show` names a path in messages.
 * @throws {CliError} cli_file where one of them has the name of one of `files`
 */
export async function findLeftFiles(
  folder: string,
  files: readonly ManifestFile[],
  show: (target: string) => string,
): Promise<string[]> {
  for (const { path: name } of files) await checkOwn(path.join(folder, name), show);
  const names = new Set(files.map(({ path: name }) => name));
  const left: string[] = [];
  for (const name of await namesIn(folder)) {
    if (names.has(name) || !name.endsWith(".yaml")) continue;
    if (await isOwn(path.join(folder, name))) left.push(name);
  }
  return left.sort();
}

async function checkOwn(file: string, show: (target: string) => string): Promise<void> {
  if ((await isOwn(file)) !== false) return;
  throw new CliError("cli_file", `${show(file)} is in the way: its first line is not backbar's`, {
    hint: "move it away, or choose another folder with --out",
  });
}

/** Undefined where there is no file; what else may be there, whoever writes finds in the way. */
async function isOwn(file: string): Promise<boolean | undefined> {
  const stats = await lstat(file).catch(() => undefined);
  if (!stats?.isFile()) return undefined;
  try {
    return isMarked(path.basename(file), await readHead(file));
  } catch (error) {
    // What cannot be read was not written here.
    if (isSystemFault(error)) return false;
    throw error;
  }
}

async function readHead(file: string): Promise<string> {
  const handle = await open(file, "r");
  try {
    const { bytesRead, buffer } = await handle.read(new Uint8Array(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return new TextDecoder().decode(buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isFileFault(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
}
