/** A recipe's folder on disk, read whole. Links are refused: what is published is what lies there. */
import { lstat, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { MAX_FILE_BYTES, MAX_FILES } from "../core/recipe/package.js";
import { ClientError } from "./error.js";

const MAX_DEPTH = 8;

/**
 * The files below `folder` by slash-separated path relative to it. Names that begin with a dot are
 * passed over, as editors and version control leave them behind.
 * @throws {ClientError} client_folder, client_file_limit
 */
export async function readRecipeFolder(folder: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  await readInto(files, folder, "", 0);
  return files;
}

async function readInto(
  files: Map<string, Uint8Array>,
  folder: string,
  prefix: string,
  depth: number,
): Promise<void> {
  if (depth > MAX_DEPTH) {
    throw new ClientError("client_folder", `${folder} lies more than ${MAX_DEPTH} folders deep`);
  }
  for (const name of await listFolder(folder)) {
    if (name.startsWith(".")) continue;
    const file = path.join(folder, name);
    const stats = await lstat(file);
    if (stats.isDirectory()) await readInto(files, file, `${prefix}${name}/`, depth + 1);
    else if (stats.isFile()) await readFileInto(files, file, prefix + name, stats.size);
    else throw new ClientError("client_folder", `${file} is no plain file`);
  }
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (cause) {
    throw new ClientError("client_folder", `the folder ${folder} cannot be read`, { cause });
  }
}

async function readFileInto(
  files: Map<string, Uint8Array>,
  file: string,
  title: string,
  sizeBytes: number,
): Promise<void> {
  if (sizeBytes > MAX_FILE_BYTES) {
    const message = `${file} takes ${sizeBytes} bytes; a file may take up to ${MAX_FILE_BYTES}`;
    throw new ClientError("client_file_limit", message);
  }
  if (files.size > MAX_FILES) {
    throw new ClientError("client_file_limit", `the folder has more than ${MAX_FILES} files`);
  }
  files.set(title, new Uint8Array(await readFile(file)));
}
