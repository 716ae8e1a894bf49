/** `backbar log`: what is done with a registry's log. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withServer } from "../frame/command.js";
import { withPolicy } from "../frame/flags.js";

export function log(command: Command, cli: Cli): void {
  command.description(
    "The log holds everything that the registry did, so that nobody can rewrite it unseen.",
  );
  examples(command, "backbar log audit", "backbar log bundle --out log.json");
  for (const define of SUBCOMMANDS) define(command, cli);
}

const SUBCOMMANDS: readonly ((group: Command, cli: Cli) => void)[] = [
  defineAudit,
  defineBundle,
  defineRecover,
];

function defineAudit(group: Command, cli: Cli): void {
  const command = group
    .command("audit")
    .summary("replay the log and hold the registry's word against it")
    .description(
      "Fetches the log, checks that it grew out of what was seen of it before, derives from its\n" +
        "leaves what the registry has to have, and compares: versions, signatures, files, releases,\n" +
        "pointers, namespaces, keys, notices, usage, refusals. Every difference is named, with a\n" +
        "code, and makes the command exit with 1. Usage, refusals and what is private are shown to\n" +
        "auditors.\n\n" +
        "With --bundle everything comes from a file of `backbar log bundle`.",
    );
  examples(
    command,
    "backbar log audit",
    "backbar log audit --full --json",
    "backbar log audit --bundle log.json --max-age 30d",
  );
  withServer(
    withPolicy(
      command
        .option("--bundle <file>", "audit this bundle, offline")
        .option("--full", "fetch the files of all versions, not only of those in use")
        .option(
          "--accept-recovery <origin>",
          "the name of a log that goes on after a restored backup",
        ),
    ),
  ).action((flags) =>
    cli.run(flags, async (session) => {
      const { showLogAudit } = await import("../audit/audit-log.js");
      return showLogAudit(session, flags);
    }),
  );
}

function defineBundle(group: Command, cli: Cli): void {
  const command = group
    .command("bundle")
    .summary("write the whole log as a file, to audit without the registry")
    .description(
      "Writes the log, what lies behind its leaves, and what the registry says beside it as one JSON\n" +
        "file. As an auditor that is everything: keep it from others.",
    );
  examples(command, "backbar log bundle --out log.json");
  withServer(
    command
      .option("-o, --out <file>", "the file to write, or - for the standard output", "-")
      .option("--full", "with the files of all versions, not only of those in use"),
  ).action((flags) =>
    cli.run(flags, async (session) => {
      const { bundleLog } = await import("../audit/audit-log.js");
      return bundleLog(session, { out: flags.out, full: flags.full === true });
    }),
  );
}

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
