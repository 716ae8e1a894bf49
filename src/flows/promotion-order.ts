/** The order in which versions come to an environment, where its rules declare one. */

import { formatYamlPath } from "../core/codec/yaml-path.js";
import type { ResolvedEntry } from "../core/recipe/ranges.js";
import type { Problem } from "../errors.js";
import { findPointer } from "../store/environments.js";
import { FlowError } from "./error.js";
import type { Registry } from "./registry.js";
import type { Basis } from "./release-basis.js";
import { loadRelease, type ReleaseContent } from "./release-content.js";

/** @throws {FlowError} promotion_order where releases of `source` are not promoted into the environment */
export function checkPromotionOrder({ environment }: Basis, source: string): void {
  const { promotesFrom } = environment.definition.rules;
  if (source === environment.name) {
    throw new FlowError("promotion_order", `${source} cannot be promoted into itself`);
  }
  if (promotesFrom === undefined || promotesFrom.includes(source)) return;
  const named = promotesFrom.join(", ") || "no environment";
  throw new FlowError(
    "promotion_order",
    `${environment.name} takes promotions from ${named}, not from ${source}`,
    { hint: "promote along the order that the environments' rules (promotesFrom) declare" },
  );
}

/**
 * release_not_promoted for each entry that would change to a version which the environments before
 * this one, as its rules declare them, do not serve though they have the recipe. `promoted` are the
 * places of entries whose versions come from one of them.
 */
export async function findUnpromoted(
  registry: Registry,
  { environment, current }: Basis,
  entries: readonly ResolvedEntry[],
  promoted: ReadonlyMap<number, string> = new Map(),
): Promise<Problem[]> {
  const sources = await Promise.all(
    (environment.definition.rules.promotesFrom ?? []).map((name) => currentOf(registry, name)),
  );
  const served = versionsOf(sources);
  const mine = versionsOf([current]);
  return entries.flatMap(({ recipe, version, digest }, index): Problem[] => {
    if (promoted.has(index)) return [];
    const proved = served.get(recipe);
    if (proved === undefined || proved.has(digest)) return [];
    if (mine.get(recipe)?.has(digest)) return [];
    const names = environment.definition.rules.promotesFrom?.join(", ");
    const message = `${recipe} ${version} is not what ${names} serves`;
    const place = { path: formatYamlPath(["entries", index]) };
    return [{ code: "release_not_promoted", message, place, hint: "promote it from there" }];
  });
}

async function currentOf(
  registry: Registry,
  environment: string,
): Promise<ReleaseContent | undefined> {
  const pointer = await findPointer(registry.db, environment);
  return pointer && loadRelease(registry, environment, pointer.number);
}

/** Digests of the versions that releases serve, by recipe. */
function versionsOf(
  releases: readonly (ReleaseContent | undefined)[],
): Map<string, ReadonlySet<string>> {
  const versions = new Map<string, Set<string>>();
  for (const { recipe, digest } of releases.flatMap((one) => one?.document.entries ?? [])) {
    versions.set(recipe, (versions.get(recipe) ?? new Set()).add(digest));
  }
  return versions;
}
