/**
 * Promotion: which exact versions an environment takes from a release of another. Only recipes that
 * both have are concerned; order, narrowing, ranges and rules stay those of the environment.
 */
import semver from "semver";
import type { Problem } from "../../errors.js";
import { formatYamlPath } from "../codec/yaml-path.js";
import type { EnvironmentEntry, EnvironmentRules, Narrowing } from "./environment.js";
import { RecipeError, type RecipeErrorCode } from "./error.js";
import type { ResolvedEntry } from "./ranges.js";

export interface PromotionPlan {
  /** Versions by place of the environment's entry. */
  readonly pins: ReadonlyMap<number, string>;
  /** Recipes that both have, by name. */
  readonly shared: readonly string[];
  /** Recipes of the source's release alone. */
  readonly sourceOnly: readonly string[];
  /** Recipes of the environment alone: they keep their versions. */
  readonly targetOnly: readonly string[];
}

/**
 * Plans to take the versions of `source`, a release's entries, into `entries`.
 * @throws {RecipeError} promotion_range, promotion_ambiguous, with every entry concerned in `problems`
 */
export function planPromotion(
  entries: readonly EnvironmentEntry[],
  rules: EnvironmentRules,
  source: readonly ResolvedEntry[],
): PromotionPlan {
  const pins = new Map<number, string>();
  const problems: Problem[] = [];
  for (const [index, entry] of entries.entries()) {
    const offered = source.filter(({ recipe }) => recipe === entry.recipe);
    if (offered.length === 0) continue;
    const [version, other] = choose(entry, rules, offered);
    const place = { path: formatYamlPath(["entries", index]) };
    if (version === undefined) {
      const versions = [...new Set(offered.map((one) => one.version))].join(", ");
      const message = `${entry.recipe}: the range ${entry.range} does not take ${versions}, which the release has`;
      problems.push({ code: "promotion_range", message, place });
    } else if (other !== undefined) {
      const message = `${entry.recipe}: the release has ${version} and ${other}, and both fit ${entry.range}`;
      problems.push({ code: "promotion_ambiguous", message, place });
    } else pins.set(index, version);
  }
  throwProblems(problems);
  const mine = new Set(entries.map(({ recipe }) => recipe));
  const theirs = new Set(source.map(({ recipe }) => recipe));
  return {
    pins,
    shared: [...mine].filter((recipe) => theirs.has(recipe)).sort(),
    sourceOnly: [...theirs].filter((recipe) => !mine.has(recipe)).sort(),
    targetOnly: [...mine].filter((recipe) => !theirs.has(recipe)).sort(),
  };
}

/** The versions that `entry` could take: those of entries narrowed alike, if there are, and in its range. */
function choose(
  entry: EnvironmentEntry,
  rules: EnvironmentRules,
  offered: readonly ResolvedEntry[],
): string[] {
  const alike = offered.filter((one) => isNarrowedAlike(one, entry));
  const options = { includePrerelease: rules.prereleases };
  const versions = (alike.length > 0 ? alike : offered)
    .map(({ version }) => version)
    .filter((version) => semver.satisfies(version, entry.range, options));
  return [...new Set(versions)];
}

/** Whether two entries take the same part of their recipes. */
export function isNarrowedAlike(a: Narrowing, b: Narrowing): boolean {
  return a.type === b.type && a.class === b.class && a.id === b.id && a.target === b.target;
}

function throwProblems(problems: readonly Problem[]): void {
  const [first] = problems;
  if (first === undefined) return;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  throw new RecipeError(first.code as RecipeErrorCode, first.message + more, {
    hint: "change the entry's range in the environment's definition",
    ...(first.place === undefined ? {} : { place: first.place }),
    problems,
  });
}
