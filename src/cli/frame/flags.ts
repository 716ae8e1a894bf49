/** Flags that several commands have, with the variables that stand in for them. */
import { type Command, Option, type OptionValues } from "@commander-js/extra-typings";
import { TARGETS, type Target } from "../../core/score/project-state.js";
import type { Machine } from "./machine.js";
import { setting } from "./settings.js";
import { UsageError } from "./usage.js";

/** As the database counts them. */
const MAX_RELEASE = 2 ** 31 - 1;

/** A flag that may be repeated: `.option("--x <value>", "…", repeated)`. */
export function repeated(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** `--target`, one of the two. */
export function targetOption(description: string) {
  const option = new Option("--target <target>", description).choices(TARGETS);
  return option.argParser((text) => parseTarget(text, "--target"));
}

/** `--target`, which may be repeated: each that is named, once. */
export function targetsOption(description: string) {
  const option = new Option("--target <target>", description).choices(TARGETS);
  return option.argParser((text, before: readonly Target[] | undefined) => [
    ...new Set([...(before ?? []), parseTarget(text, "--target")]),
  ]);
}

/** `-e, --environment`, beside its variable: see `namedEnvironment`. */
export function environmentOption(description: string) {
  return new Option("-e, --environment <environment>", `${description} (BACKBAR_ENVIRONMENT)`);
}

/** `--release`, by its number. */
export function releaseOption(description: string) {
  return new Option("--release <number>", description).argParser((text) =>
    parseRelease(text, "--release"),
  );
}

/** The target of the flag, else of its variable. @throws {UsageError} */
export function namedTarget(flag: Target | undefined, machine: Machine): Target | undefined {
  const variable = setting(machine, "BACKBAR_TARGET");
  return flag ?? (variable === undefined ? undefined : parseTarget(variable, "BACKBAR_TARGET"));
}

/** The name of an environment: as it is given, else its variable's. @throws {UsageError} */
export function namedEnvironment(given: string | undefined, machine: Machine): string {
  const name = given ?? setting(machine, "BACKBAR_ENVIRONMENT");
  if (name !== undefined && name !== "") return name;
  throw new UsageError(
    "no environment is named",
    "-e ENVIRONMENT or BACKBAR_ENVIRONMENT names it; backbar env list shows those that are there",
  );
}

/** The project of the flag, else of its variable. */
export function namedProject(flag: string | undefined, machine: Machine): string | undefined {
  return flag ?? setting(machine, "BACKBAR_PROJECT");
}

function parseTarget(text: string, what: string): Target {
  const target = TARGETS.find((one) => one === text);
  if (target !== undefined) return target;
  throw new UsageError(`${what}: '${text}' is no target`, `it is ${TARGETS.join(" or ")}`);
}

/** The number of a release, from `min`; `what` says where it stands. @throws {UsageError} */
export function parseRelease(text: string, what: string, min = 1): number {
  const hint = "backbar release list ENVIRONMENT shows the numbers of an environment's releases";
  return parseNumber(text, what, { min, max: MAX_RELEASE, hint });
}

/** A whole number from `min` (1) to `max`. @throws {UsageError} */
export function parseNumber(
  text: string,
  what: string,
  { min = 1, max, hint }: { readonly min?: number; readonly max: number; readonly hint?: string },
): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new UsageError(
    `${what}: '${text}' is no whole number from ${min}`,
    hint ?? `it is one from ${min} to ${max}`,
  );
}

/** Adds the flags that say what has to vouch for a log, and how old its word may be. */
export function withPolicy<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) {
  return command
    .option("--witness <key>", "one that has to have cosigned; may be repeated", repeated)
    .option("--quorum <number>", "how many of them have to (default: all)", (text) =>
      parseNumber(text, "--quorum", { max: 100 }),
    )
    .option(
      "--max-age <duration>",
      "of the log's checkpoint, such as 30m, 24h, 7d (default: 24h)",
      (text) => parseDuration(text, "--max-age"),
    );
}

const UNIT_SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
};

/** Seconds of a duration such as 90s, 45m, 12h, 30d or 2w, up to `maxDays`. @throws {UsageError} */
export function parseDuration(text: string, what: string, maxDays = Number.MAX_VALUE): number {
  const [, count, unit = ""] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  const seconds = Number(count) * (UNIT_SECONDS[unit] ?? Number.NaN);
  if (seconds > maxDays * 86_400) {
    throw new UsageError(`${what}: '${text}' is longer than ${maxDays} days`, "make another later");
  }
  if (seconds > 0) return seconds;
  throw new UsageError(
    `${what}: '${text}' is no duration`,
    "it is one such as 45m, 12h, 30d or 2w",
  );
}
