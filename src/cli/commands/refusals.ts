/** `backbar refusals`: who was refused what. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withServer } from "../frame/command.js";

export function refusals(command: Command, cli: Cli): void {
  command.description(
    "Lists requests that the registry refused for who asked (401, 403, 429), counted by the minute,\n" +
      "the newest first: all, or those that fit every flag. It takes the role auditor.",
  );
  examples(
    command,
    "backbar refusals --since 2026-06-01",
    "backbar refusals --actor ci-shop --code role_missing --json",
  );
  withServer(
    command
      .option("--actor <name>", "of this actor")
      .option("--address <address>", "from this address")
      .option("--code <code>", "with this code")
      .option("--since <time>", "since a day, or a time as 2026-06-01T12:00:00Z"),
  ).action((flags) =>
    cli.run(flags, async (session) => {
      const { showRefusals } = await import("../audit/show-refusals.js");
      return showRefusals(session, flags);
    }),
  );
}
