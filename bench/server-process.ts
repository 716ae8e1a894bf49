/** A server as a process of its own on one processor core, where the machine has `taskset`. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { cpus } from "node:os";

export interface ServerProcess {
  readonly url: URL;
  /** Resident memory of the process now; Linux only, see proc(5). */
  memoryBytes(): number;
  /** Processor time of all its threads since it started; Linux only, see proc(5). */
  processorMs(): number;
  stop(): Promise<void>;
}

const SERVER_CORE = "0";
/** USER_HZ is 100 on every Linux that Node runs on. */
const CLOCK_TICK_MS = 10;

/** Whether servers run alone on their core; this process and what it starts moves to the others. */
export const pinned = moveToOtherCores();

function moveToOtherCores(): boolean {
  if (cpus().length < 2 || spawnSync("taskset", ["--version"]).status !== 0) return false;
  execFileSync("taskset", ["--all-tasks", "-p", "-c", `1-${cpus().length - 1}`, `${process.pid}`]);
  return true;
}

/**
 * Starts Node with `args` and waits until it says on stdout that it `serves URL`. With `anyCore` it
 * is not bound to one.
 */
export async function startServer(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { anyCore = false }: { readonly anyCore?: boolean } = {},
): Promise<ServerProcess> {
  const command = [process.execPath, ...args];
  const cores = anyCore ? `0-${cpus().length - 1}` : SERVER_CORE;
  const [file = "", ...rest] = pinned ? ["taskset", "-c", cores, ...command] : command;
  const child = spawn(file, rest, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const url = await new Promise<URL>((resolve, reject) => {
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      const [, found] = /serves (\S+)[^\n]*\n/.exec(output) ?? [];
      if (found !== undefined) resolve(new URL(found));
    });
    void exited.then(() => reject(new Error(`the server ended: ${output}`)));
  });
  return {
    url,
    memoryBytes: () => {
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
    },
    processorMs: () => {
      // The name in parentheses may hold blanks; utime and stime are the 14th and 15th field.
      const fields =
        readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
      return (Number(fields[11]) + Number(fields[12])) * CLOCK_TICK_MS;
    },
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
    },
  };
}
