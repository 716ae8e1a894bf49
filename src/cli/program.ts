/** The commands, and how a command line becomes one of them. */
import { Command, CommanderError, Option } from "@commander-js/extra-typings";
import { BackbarError } from "../errors.js";
import { VERSION } from "../version.js";
import { Cli, type Define, giveManners } from "./frame/command.js";
import { describeError } from "./frame/describe.js";
import { hintOf } from "./frame/hints.js";
import type { Machine } from "./frame/machine.js";
import { UsageError } from "./frame/usage.js";

interface Entry {
  readonly name: string;
  readonly summary: string;
  /** Loaded on demand: starting up costs only what the command needs. */
  readonly load: () => Promise<Define>;
}

/** By the people whom they are for. */
const COMMANDS: Readonly<Record<string, readonly Entry[]>> = {
  "For authors:": [
    {
      name: "init",
      summary: "make a recipe to start from",
      load: async () => (await import("./commands/init.js")).init,
    },
    {
      name: "import",
      summary: "make recipes of provisioners files",
      load: async () => (await import("./commands/import.js")).importCommand,
    },
    {
      name: "check",
      summary: "say what publishing would refuse",
      load: async () => (await import("./commands/check.js")).check,
    },
    {
      name: "test",
      summary: "render a recipe's examples and compare with what is recorded",
      load: async () => (await import("./commands/test.js")).test,
    },
    {
      name: "diff",
      summary: "show what changes from one version to another",
      load: async () => (await import("./commands/diff.js")).diff,
    },
    {
      name: "publish",
      summary: "sign recipes and publish them",
      load: async () => (await import("./commands/publish.js")).publish,
    },
    {
      name: "keys",
      summary: "make publisher keys, and say which may sign for a namespace",
      load: async () => (await import("./commands/keys.js")).keys,
    },
    {
      name: "namespace",
      summary: "make namespaces, their owners and rules",
      load: async () => (await import("./commands/namespace.js")).namespace,
    },
    {
      name: "yank",
      summary: "keep a version out of new releases",
      load: async () => (await import("./commands/notice.js")).yank,
    },
    {
      name: "deprecate",
      summary: "say what to use instead of a version",
      load: async () => (await import("./commands/notice.js")).deprecate,
    },
  ],
  "For developers:": [
    {
      name: "install",
      summary: "put recipes into a Score project, pinned by backbar.lock",
      load: async () => (await import("./commands/install.js")).install,
    },
    {
      name: "uninstall",
      summary: "take recipes out of a Score project",
      load: async () => (await import("./commands/uninstall.js")).uninstall,
    },
    {
      name: "outdated",
      summary: "list installed recipes that have higher versions",
      load: async () => (await import("./commands/outdated.js")).outdated,
    },
    {
      name: "update",
      summary: "move installed recipes to higher versions",
      load: async () => (await import("./commands/update.js")).update,
    },
    {
      name: "pull",
      summary: "fetch the files of an environment, verified",
      load: async () => (await import("./commands/pull.js")).pull,
    },
    {
      name: "render",
      summary: "render Score files to Docker Compose or Kubernetes",
      load: async () => (await import("./commands/render.js")).render,
    },
    {
      name: "search",
      summary: "find recipes by words and by what they provide",
      load: async () => (await import("./commands/search.js")).search,
    },
    {
      name: "show",
      summary: "show what a recipe provides, who signed it, its files and versions",
      load: async () => (await import("./commands/show.js")).show,
    },
    {
      name: "resolve",
      summary: "say which recipe serves a resource in an environment, and why",
      load: async () => (await import("./commands/resolve.js")).resolve,
    },
  ],
  "For platform teams:": [
    {
      name: "env",
      summary: "show and change environments",
      load: async () => (await import("./commands/env.js")).env,
    },
    {
      name: "entry-list",
      summary: "show and change entries that environments share",
      load: async () => (await import("./commands/entry-list.js")).entryList,
    },
    {
      name: "release",
      summary: "preview, cut and compare releases of an environment",
      load: async () => (await import("./commands/release.js")).release,
    },
    {
      name: "promote",
      summary: "take a release's versions into another environment",
      load: async () => (await import("./commands/promote.js")).promote,
    },
    {
      name: "approve",
      summary: "agree that a waiting release is served",
      load: async () => (await import("./commands/approve.js")).approve,
    },
    {
      name: "rollback",
      summary: "go back to an earlier release",
      load: async () => (await import("./commands/rollback.js")).rollback,
    },
  ],
  "For auditors:": [
    {
      name: "usage",
      summary: "say which workloads use which versions",
      load: async () => (await import("./commands/usage.js")).usage,
    },
    {
      name: "report",
      summary: "record what the Score CLIs rendered without the registry",
      load: async () => (await import("./commands/report.js")).report,
    },
  ],
  "Registries:": [
    {
      name: "login",
      summary: "pin a registry's root key and keep a token for it",
      load: async () => (await import("./commands/login.js")).login,
    },
    {
      name: "logout",
      summary: "forget the token of a registry",
      load: async () => (await import("./commands/logout.js")).logout,
    },
    {
      name: "context",
      summary: "show and choose the registries that you logged in to",
      load: async () => (await import("./commands/context.js")).context,
    },
  ],
  "More:": [
    {
      name: "completion",
      summary: "let a shell complete commands, flags and names",
      load: async () => (await import("./commands/completion.js")).completion,
    },
    {
      name: "help",
      summary: "help of a command, or of a topic: variables, output, references, files, trust",
      load: async () => (await import("./commands/help.js")).help,
    },
  ],
};

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
  try {
    const program = await buildProgram(first, cli);
    if (first === undefined || (first === "help" && second === undefined)) program.outputHelp();
    else await program.parseAsync([...args], { from: "user" });
    return cli.exitCode;
  } catch (error) {
    return fail(error, cli);
  }
}

function isCommand(name: string): boolean {
  return Object.values(COMMANDS).some((entries) => entries.some((entry) => entry.name === name));
}

/** The program with all commands by name, and with the whole of the one that is `wanted`. */
async function buildProgram(wanted: string | undefined, cli: Cli): Promise<Command> {
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

/** Tells what went wrong; the exit code. */
function fail(error: unknown, cli: Cli): 0 | 1 | 2 {
  if (error instanceof CommanderError) {
    const usage = usageErrorOf(error);
    if (usage === undefined) return 0;
    return fail(usage, cli);
  }
  if (error instanceof BackbarError) {
    const { code, message, place, problems } = error;
    const hint = hintOf(error);
    cli.screen.showError(describeError(error), { code, message, place, hint, problems });
    return error instanceof UsageError ? 2 : 1;
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const debug = (cli.machine.env("BACKBAR_DEBUG") ?? "") !== "";
  const lines = `backbar: error: ${message}\nhint: this is a fault of the program itself; BACKBAR_DEBUG=1 shows where\n`;
  cli.screen.showError(debug ? `${lines}${stack}\n` : lines, { code: "cli_fault", message });
  return 1;
}

/** Undefined where help or the version was asked for, and given. */
function usageErrorOf({ code, message }: CommanderError): UsageError | undefined {
  if (["commander.helpDisplayed", "commander.version"].includes(code)) return undefined;
  if (code === "commander.help") {
    return new UsageError("a command of these is missing", "--help lists them");
  }
  const [what = "", suggestion] = message.replace(/^error: /, "").split("\n");
  const hint = suggestion?.replace(/^\((.*)\)$/, "$1") ?? "--help says what it takes";
  return new UsageError(what, hint);
}
