/**
 * Which version an entry's range takes: the highest that the range and the environment's rules
 * allow and that is not yanked (ranges as npm's `semver` reads them).
 */
import semver from "semver";
import type { Problem } from "../../errors.js";
import { formatYamlPath } from "../codec/yaml-path.js";
import type { EnvironmentEntry, EnvironmentRules } from "./environment.js";
import { RecipeError } from "./error.js";
import { parseRecipeName } from "./names.js";

/** A published version, as a cut sees it. */
export interface VersionCandidate {
  readonly version: string;
  /** Digest of the manifest. */
  readonly digest: string;
  /** Why it was yanked; undefined where it was not. */
  readonly yanked?: string;
  /** Fingerprints of the keys that signed it. */
  readonly signers: readonly string[];
}

/** An entry with the version that its range took. */
export interface ResolvedEntry extends EnvironmentEntry {
  readonly version: string;
  readonly digest: string;
}

const MAX_RANGE_LENGTH = 100;

/**
 * Checks that `text` is a SemVer range or an exact version.
 * @throws {RecipeError} recipe_range
 */
export function checkRange(text: string): void {
  const plain = /^[0-9A-Za-z.*<>=~^|-][0-9A-Za-z.*<>=~^| -]*$/.test(text);
  if (text.length <= MAX_RANGE_LENGTH && plain && semver.validRange(text) !== null) return;
  const shown = JSON.stringify(text.slice(0, MAX_RANGE_LENGTH));
  throw new RecipeError("recipe_range", `${shown} is no version or range`, {
    hint: "a range looks like 1.2.3, ^1.2.0, ~1.2 or >=1 <3",
  });
}

/** Whether `range` takes `version`; of prereleases only those of the version that it names. */
export function isInRange(version: string, range: string): boolean {
  return semver.satisfies(version, range);
}

/**
 * The highest version of `candidates` that `range` and `rules` allow.
 * @throws {RecipeError} recipe_unresolved, which says what kept each fitting version out
 */
export function resolveRange(
  recipe: string,
  range: string,
  candidates: readonly VersionCandidate[],
  rules: EnvironmentRules,
): VersionCandidate {
  checkRange(range);
  const foreign = namespaceObjection(recipe, rules);
  if (foreign !== undefined) throw unresolved(`${recipe}: ${foreign}`);
  if (candidates.length === 0) throw unresolved(`${recipe}: there is no such recipe`);
  const options = { includePrerelease: rules.prereleases };
  const fits = ({ version }: VersionCandidate) => semver.satisfies(version, range, options);
  let highest: VersionCandidate | undefined;
  for (const candidate of candidates) {
    // First what takes the least: of many versions few are higher than all before them.
    if (highest !== undefined && !semver.gt(candidate.version, highest.version)) continue;
    if (fits(candidate) && objection(candidate, rules) === undefined) highest = candidate;
  }
  if (highest !== undefined) return highest;
  const fitting = candidates.filter(fits);
  throw unresolved(`${recipe}: ${explain(range, candidates, fitting, rules)}`);
}

/**
 * Resolves every entry; `candidates` holds the published versions by recipe. An entry whose place
 * is in `pins` takes the version there, or none.
 * @throws {RecipeError} recipe_unresolved, with every entry that found none in `problems`
 */
export function resolveEntries(
  entries: readonly EnvironmentEntry[],
  rules: EnvironmentRules,
  candidates: ReadonlyMap<string, readonly VersionCandidate[]>,
  pins: ReadonlyMap<number, string> = new Map(),
): ResolvedEntry[] {
  const resolved: ResolvedEntry[] = [];
  const problems: Problem[] = [];
  for (const [i, entry] of entries.entries()) {
    try {
      const known = candidates.get(entry.recipe) ?? [];
      const pin = pins.get(i);
      const allowed = pin === undefined ? known : known.filter(({ version }) => version === pin);
      const { version, digest } = resolveRange(entry.recipe, entry.range, allowed, rules);
      resolved.push({ ...entry, version, digest });
    } catch (error) {
      if (!(error instanceof RecipeError)) throw error;
      const { code, message } = error;
      problems.push({ code, message, place: { path: formatYamlPath(["entries", i]) } });
    }
  }
  const [first] = problems;
  if (first === undefined) return resolved;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  throw new RecipeError("recipe_unresolved", first.message + more, { problems });
}

/**
 * rule_version for each entry whose version the rules would not let it take now. That it was yanked
 * is not for rules to say.
 */
export function findRefusedVersions(
  entries: readonly ResolvedEntry[],
  rules: EnvironmentRules,
  candidates: ReadonlyMap<string, readonly VersionCandidate[]>,
): Problem[] {
  return entries.flatMap(({ recipe, range, version, digest }, index): Problem[] => {
    const signers = candidates.get(recipe)?.find((one) => one.digest === digest)?.signers ?? [];
    const options = { includePrerelease: rules.prereleases };
    const reason =
      namespaceObjection(recipe, rules) ??
      (semver.satisfies(version, range, options) ? undefined : "it is a prerelease") ??
      objection({ version, digest, signers }, rules);
    if (reason === undefined) return [];
    const message = `${recipe} ${version}: ${reason}`;
    const place = { path: formatYamlPath(["entries", index]) };
    return [{ code: "rule_version", message, place }];
  });
}

function namespaceObjection(recipe: string, { namespaces }: EnvironmentRules): string | undefined {
  const { namespace } = parseRecipeName(recipe);
  if (namespaces === undefined || namespaces.includes(namespace)) return undefined;
  return `the environment's rules allow no recipes of '${namespace}'`;
}

/** Why a version that fits the range is not taken. */
function objection(candidate: VersionCandidate, rules: EnvironmentRules): string | undefined {
  if (candidate.yanked !== undefined) return `yanked: ${candidate.yanked}`;
  const { signers } = rules;
  const counted = candidate.signers.filter((key) => signers === undefined || signers.includes(key));
  const signatures = new Set(counted).size;
  if (signatures >= rules.signatures) return undefined;
  return `signed by ${signatures} of the ${rules.signatures} keys that the rules want`;
}

const MAX_SHOWN = 5;

function explain(
  range: string,
  candidates: readonly VersionCandidate[],
  fitting: readonly VersionCandidate[],
  rules: EnvironmentRules,
): string {
  const newest = (some: readonly VersionCandidate[]) =>
    [...some].sort((a, b) => semver.rcompare(a.version, b.version)).slice(0, MAX_SHOWN);
  if (fitting.length === 0) {
    const known = newest(candidates).map(({ version }) => version);
    return `no version fits ${range}; there are ${known.join(", ")}${candidates.length > MAX_SHOWN ? ", …" : ""}`;
  }
  const why = newest(fitting).map((one) => `${one.version} (${objection(one, rules)})`);
  return `no version that fits ${range} may be used: ${why.join(", ")}`;
}

function unresolved(message: string): RecipeError {
  return new RecipeError("recipe_unresolved", message);
}
