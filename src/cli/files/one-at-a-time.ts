/** What only one command may do at a time, such as reading a file, changing it and writing it back. */
import { open, rm, stat } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { holdInterrupts } from "../frame/interrupt.js";
import { fileError, isFileFault } from "./read-file.js";

/** Work takes milliseconds: an older lock belongs to a command that was killed. */
const STALE_MS = 10_000;
const WAIT_MS = 20;

/**
 * Does `work` while nobody else does theirs under the same `lock`: an absolute path, where a file is
 * meanwhile. Its folder is there.
 * @throws {CliError} cli_file where the file cannot be made, and what `work` throws
 */
export async function oneAtATime<T>(lock: string, work: () => Promise<T>): Promise<T> {
  return holdInterrupts(async (signal) => {
    while (!(await take(lock))) {
      await setTimeout(WAIT_MS);
      signal.throwIfAborted();
    }
    try {
      return await work();
    } finally {
      await rm(lock, { force: true });
    }
  });
}

/** False where somebody else has it. */
async function take(lock: string): Promise<boolean> {
  try {
    await (await open(lock, "wx", 0o600)).close();
    return true;
  } catch (cause) {
    if (!isFileFault(cause, "EEXIST")) throw fileError(`${lock} cannot be written`, cause);
  }
  const stats = await stat(lock).catch(() => undefined);
  if (stats !== undefined && Date.now() - stats.mtimeMs > STALE_MS) await rm(lock, { force: true });
  return false;
}
