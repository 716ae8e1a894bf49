/** `backbar resolve`: which recipe serves a resource in an environment, and why. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withServer } from "../frame/command.js";
import { environmentOption, releaseOption, targetOption } from "../frame/flags.js";

export function resolve(command: Command, cli: Cli): void {
  command.description(
    "Says which recipe serves a resource in an environment: of its release's provisioners, in their\n" +
      "order, the first of the type whose class and id are those of the resource, or are left open.",
  );
  examples(
    command,
    "backbar resolve dapr-pubsub -e production",
    "backbar resolve redis -e local --class large --explain",
  );
  withServer(
    command
      .argument("<type>", "the resource's type, as a Score file has it")
      .option("--class <class>", "the resource's class (default)")
      .option("--id <id>", "the resource's id; a Score file without one means WORKLOAD.NAME")
      .addOption(environmentOption("whose release to ask"))
      .addOption(targetOption("of one target only (BACKBAR_TARGET)"))
      .addOption(releaseOption("another release than the current one"))
      .option("--explain", "list every provisioner of the type, and why it was passed over"),
  ).action((type, flags) =>
    cli.run(flags, async (session) => {
      const { resolveResource } = await import("../browse/resolve.js");
      return resolveResource(session, type, flags);
    }),
  );
}
