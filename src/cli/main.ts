#!/usr/bin/env node
/** `backbar`: one command a file; exits 0, 1 on failure, 2 on wrong usage. */
import { BackbarError } from "../errors.js";
import { VERSION } from "../version.js";
import { describeError } from "./describe.js";
import { UsageError } from "./usage.js";

const USAGE = `Usage: backbar COMMAND

  publish   sign a recipe and publish it
  render    render Score files to Docker Compose or Kubernetes, without a server

backbar COMMAND --help says more.
`;

/** Loaded on demand: starting up costs only what the command needs. */
const COMMANDS: Readonly<Record<string, () => Promise<(args: string[]) => Promise<string>>>> = {
  publish: async () => (await import("./publish.js")).publishCommand,
  render: async () => (await import("./render.js")).renderCommand,
};

// Whoever reads may stop early, as head does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

process.exitCode = await main(process.argv.slice(2));

async function main(given: string[]): Promise<number> {
  const [name, ...args] =
    given[0] === "help" && given[1] !== undefined ? [given[1], "--help"] : given;
  if (name === "--version") return print(`${VERSION}\n`);
  if (name === undefined || ["--help", "-h", "help"].includes(name)) return print(USAGE);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  try {
    if (command === undefined)
      throw new UsageError(`there is no command ${name}`, "backbar --help lists them");
    return print(await (await command())(args));
  } catch (error) {
    if (!(error instanceof BackbarError)) throw error;
    process.stderr.write(describeError(error));
    return error instanceof UsageError ? 2 : 1;
  }
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}
