/** `backbar log`: what is done with a registry's log. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withServer } from "../frame/command.js";

export function log(command: Command, cli: Cli): void {
  command.description(
    "The log holds everything that the registry did, so that nobody can rewrite it unseen.",
  );
  examples(command, 'backbar log recover --reason "disk lost, backup of Tuesday night"');
  for (const define of SUBCOMMANDS) define(command, cli);
}

const SUBCOMMANDS: readonly ((group: Command, cli: Cli) => void)[] = [defineRecover];

function defineRecover(group: Command, cli: Cli): void {
  const command = group
    .command("recover")
    .summary("go on after a backup was restored that lacks what was published")
    .description(
      "A registry whose database lacks leaves that it published is read-only. Restore the newest\n" +
        "backup first; where there is none with all of them, this lets the registry go on with the\n" +
        "log that it has, under another name. Everyone can read in the log what was lost, and why.\n" +
        "It takes an administrator.",
    );
  examples(command, 'backbar log recover --reason "disk lost, backup of Tuesday night"');
  withServer(
    command.requiredOption("--reason <text>", "what happened, for people; in the log"),
  ).action((flags) =>
    cli.run(flags, async (session) => {
      const { recoverLog } = await import("../../client/log.js");
      const { origin, formerOrigin, size, json } = await recoverLog(
        await session.client(),
        flags.reason,
      );
      session.screen.note(`tell the witnesses of ${formerOrigin} that ${origin} goes on from it`);
      return {
        json,
        text: `the log goes on as ${origin}, with the first ${size} leaves of ${formerOrigin}\n`,
      };
    }),
  );
}
