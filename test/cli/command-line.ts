/** The program run in this process, in a folder of the test's own, with nothing of the machine around it. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Machine, Output } from "../../src/cli/frame/machine.js";
import { runProgram } from "../../src/cli/program.js";
import { makeHost } from "../conformance/host.js";
import { emptyFolder } from "../process/service-process.js";

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandLine {
  readonly folder: string;
  /** Runs `backbar` with these arguments in `folder`. */
  backbar(...args: string[]): Promise<Result>;
  /** As `backbar`, with `--json`: what it printed. */
  json(...args: string[]): Promise<unknown>;
  put(name: string, content: string | Uint8Array): Promise<void>;
  read(name: string): Promise<string>;
}

interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** What a person answers, one question after the other. */
  readonly answers?: readonly string[];
  /** The width of a terminal; undefined for none. */
  readonly columns?: number;
  readonly now?: () => Date;
}

/** A new command line in an empty folder, which is gone when the test is. Its home is below it. */
export async function openCommandLine(around: Surroundings = {}): Promise<CommandLine> {
  const folder = await emptyFolder();
  return commandLineIn(folder, around);
}

/** As `openCommandLine`, in a folder that is there and stays. */
export function commandLineIn(folder: string, around: Surroundings = {}): CommandLine {
  const backbar = async (...args: string[]): Promise<Result> => {
    const [stdout, stderr] = [new Recorder(around.columns), new Recorder(around.columns)];
    const code = await runProgram(args, machineIn(folder, around, stdout, stderr));
    return { code, stdout: stdout.text, stderr: stderr.text };
  };
  return {
    folder,
    backbar,
    json: async (...args) => {
      const { stdout, stderr } = await backbar(...args, "--json");
      if (stdout === "") throw new Error(stderr);
      return JSON.parse(stdout);
    },
    put: async (name, content) => {
      const file = path.join(folder, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, content);
    },
    read: (name) => readFile(path.join(folder, name), "utf8"),
  };
}

/** What was written. */
export class Recorder implements Output {
  readonly isTerminal: boolean;
  readonly columns: number | undefined;
  text = "";

  constructor(columns: number | undefined) {
    this.isTerminal = columns !== undefined;
    this.columns = columns;
  }

  write(content: string | Uint8Array): void {
    this.text += typeof content === "string" ? content : Buffer.from(content).toString("utf8");
  }
}

/** A machine whose folder is `folder`. */
export function machineIn(
  folder: string,
  { env = {}, stdin = "", answers = [], columns, now = () => new Date() }: Surroundings,
  stdout: Output,
  stderr: Output,
): Machine {
  const left = [...answers];
  return {
    folder,
    home: path.join(folder, ".home"),
    env: (name) => env[name],
    stdin: {
      isTerminal: columns !== undefined && stdin === "",
      read: async () => new Uint8Array(Buffer.from(stdin)),
      ask: async () => left.shift() ?? "",
    },
    stdout,
    stderr,
    now,
    host: makeHost(env),
  };
}
