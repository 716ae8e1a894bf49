/** `backbar token`: tokens for people and programs, and what they may. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withServer } from "../frame/command.js";
import { parseDuration, repeated } from "../frame/flags.js";

/** As the registry has it. */
const MAX_DAYS = 366;

export function token(command: Command, cli: Cli): void {
  command.description(
    "A token says who somebody is and what they may. Grants are roles, with the names that they are\n" +
      "for; without names they are for all, and NAME* is every name that begins so:\n\n" +
      "  reader                read what is public\n" +
      "  reader:NAMESPACE      and a private namespace\n" +
      "  renderer:PROJECT      render, with the state of these projects\n" +
      "  publisher:NAMESPACE   publish, yank and deprecate\n" +
      "  releaser:ENVIRONMENT  cut releases, promote, roll back\n" +
      "  approver:ENVIRONMENT  approve releases\n" +
      "  auditor               read everything but state, change nothing\n" +
      "  admin                 everything\n\n" +
      "Every grant implies reading what is public. Administrators make tokens.",
  );
  examples(
    command,
    "backbar token create ci-shop --grant renderer:shop --expires 30d > ci-shop.token",
    "backbar token create dapr-team --grant publisher:dapr --grant reader:dapr",
    "backbar token revoke ci-shop",
  );
  defineCreate(command, cli);
  defineList(command, cli);
  defineRevoke(command, cli);
}

function defineCreate(parent: Command, cli: Cli): void {
  const command = parent
    .command("create")
    .summary("make a token")
    .description(
      "Makes a token and prints it, this once. The registry keeps its hash. Its name is who acts with\n" +
        "it, in the log, in approvals and in usage.",
    );
  examples(command, "backbar token create alice --grant releaser --grant approver:production");
  withServer(
    command
      .argument("<name>", "who acts with it")
      .option("--grant <grant>", "what it may: ROLE or ROLE:NAME,NAME (repeatable)", repeated)
      .option(
        "--expires <duration>",
        "how long it is good, as 12h or 30d, 366d at most (90d)",
        (text: string) => parseDuration(text, "--expires", MAX_DAYS),
      ),
  ).action((name, flags) =>
    cli.run(flags, async (session) => {
      const { create } = await import("../access/tokens.js");
      return create(session, name, flags);
    }),
  );
}

function defineList(parent: Command, cli: Cli): void {
  const command = parent
    .command("list")
    .summary("all tokens, and what they may")
    .description("Lists all tokens, the newest first, those that are no longer good as well.");
  examples(command, "backbar token list", "backbar token list --json");
  withServer(command).action((flags) =>
    cli.run(flags, async (session) => {
      const { list } = await import("../access/tokens.js");
      return list(session);
    }),
  );
}

function defineRevoke(parent: Command, cli: Cli): void {
  const command = parent
    .command("revoke")
    .summary("take a token's rights away, at once")
    .description("Takes a token's rights away, at once. What was done with it stays.");
  examples(command, "backbar token revoke ci-shop", "backbar token revoke 9d5fbe48566f0ca7");
  withServer(command.argument("<token>", "its id, or the name of a good one")).action(
    (which, flags) =>
      cli.run(flags, async (session) => {
        const { revoke } = await import("../access/tokens.js");
        return revoke(session, which);
      }),
  );
}
