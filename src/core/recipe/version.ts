/** Versions of recipes: SemVer 2.0.0 without build metadata, since `+` is no legal OCI tag. */
import semver from "semver";
import { RecipeError } from "./error.js";

export const MAX_VERSION_LENGTH = 100;

/**
 * Checks that `text` is a version in its one spelling: no `v`, no spaces, no leading zeros.
 * @throws {RecipeError} recipe_version
 */
export function checkVersion(text: string): void {
  if (text.length <= MAX_VERSION_LENGTH && semver.valid(text) === text) return;
  const shown = JSON.stringify(text.slice(0, MAX_VERSION_LENGTH));
  const hint =
    text.includes("+") && semver.valid(text) !== null
      ? "build metadata (`+…`) has no place in a version"
      : "a version looks like 1.4.0 or 2.0.0-rc.1";
  throw new RecipeError("recipe_version", `${shown} is not a version: ${hint}`, { hint });
}

/** Negative where `a` is the lower version. */
export function compareVersions(a: string, b: string): number {
  return semver.compare(a, b);
}

/** The highest of `versions` that is lower than `version`. */
export function previousVersion(version: string, versions: Iterable<string>): string | undefined {
  let previous: string | undefined;
  for (const other of versions) {
    if (!semver.lt(other, version)) continue;
    if (previous === undefined || semver.gt(other, previous)) previous = other;
  }
  return previous;
}

/**
 * The version that stands for a recipe where one is shown: the highest stable one that is not
 * yanked; without any the highest prerelease; of versions that are all yanked likewise.
 */
export function shownVersion<V extends { readonly version: string; readonly yanked: boolean }>(
  versions: readonly V[],
): V | undefined {
  const rank = ({ version, yanked }: V) =>
    Number(!yanked) * 2 + Number(semver.prerelease(version) === null);
  const [shown] = [...versions].sort(
    (a, b) => rank(b) - rank(a) || semver.rcompare(a.version, b.version),
  );
  return shown;
}
