/** `backbar test`: examples of recipes against what they are expected to render. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withJson } from "../frame/command.js";

export function test(command: Command, cli: Cli): void {
  command.description(
    "Renders every example of a recipe for every target, as a registry does when it is published, and\n" +
      "compares the document, every mounted file with its mode, and empty directories with what is\n" +
      "recorded in the recipe's folder expected/. Passwords, ids and times are the same each time. The\n" +
      "recordings are yours: commit them; they are no part of what is published. A difference, an\n" +
      "example without a recording or a recording without an example exits with 1; --update records.",
  );
  examples(
    command,
    "backbar test",
    "backbar test recipes/acme/redis --update",
    "backbar test recipes",
  );
  withJson(
    command
      .argument("[folders...]", "recipes, or folders with recipes below them (default: this one)")
      .option("-u, --update", "record what is rendered now, and delete what is of no example"),
  ).action((folders, flags) =>
    cli.run(flags, async (session) => {
      const { testFolders } = await import("../author/test.js");
      return testFolders(session, folders, { update: flags.update === true });
    }),
  );
}
