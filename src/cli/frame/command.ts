/** What the commands have in common: flags, manners of help, and how one is run. */
import { type Command, Option, type OptionValues } from "@commander-js/extra-typings";
import type { Machine } from "./machine.js";
import { type Outcome, Screen } from "./screen.js";
import { Session } from "./session.js";
import type { ServerFlags } from "./settings.js";

/** Gives a command its arguments, flags, help and work; its name and summary are given. */
export type Define = (command: Command, cli: Cli) => void;

export interface CommonFlags extends ServerFlags {
  readonly json?: boolean | undefined;
}

/** Runs commands on one machine, and remembers how the last one ended. */
export class Cli {
  readonly machine: Machine;
  /** Of the command that runs; until one does, of a command without flags. */
  screen: Screen;
  exitCode: 0 | 1 = 0;

  constructor(machine: Machine, options: { readonly json: boolean }) {
    this.machine = machine;
    this.screen = new Screen(machine, options);
  }

  /** Does the work of a command and shows what came out. */
  async run(flags: CommonFlags, work: (session: Session) => Promise<Outcome>): Promise<void> {
    this.screen = new Screen(this.machine, { json: flags.json === true });
    const outcome = await work(new Session(this.machine, this.screen, flags));
    this.screen.show(outcome);
    if ("exitCode" in outcome && outcome.exitCode !== undefined) this.exitCode = outcome.exitCode;
  }
}

const OUTPUT = "Output:";
const REGISTRY = "Registry:";

/** Adds the flags of every command that has a result; after its own, because help lists them so. */
export function withJson<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) {
  const json = new Option("--json", "print one JSON object, for programs").helpGroup(OUTPUT);
  return command.addOption(json);
}

/** Adds the flags of every command that speaks to a registry; after its own. */
export function withServer<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) {
  const server = new Option("--server <url>", "where it is (BACKBAR_SERVER, or the context's)");
  const tokenFile = new Option(
    "--token-file <file>",
    "holds the token (BACKBAR_TOKEN, BACKBAR_TOKEN_FILE, or the context's)",
  );
  const context = new Option(
    "--context <context>",
    "one that you logged in to (BACKBAR_CONTEXT, or the current one)",
  );
  return withJson(
    command
      .addOption(server.helpGroup(REGISTRY))
      .addOption(tokenFile.helpGroup(REGISTRY))
      .addOption(context.helpGroup(REGISTRY)),
  );
}

/** Lines of help after the flags; each example is a whole command line. */
export function examples<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
  ...lines: readonly string[]
): Command<Args, Options> {
  return command.addHelpText(
    "after",
    `\nExamples:\n${lines.map((line) => `  ${line}\n`).join("")}`,
  );
}

/** Settles how all commands below `root` print help and fail; before any is added. */
export function giveManners(root: Command, { machine }: Cli): void {
  root.exitOverride();
  root.configureOutput({
    writeOut: (text) => machine.stdout.write(text),
    // What is wrong is told by the error that is thrown.
    writeErr: () => undefined,
    getOutHelpWidth: () => Math.min(machine.stdout.columns ?? 100, 100),
    getOutHasColors: () => false,
  });
  root.addHelpOption(new Option("-h, --help", "print help").helpGroup(OUTPUT));
}
