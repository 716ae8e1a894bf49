#!/usr/bin/env node
/** `backbar`: one command a file; exits 0, 1 on failure, 2 on wrong usage. */
import { BackbarError } from "../errors.js";
import { VERSION } from "../version.js";
import { UsageError } from "./usage.js";

const USAGE = `Usage: backbar COMMAND

  publish   sign a recipe and publish it

backbar COMMAND --help says more.
`;

/** Loaded on demand: starting up costs only what the command needs. */
const COMMANDS: Readonly<Record<string, () => Promise<(args: string[]) => Promise<string>>>> = {
  publish: async () => (await import("./publish.js")).publishCommand,
};

process.exitCode = await main(process.argv.slice(2));

async function main([name, ...args]: string[]): Promise<number> {
  if (name === "--version") return print(`${VERSION}\n`);
  if (name === undefined || name === "--help" || name === "help") return print(USAGE);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  try {
    if (command === undefined)
      throw new UsageError(`there is no command ${name}`, "backbar --help lists them");
    return print(await (await command())(args));
  } catch (error) {
    if (!(error instanceof BackbarError)) throw error;
    process.stderr.write(describe(error));
    return error instanceof UsageError ? 2 : 1;
  }
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function describe(error: BackbarError): string {
  const others = error.problems
    .filter(({ message }) => message !== error.message)
    .map(({ message, place }) => {
      const at =
        place?.file === undefined
          ? ""
          : `${[place.file, place.line, place.column].filter((part) => part !== undefined).join(":")}: `;
      return `  ${message.startsWith(at.slice(0, -2)) ? "" : at}${message}\n`;
    });
  const hint = error.hint === undefined ? "" : `hint: ${error.hint}\n`;
  return `backbar: error: ${error.message}\n${others.join("")}${hint}`;
}
