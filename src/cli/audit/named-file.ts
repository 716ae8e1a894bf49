/** A file that the user names, as text. */
import path from "node:path";
import { decodeFile, readIfThere } from "../files/read-file.js";
import { CliError } from "../frame/error.js";
import type { Machine } from "../frame/machine.js";

/** @throws {CliError} cli_file, cli_file_limit */
export async function readNamedFile(
  { folder }: Pick<Machine, "folder">,
  file: string,
  maxBytes: number,
): Promise<string> {
  const bytes = await readIfThere(path.resolve(folder, file), file, maxBytes);
  if (bytes !== undefined) return decodeFile(bytes, file);
  throw new CliError("cli_file", `there is no file ${file}`);
}
