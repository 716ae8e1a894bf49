/** `backbar show`: all that is known of a recipe's version. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withServer } from "../frame/command.js";
import { targetOption } from "../frame/flags.js";

export function show(command: Command, cli: Cli): void {
  command.description(
    "Shows a version of a recipe: what it provides with params and outputs, its files and examples,\n" +
      "who signed it, what was said of it since, and the other versions.",
  );
  examples(
    command,
    "backbar show dapr/redis-pubsub",
    "backbar show dapr/redis-pubsub@^1.0 --file README.md",
    "backbar show dapr/redis-pubsub --example counter --target compose",
  );
  withServer(
    command
      .argument("<recipe>", "namespace/name, with @1.2.3 or @^1.2 another version than the highest")
      .option("--file <path>", "print this file of it, and nothing else")
      .option("--example <name>", "print what this example renders, and nothing else")
      .addOption(targetOption("of the example: for this target (BACKBAR_TARGET)")),
  ).action((recipe, flags) =>
    cli.run(flags, async (session) => {
      const { showRecipe } = await import("../browse/show.js");
      return showRecipe(session, recipe, flags);
    }),
  );
}
