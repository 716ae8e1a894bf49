/** `backbar usage`: who uses what. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withServer } from "../frame/command.js";

export function usage(command: Command, cli: Cli): void {
  command.description(
    "Lists which workloads use which versions of recipes, as renders and reports recorded it: all,\n" +
      "or those that fit every flag. A record counts while its project has it; without a project it\n" +
      "says when it was last rendered.",
  );
  examples(
    command,
    "backbar usage --recipe acme/redis",
    "backbar usage --recipe acme/redis --version 1.2.0 --json",
    "backbar usage --workload shipping -e production --at 2026-06-01",
  );
  withServer(
    command
      .option("--recipe <recipe>", "namespace/name, or namespace/name@1.2.3")
      .option("--version <version>", "of the recipe")
      .option("--workload <workload>", "of this name")
      .option("-p, --project <project>", "in this project")
      .option("-e, --environment <environment>", "in this environment")
      .option("--at <time>", "in use then, not now: a day, or a time as 2026-06-01T12:00:00Z"),
  ).action((flags) =>
    cli.run(flags, async (session) => {
      const { showUsage } = await import("../audit/show-usage.js");
      return showUsage(session, flags);
    }),
  );
}
