/** What a command sees of the machine that it runs on; a test gives its own. */
import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import { homedir } from "node:os";
import { environmentVariable } from "../../config.js";
import type { Host } from "../../core/gotemplate/value.js";
import { CliError } from "./error.js";

export interface Machine {
  /** The folder in which the command runs; absolute. */
  readonly folder: string;
  /** The user's own; absolute. */
  readonly home: string;
  /** A variable of the process environment. */
  env(name: string): string | undefined;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  now(): Date;
  /** What templates see. */
  readonly host: Host;
  /** The global one where it is undefined. */
  readonly fetch?: typeof fetch;
}

/** As much of a machine as reading and rendering files takes. */
export type Outside = Pick<Machine, "folder" | "host">;

export interface Input {
  readonly isTerminal: boolean;
  /** Everything that comes, up to `maxBytes`. @throws {CliError} cli_file_limit */
  read(maxBytes: number): Promise<Uint8Array>;
  /** Asks a person and waits for the answer, which is not shown where it is `secret`. */
  ask(question: string, options: { readonly secret: boolean }): Promise<string>;
}

export interface Output {
  readonly isTerminal: boolean;
  /** Undefined where it is no terminal. */
  readonly columns: number | undefined;
  write(content: string | Uint8Array): void;
}

/** The machine of whoever runs the command. */
export function thisMachine(): Machine {
  return {
    folder: process.cwd(),
    home: homedir(),
    env: environmentVariable,
    stdin: {
      get isTerminal() {
        return process.stdin.isTTY === true;
      },
      read: readStdin,
      ask: async (question, { secret }) => {
        const { read } = await import("read");
        return read({ prompt: question, silent: secret, output: process.stderr });
      },
    },
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    now: () => new Date(),
    host: {
      randomBytes: (size) => new Uint8Array(randomBytes(size)),
      now: () => BigInt(Date.now()) * 1_000_000n,
      env: environmentVariable,
      // Names are looked up by waiting, which templates cannot; an address is its own.
      lookupHost: (name) => (isIP(name) === 0 ? undefined : name),
    },
  };
}

function outputOf(stream: NodeJS.WriteStream): Output {
  return {
    isTerminal: stream.isTTY === true,
    columns: stream.isTTY ? stream.columns : undefined,
    write: (content) => {
      stream.write(content);
    },
  };
}

async function readStdin(maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    const bytes: Uint8Array = chunk;
    size += bytes.length;
    if (size > maxBytes) {
      throw new CliError("cli_file_limit", `the standard input takes more than ${maxBytes} bytes`);
    }
    chunks.push(bytes);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
