/** Recipes as a command line asks for them, and the version that each request comes to. */
import type { BackbarClient } from "../../client/client.js";
import { ClientError } from "../../client/error.js";
import { type ListedVersion, listVersions } from "../../client/versions.js";
import { DEFAULT_RULES } from "../../core/recipe/environment.js";
import { RecipeError } from "../../core/recipe/error.js";
import { parseRecipeName } from "../../core/recipe/names.js";
import { checkRange, resolveRange } from "../../core/recipe/ranges.js";
import { shownVersion } from "../../core/recipe/version.js";
import { asProblem, type Problem } from "../../errors.js";
import { UsageError } from "../frame/usage.js";
import type { LockedRecipe } from "./lock-file.js";

/** What is wanted of a recipe; without a range whatever the highest stable version allows. */
export interface Ask {
  /** `namespace/name` */
  readonly recipe: string;
  readonly range?: string | undefined;
}

/** Who signed is not in the list of versions; it is checked with their content. */
const RULES = { ...DEFAULT_RULES, signatures: 0 };

/**
 * Reads `namespace/name` or `namespace/name@RANGE`.
 * @throws {RecipeError} recipe_name, namespace_name, recipe_range
 */
export function parseAsk(text: string): Ask {
  const at = text.indexOf("@");
  const recipe = at < 0 ? text : text.slice(0, at);
  parseRecipeName(recipe);
  if (at < 0) return { recipe };
  const range = text.slice(at + 1);
  checkRange(range);
  return { recipe, range };
}

/** @throws {UsageError} where one recipe is named twice, and what `parseAsk` throws */
export function parseAsks(texts: readonly string[]): Ask[] {
  const asks = texts.map(parseAsk);
  const seen = new Set<string>();
  for (const { recipe } of asks) {
    if (seen.has(recipe)) throw new UsageError(`${recipe} is named twice`, "name each recipe once");
    seen.add(recipe);
  }
  return asks;
}

/**
 * The highest version, not yanked, that each request allows. Versions never go away: a list without
 * one of `locked` is refused, as it would take a project back to what was before.
 * @throws {ClientError} client_version
 * @throws {RecipeError} recipe_unresolved, with every request that found none in `problems`
 * @throws {ClientError}; {ServerProblem}
 */
export async function resolveAsks(
  client: BackbarClient,
  asks: readonly Ask[],
  locked: readonly LockedRecipe[],
): Promise<LockedRecipe[]> {
  const found: LockedRecipe[] = [];
  const problems: Problem[] = [];
  for (const ask of asks) {
    const versions = await listVersions(client, ask.recipe);
    for (const one of locked) if (one.recipe === ask.recipe) checkListed(one, versions);
    try {
      found.push(resolveAsk(ask, versions));
    } catch (error) {
      if (!(error instanceof RecipeError)) throw error;
      problems.push(asProblem(error));
    }
  }
  const [first] = problems;
  if (first === undefined) return found;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  throw new RecipeError("recipe_unresolved", first.message + more, { problems });
}

/** @throws {ClientError} client_version where `versions` lacks what was locked */
function checkListed(
  { recipe, version, digest }: LockedRecipe,
  versions: readonly ListedVersion[],
): void {
  const listed = versions.find((one) => one.version === version);
  if (listed?.digest === digest) return;
  const what = listed === undefined ? "not at all" : `as ${listed.digest}`;
  throw new ClientError(
    "client_version",
    `${recipe} ${version} is locked as ${digest}; the registry lists it ${what}`,
    { hint: "versions neither change nor go away: nothing was written; tell its operator" },
  );
}

function resolveAsk({ recipe, range }: Ask, versions: readonly ListedVersion[]): LockedRecipe {
  const latest = latestVersion(versions);
  const wanted = range ?? (latest === undefined ? "*" : `^${latest.version}`);
  const candidates = versions.map(({ version, digest, yanked }) => ({
    ...{ version, digest, signers: [] },
    ...(yanked === undefined ? {} : { yanked: yanked.reason }),
  }));
  const { version, digest } = resolveRange(recipe, wanted, candidates, RULES);
  return { recipe, range: wanted, version, digest };
}

/** The version that a newcomer would take: stable before prereleases, none that is yanked. */
export function latestVersion(versions: readonly ListedVersion[]): ListedVersion | undefined {
  const taken = versions.filter(({ yanked }) => yanked === undefined);
  const shown = shownVersion(taken.map(({ version }) => ({ version, yanked: false })));
  return taken.find(({ version }) => version === shown?.version);
}
