/** Writes one file so that whoever looks finds it as it was or as it is to be. */
import path from "node:path";
import { holdInterrupts } from "../frame/interrupt.js";
import { writeChanges } from "./write-files.js";

/**
 * Writes `file`, an absolute path; its folder is made where it is missing. `mode` are its
 * permission bits.
 * @throws {CliError} cli_link, cli_file
 */
export async function writeWhole(
  file: string,
  content: string | Uint8Array,
  mode: number,
): Promise<void> {
  const first = {
    target: file,
    content: typeof content === "string" ? Buffer.from(content) : content,
    mode,
    keepsMode: false,
  };
  const changes = {
    first,
    files: [],
    show: (target: string) => target,
  };
  await holdInterrupts((signal) => writeChanges(path.dirname(file), changes, signal));
}
