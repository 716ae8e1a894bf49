/** `backbar approve`: a release that waits is agreed to. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withServer } from "../frame/command.js";
import { parseRelease } from "../frame/flags.js";

export function approve(command: Command, cli: Cli): void {
  command.description(
    "Approves a release that waits, as somebody else than who cut it. The last approval that the\n" +
      "environment's rules want makes it the current one. The same again changes nothing.",
  );
  examples(
    command,
    "backbar release show production 3",
    'backbar approve production 3 --comment "read the preview"',
  );
  withServer(
    command
      .argument("<environment>", "name of the environment")
      .argument("<number>", "of the release", (text: string) => parseRelease(text, "NUMBER"))
      .option("--comment <text>", "why, for the log"),
  ).action((environment, number, flags) =>
    cli.run(flags, async (session) => {
      const step = await import("../platform/approve.js");
      return step.approve(session, environment, number, flags.comment);
    }),
  );
}
