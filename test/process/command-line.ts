/** The compiled command line as a process of its own. */
import { execFile } from "node:child_process";
import path from "node:path";

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const MAIN = path.resolve("dist/cli/main.js");

/** Runs `backbar` to its end in `folder`, which is its home as well, with no variables but `env`. */
export function backbarIn(folder: string, env: Readonly<Record<string, string>> = {}) {
  const options = { cwd: folder, env: { PATH: process.env.PATH, HOME: folder, ...env } };
  return (...args: string[]): Promise<Ended> =>
    new Promise((resolve) => {
      execFile(process.execPath, [MAIN, ...args], options, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
      );
    });
}
