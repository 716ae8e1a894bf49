/** `backbar report`: what the Score CLIs rendered by themselves, into the registry's audit. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withServer } from "../frame/command.js";
import { environmentOption, releaseOption, targetOption } from "../frame/flags.js";

export function report(command: Command, cli: Cli): void {
  command.description(
    "Tells the registry what was rendered without it with an environment's files: by score-compose,\n" +
      "score-k8s or `backbar render --local`. Of a state file only names go out: workloads, resources,\n" +
      "the uri of each provisioner, and digests of patch templates. Params, outputs and the state\n" +
      "itself, with its passwords, stay. It takes a token. What the release does not bear out is\n" +
      "told, and not recorded.\n\n" +
      "With --project the files are the whole of that project: what they no longer have is no longer\n" +
      "used, and a release that would break the rest is refused. Without it the records count for 30\n" +
      "days, like those of a render without a project.",
  );
  examples(
    command,
    "backbar report -e local .score-compose/state.yaml",
    "backbar report -e production --project orders --release 7 .score-k8s/state.yaml",
    "backbar report -e production --project orders --gone",
  );
  withServer(
    command
      .argument("[state-files...]", "state.yaml of the Score CLIs")
      .addOption(environmentOption("whose files were used"))
      .option("-p, --project <project>", "the files are the whole of it (BACKBAR_PROJECT)")
      .addOption(releaseOption("the environment's release that was used (the current one)"))
      .addOption(targetOption("where the files do not tell"))
      .option("--gone", "the project uses nothing of the environment any more"),
  ).action((files, flags) =>
    cli.run(flags, async (session) => {
      const { reportStates } = await import("../audit/report-states.js");
      return reportStates(session, files, flags);
    }),
  );
}
