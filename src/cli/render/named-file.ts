/** Files that the command line of a render names. */
import path from "node:path";
import { decodeFile, readIfThere } from "../files/read-file.js";
import type { Outside } from "../frame/machine.js";
import { UsageError } from "../frame/usage.js";

/**
 * The text of a file that the command line names.
 * @throws {UsageError} where it is not there; {CliError} cli_file, cli_file_limit
 */
export async function readNamed(
  name: string,
  what: string,
  maxBytes: number,
  outside: Outside,
): Promise<string> {
  const bytes = await readIfThere(path.resolve(outside.folder, name), name, maxBytes);
  if (bytes !== undefined) return decodeFile(bytes, name);
  throw new UsageError(`${what}: there is no file ${name}`, hintForMissing(name));
}

/** The Score CLIs read more than files. */
function hintForMissing(name: string): string {
  if (name === "-") return "/dev/stdin names the standard input";
  return /^[a-z][a-z0-9+-]*:\/\//.test(name)
    ? "only files are read here: fetch it first, for example with curl"
    : "paths are relative to the folder where the command runs";
}
