/** `backbar check`: what publishing would refuse, told without a server. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withJson } from "../frame/command.js";

export function check(command: Command, cli: Cli): void {
  command.description(
    "Checks recipes as publishing does, as far as that needs no registry: recipe.yaml, schemas, file\n" +
      "names and sizes, provisioners, templates, and that every example renders for every target.\n" +
      "All faults are told, by file, line and column, and the exit code is 1 where there are any.\n" +
      "The digest is the one that the version will have. Only a registry knows the rest: who may\n" +
      "publish, whether the version is taken, and, without --previous, what the version before had.",
  );
  examples(
    command,
    "backbar check",
    "backbar check recipes/acme/redis recipes/acme/postgres",
    "backbar check recipes",
    "backbar check --previous ../released/redis recipes/acme/redis",
  );
  withJson(
    command
      .argument("[folders...]", "recipes, or folders with recipes below them (default: this one)")
      .option("--previous <folder>", "an older copy, whose users must be able to take this one")
      .option("--force", "accept a changed uri, as publish --force does"),
  ).action((folders, flags) =>
    cli.run(flags, async (session) => {
      const { checkFolders } = await import("../author/check.js");
      return checkFolders(session, folders, flags);
    }),
  );
}
