/** What the registry refused, with what helps at the command line instead of in the API. */
import type { ReleaseOrigin } from "../../client/releases.js";
import { BackbarError, type Problem, withDetails } from "../../errors.js";

/** As `error`, with the hint that `hints` has for its code. */
export function withHints(error: unknown, hints: Readonly<Record<string, string>>): unknown {
  if (!(error instanceof BackbarError)) return error;
  const hint = new Map(Object.entries(hints)).get(error.code);
  return hint === undefined ? error : withDetails(error, { hint });
}

/**
 * A refusal of what a release of `environment` was asked for, with what helps at the command line;
 * releases are named of `source`.
 */
export function tellRefusal(error: unknown, environment: string, source = environment): unknown {
  const preview = `backbar release preview ${environment} shows what it is now; then try again`;
  const force = "change the environment, or go on with --force, which the log remembers";
  const known = "backbar env list shows the environments that are there";
  const own = `somebody else approves it: backbar release list ${environment} shows who cut what`;
  return withHints(error, {
    environment_unknown: known,
    release_none: `backbar release cut ${environment} makes the first`,
    release_unknown: `backbar release list ${source} shows those that are there`,
    release_changed: preview,
    release_replace: "a preview lists the stored resources that would lose their state",
    entry_in_use: force,
    version_yanked: `${force}; or a successor, which backbar release preview ${environment} names`,
    release_not_promoted: "promote it from there with backbar promote, or go on with --force",
    recipe_unresolved: `the range, the rules or a version has to change: backbar env edit ${environment}`,
    promotion_range: `backbar env edit ${environment} changes the range`,
    promotion_ambiguous: `backbar env edit ${environment} narrows the range`,
    promotion_order: `backbar env show ${environment} has the declared order: promotesFrom`,
    approval_own: own,
  });
}

/** The environment that a release of `environment` takes its versions from. */
export function sourceOf(environment: string, origin: ReleaseOrigin): string {
  return origin.kind === "promotion" ? origin.from : environment;
}

/** As `error`, about a file: its problems are in it. */
export function inFile(error: BackbarError, file: string): BackbarError {
  const place = { ...error.place, file };
  const problems = error.problems.map(
    (problem): Problem => ({ ...problem, place: { ...problem.place, file } }),
  );
  return withDetails(error, { place, problems });
}
