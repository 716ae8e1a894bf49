/** A recipe's folder on disk, read whole. Links are refused: what is published is what lies there. */
import { lstat, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { EXPECTED_FOLDER } from "../core/recipe/package.js";
import { MAX_FILE_BYTES, MAX_FILES, tooLarge } from "../core/recipe/recipe-file.js";
import { asProblem, type Problem } from "../errors.js";
import { ClientError } from "./error.js";

const MAX_DEPTH = 8;

export interface FolderContent {
  /** By slash-separated path relative to the folder. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What cannot be a recipe's, with its path relative to the folder; none of it is in `files`. */
  readonly problems: readonly Problem[];
}

/**
 * The files below `folder`. Names that begin with a dot are passed over, as editors and version
 * control leave them behind, and so is what its examples are expected to render, which may be more
 * than a recipe may hold.
 * @throws {ClientError} client_folder where the folder itself cannot be read
 */
export async function inspectRecipeFolder(folder: string): Promise<FolderContent> {
  const files = new Map<string, Uint8Array>();
  const problems: Problem[] = [];
  await readInto({ folder, files, problems }, "", 0);
  return { files, problems };
}

/**
 * As `inspectRecipeFolder`, for a folder that must hold nothing else.
 * @throws {ClientError} client_folder, client_file_limit
 */
export async function readRecipeFolder(folder: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const { files, problems } = await inspectRecipeFolder(folder);
  const [first] = problems;
  if (first === undefined) return files;
  const code = first.code === "client_folder" ? first.code : "client_file_limit";
  throw new ClientError(code, `${folder}: ${first.message}`, { problems });
}

interface Reading {
  readonly folder: string;
  readonly files: Map<string, Uint8Array>;
  readonly problems: Problem[];
}

async function readInto(reading: Reading, prefix: string, depth: number): Promise<void> {
  const { folder, files, problems } = reading;
  if (depth > MAX_DEPTH) {
    problems.push(refused(prefix.slice(0, -1), `lies more than ${MAX_DEPTH} folders deep`));
    return;
  }
  for (const name of await listFolder(path.join(folder, prefix))) {
    if (name.startsWith(".") || prefix + name === EXPECTED_FOLDER) continue;
    if (files.size > MAX_FILES) return;
    const at = prefix + name;
    const stats = await lstat(path.join(folder, at));
    if (stats.isDirectory()) await readInto(reading, `${at}/`, depth + 1);
    else if (!stats.isFile()) problems.push(refused(at, "is no plain file"));
    else if (stats.size > MAX_FILE_BYTES) problems.push(tooLarge(at, stats.size));
    else files.set(at, new Uint8Array(await readFile(path.join(folder, at))));
  }
}

function refused(file: string, reason: string): Problem {
  return asProblem(new ClientError("client_folder", `${file} ${reason}`, { place: { file } }));
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (cause) {
    throw new ClientError("client_folder", `the folder ${folder} cannot be read`, { cause });
  }
}
