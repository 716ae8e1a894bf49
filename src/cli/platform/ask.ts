/** Flags of whatever makes a release, and what they ask of the registry. */
import { type Command, Option, type OptionValues } from "@commander-js/extra-typings";
import type { ReleaseAsk } from "../../client/releases.js";
import { parseRelease, repeated } from "../frame/flags.js";
import { UsageError } from "../frame/usage.js";

export interface AskFlags {
  readonly force?: boolean | undefined;
  readonly replace?: string[] | undefined;
  readonly previous?: number | undefined;
}

export interface PreviewFlags {
  readonly diff?: boolean | undefined;
  readonly exitCode?: boolean | undefined;
}

const PREVIEW = "Preview:";

/** Adds the flags that every new release takes. */
export function withAsk<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) {
  return command
    .option("--force", "go on where workloads use what goes, or a version was not promoted; logged")
    .option(
      "--replace <project:resource>",
      "a stored resource that may lose its state to another uri; repeatable",
      repeated,
    )
    .option(
      "--previous <number>",
      "only where this is the newest release, 0 for none",
      (text: string) => parseRelease(text, "--previous", 0),
    );
}

/** Adds the flags of what shows changes. */
export function withDiff<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) {
  return command.addOption(
    new Option("--diff", "also show what changes in the recipes' files").helpGroup(PREVIEW),
  );
}

/** Adds the flags of previews. */
export function withPreview<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) {
  return withDiff(
    command.addOption(
      new Option("--preview", "make nothing, show what would change").helpGroup(PREVIEW),
    ),
  ).addOption(exitCodeOption());
}

/** The flag that makes conflicts of a preview a failure. */
export function exitCodeOption() {
  return new Option("--exit-code", "exit with 1 where it would be refused").helpGroup(PREVIEW);
}

/** @throws {UsageError} */
export function askOf({ force, replace, previous }: AskFlags): ReleaseAsk {
  return {
    ...(force === undefined ? {} : { force }),
    ...(replace === undefined ? {} : { replace: replace.map(parseStoredResource) }),
    ...(previous === undefined ? {} : { previous }),
  };
}

/** `PROJECT:RESOURCE`, the resource by its uid `type.class#id`, as previews write it. */
function parseStoredResource(text: string) {
  const [project, ...rest] = text.split(":");
  const resource = rest.join(":");
  if (project !== undefined && project !== "" && resource !== "") return { project, resource };
  throw new UsageError(
    `--replace: '${text}' is not of the form PROJECT:RESOURCE`,
    "such as shop:dapr-state-store.default#orders.state; a preview lists them",
  );
}
