/** `backbar rollback`: back to what an earlier release served. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withServer } from "../frame/command.js";
import { parseRelease } from "../frame/flags.js";
import { askOf, withAsk, withPreview } from "../platform/ask.js";

export function rollback(command: Command, cli: Cli): void {
  command.description(
    "Makes a new release with the content of an earlier one, to the byte: of NUMBER, or of the one\n" +
      "that was current before. It is approved like any other, under the rules of today; the\n" +
      "definition stays as it is.",
  );
  examples(
    command,
    "backbar rollback production --preview",
    "backbar rollback production",
    "backbar rollback production 2",
  );
  withServer(
    withPreview(
      withAsk(
        command
          .argument("<environment>", "name of the environment")
          .argument("[number]", "of the release to go back to", (text: string) =>
            parseRelease(text, "NUMBER"),
          ),
      ),
    ),
  ).action((environment, release, flags) =>
    cli.run(flags, async (session) => {
      const origin = { kind: "rollback", ...(release && { release }) } as const;
      if (flags.preview === true) {
        const { showPreview } = await import("../platform/preview.js");
        return showPreview(session, environment, origin, askOf(flags), flags);
      }
      const { showMade } = await import("../platform/make.js");
      return showMade(session, environment, origin, askOf(flags));
    }),
  );
}
