/** `backbar diff`: what changes from one version of a recipe to another. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withServer } from "../frame/command.js";

export function diff(command: Command, cli: Cli): void {
  command.description(
    "Shows what changes from A to B: what it means for users (params, outputs, provisioners), which\n" +
      "files, and the lines. Each is a version of the registry, namespace/name@1.2.3, or the folder of\n" +
      "a recipe. A version alone is compared with the one before it; a folder alone with what is\n" +
      "published under its version, or else with the version before. What a recipe keeps for its\n" +
      "author, expected/, is not compared. The exit code is 0 unless --exit-code asks.",
  );
  examples(
    command,
    "backbar diff recipes/acme/redis",
    "backbar diff acme/redis@1.1.0",
    "backbar diff acme/redis@1.0.0 acme/redis@2.0.0 --stat",
    "backbar diff acme/redis@1.0.0 recipes/acme/redis",
  );
  withServer(
    command
      .argument("<a>", "a version or a folder")
      .argument("[b]", "what to compare it with")
      .option("--stat", "leave out the lines")
      .option("--exit-code", "exit with 1 where there is a difference"),
  ).action((a, b, flags) =>
    cli.run(flags, async (session) => {
      const { diffRecipes } = await import("../author/diff.js");
      return diffRecipes(session, a, b, flags);
    }),
  );
}
