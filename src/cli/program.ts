/** The commands, and how a command line becomes one of them. */
import {
  Command,
  CommanderError,
  type CommandUnknownOpts,
  Option,
} from "@commander-js/extra-typings";
import { BackbarError } from "../errors.js";
import { VERSION } from "../version.js";
import { COMMANDS, isCommand } from "./commands.js";
import { Cli, giveManners } from "./frame/command.js";
import { describeError, errorJson } from "./frame/describe.js";
import type { Machine } from "./frame/machine.js";
import { UsageError } from "./frame/usage.js";

/** What is wrong with a name or range that is in no file: it was typed. */
const TYPED: ReadonlySet<string> = new Set([
  "client_url",
  "entry_list_name",
  "environment_name",
  "namespace_name",
  "recipe_name",
  "recipe_range",
]);

/** Runs the command line `args`, without the program's name; the exit code: 0, 1 on failure, 2 on wrong usage. */
export async function runProgram(args: readonly string[], machine: Machine): Promise<0 | 1 | 2> {
  if (args.length === 1 && ["--version", "-V"].includes(args[0] ?? "")) {
    machine.stdout.write(`${VERSION}\n`);
    return 0;
  }
  const [first, second] = args;
  if (first === "help" && second !== undefined && isCommand(second)) {
    return runProgram([...args.slice(1), "--help"], machine);
  }
  const cli = new Cli(machine, { json: args.includes("--json") });
  let program: Command | undefined;
  try {
    program = await buildProgram(first, cli);
    if (first === undefined || (first === "help" && second === undefined)) program.outputHelp();
    else await program.parseAsync([...args], { from: "user" });
    return cli.exitCode;
  } catch (error) {
    return fail(error, cli, commandOf(program, args));
  }
}

/** The program with all commands by name, and with the whole of the one that is `wanted`. */
export async function buildProgram(wanted: string | undefined, cli: Cli): Promise<Command> {
  const program = new Command("backbar");
  giveManners(program, cli);
  program
    .description("Recipes for Score: published, signed, released per environment, rendered.")
    .usage("COMMAND [options]")
    .version(VERSION, "-V, --version", "print the version")
    .enablePositionalOptions()
    .helpCommand(false)
    .addHelpText("after", "\nbackbar COMMAND --help says more, with examples.\n");
  for (const [group, entries] of Object.entries(COMMANDS)) {
    for (const { name, summary, load } of entries) {
      const command = program.command(name).helpGroup(group).summary(summary).helpCommand(false);
      command.description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`);
      if (name === wanted) (await load())(command, cli);
    }
  }
  // The commands below have it among their output flags.
  program.addHelpOption(new Option("-h, --help", "print help"));
  if (wanted === "complete") {
    const { defineComplete } = await import("./commands/complete.js");
    const command = program.command("complete", { hidden: true });
    defineComplete(command, cli, (name) => buildProgram(name, cli));
  }
  return program;
}

/** The command that `args` begin with, as far as it is known. */
function commandOf(
  program: CommandUnknownOpts | undefined,
  args: readonly string[],
): CommandUnknownOpts[] {
  const [first, ...rest] = args;
  const found = program?.commands.find((command) => command.name() === first);
  return found === undefined ? [] : [found, ...commandOf(found, rest)];
}

/** Tells what went wrong with a command, which lies below those before it; the exit code. */
function fail(error: unknown, cli: Cli, path: readonly CommandUnknownOpts[]): 0 | 1 | 2 {
  if (error instanceof CommanderError) {
    const usage = usageErrorOf(error, path);
    if (usage === undefined) return 0;
    return fail(usage, cli, path);
  }
  if (error instanceof BackbarError) {
    cli.screen.showError(describeError(error), errorJson(error));
    return isOfUsage(error) ? 2 : 1;
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const debug = (cli.machine.env("BACKBAR_DEBUG") ?? "") !== "";
  const lines = `backbar: error: ${message}\nhint: this is a fault of the program itself; BACKBAR_DEBUG=1 shows where\n`;
  cli.screen.showError(debug ? `${lines}${stack}\n` : lines, { code: "cli_fault", message });
  return 1;
}

/** Whether the command line itself is at fault. */
function isOfUsage(error: BackbarError): boolean {
  if (error instanceof UsageError) return true;
  return TYPED.has(error.code) && error.place === undefined && error.name !== "ServerProblem";
}

/** Undefined where help or the version was asked for, and given. */
function usageErrorOf(
  { code, message }: CommanderError,
  path: readonly CommandUnknownOpts[],
): UsageError | undefined {
  if (["commander.helpDisplayed", "commander.version"].includes(code)) return undefined;
  const typed = ["backbar", ...path.map((command) => command.name())].join(" ");
  if (code === "commander.help") {
    const names = path.at(-1)?.commands.map((command) => command.name()) ?? [];
    return new UsageError(`${typed} needs a command`, `it is one of ${names.join(", ")}`);
  }
  const [what = "", suggestion] = message.replace(/^error: /, "").split("\n");
  const hint = suggestion?.replace(/^\((.*)\)$/, "$1") ?? `${typed} --help says what it takes`;
  return new UsageError(what, hint);
}
