/** `backbar outdated`: which installed recipes have higher versions. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withServer } from "../frame/command.js";

export function outdated(command: Command, cli: Cli): void {
  command.description(
    "Lists recipes of backbar.lock that are not in their highest version, or of whose version the\n" +
      "registry says that it is yanked or deprecated. WANTED is what backbar update would take,\n" +
      "LATEST what backbar update --latest would.",
  );
  examples(command, "backbar outdated", "backbar outdated --exit-code    # in CI");
  withServer(
    command
      .argument("[recipe...]", "namespace/name; all where none is named")
      .option("--exit-code", "exit with 1 where anything is listed"),
  ).action((recipes, flags) =>
    cli.run(flags, async (session) => {
      const { findOutdated, showOutdated } = await import("../install/outdated.js");
      const found = await findOutdated(session, flags, recipes);
      const shown = await showOutdated(session, found);
      return flags.exitCode === true && found.length > 0
        ? { ...shown, exitCode: 1 as const }
        : shown;
    }),
  );
}
