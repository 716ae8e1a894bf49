/** `backbar init`: a recipe to start from. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withJson } from "../frame/command.js";
import { targetsOption } from "../frame/flags.js";

export function init(command: Command, cli: Cli): void {
  command.description(
    "Makes the folder of a new recipe: recipe.yaml with schemas, a provisioners file for each target,\n" +
      "README.md and an example. It works as it is (a Redis server with a password) and its comments\n" +
      "explain the parts; change them into what you need. Its name is that of the folder and the one\n" +
      "above it, unless --name says it. Nothing that is there is written over.",
  );
  examples(
    command,
    "backbar init recipes/acme/redis",
    "backbar init --name acme/cache --type redis --target compose",
    "backbar init acme/labels --patch",
  );
  withJson(
    command
      .argument("[folder]", "empty, or not there yet", ".")
      .option("--name <namespace/name>", "of the recipe (default: the folder's)")
      .option("--type <type>", "of the resources that it serves (default: the recipe's name)")
      .addOption(targetsOption("repeatable (default: both)"))
      .option("--patch", "with a patch template for each target"),
  ).action((folder, flags) =>
    cli.run(flags, async (session) => {
      const { initRecipe } = await import("../author/init.js");
      return initRecipe(session, folder, flags);
    }),
  );
}
