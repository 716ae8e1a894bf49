/** `backbar update`: installed recipes in higher versions. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withServer } from "../frame/command.js";
import { UsageError } from "../frame/usage.js";

export function update(command: Command, cli: Cli): void {
  command.description(
    "Moves the recipes of backbar.lock, all or those that are named, to the highest version in\n" +
      "their range that is not yanked, and writes lock and files anew. A provisioner whose uri\n" +
      "changed is warned of: resources that it serves would lose their state.",
  );
  examples(
    command,
    "backbar update",
    "backbar update dapr/redis-state-store",
    "backbar update dapr/redis-state-store --to ^2",
    "backbar update --latest",
  );
  withServer(
    command
      .argument("[recipe...]", "namespace/name; all where none is named")
      .option("--to <range>", "the new range of the one recipe that is named")
      .option("--latest", "leave the ranges for the highest stable versions"),
  ).action((recipes, flags) =>
    cli.run(flags, async (session) => {
      if (flags.to !== undefined && flags.latest === true) {
        throw new UsageError("--to and --latest both say how far to go", "leave one out");
      }
      const { updateRecipes } = await import("../install/install.js");
      const { showChange } = await import("../install/project.js");
      const how = { to: flags.to, latest: flags.latest === true };
      return showChange(session, await updateRecipes(session, flags, recipes, how));
    }),
  );
}
