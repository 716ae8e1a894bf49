/** `backbar promote`: versions go from one environment to the next. */
import type { Command } from "@commander-js/extra-typings";
import { type Cli, examples, withServer } from "../frame/command.js";
import { parseRelease } from "../frame/flags.js";
import { splitReference } from "../frame/reference.js";
import { UsageError } from "../frame/usage.js";
import { askOf, withAsk, withPreview } from "../platform/ask.js";

export function promote(command: Command, cli: Cli): void {
  command.description(
    "Makes a release of TO with the versions that FROM serves: for each recipe that both have, the\n" +
      "exact version. Order, narrowing, rules and own recipes of TO stay as they are. FROM@N takes\n" +
      "release N of FROM instead of the current one.",
  );
  examples(
    command,
    "backbar promote development staging --preview --diff",
    "backbar promote development staging",
    "backbar promote staging@4 production",
  );
  withServer(
    withPreview(
      withAsk(
        command
          .argument(
            "<from-environment>",
            "the environment whose versions are taken; @N names a release of it",
          )
          .argument("<to-environment>", "the environment that takes them"),
      ),
    ),
  ).action((source, environment, flags) =>
    cli.run(flags, async (session) => {
      const { from, release } = parseSource(source);
      const origin = { kind: "promotion", from, ...(release && { release }) } as const;
      if (flags.preview === true) {
        const { showPreview } = await import("../platform/preview.js");
        return showPreview(session, environment, origin, askOf(flags), flags);
      }
      const { showMade } = await import("../platform/make.js");
      return showMade(session, environment, origin, askOf(flags));
    }),
  );
}

/** `ENVIRONMENT` or `ENVIRONMENT@N`. @throws {UsageError} */
function parseSource(text: string): { from: string; release?: number } {
  const reference = splitReference(text);
  if (reference === undefined) {
    throw new UsageError(
      `'${text}' names no release`,
      "ENVIRONMENT or ENVIRONMENT@N, such as staging@4",
    );
  }
  const { name: from, part: number } = reference;
  return number === undefined ? { from } : { from, release: parseRelease(number, text) };
}
