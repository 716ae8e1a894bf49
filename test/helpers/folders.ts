/** Folders of a thousand files, as an embedded database is: `fs.cp` and `fs.rm` take ten times as long. */
import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Copies what is in `from` into the folder `to`, which is made if it is not there. */
export async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await run("cp", ["-R", `${from}/.`, to]);
}

/** Removes a folder, if it is there. */
export async function removeFolder(folder: string): Promise<void> {
  await run("rm", ["-rf", folder]);
}
