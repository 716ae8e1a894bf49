/** Promotion: the exact versions of a release of one environment, taken into another. */
import type { EnvironmentRules } from "../core/recipe/environment.js";
import { RecipeError } from "../core/recipe/error.js";
import { isNarrowedAlike, type PromotionPlan, planPromotion } from "../core/recipe/promotion.js";
import { resolveEntries, resolveRange, type VersionCandidate } from "../core/recipe/ranges.js";
import { checkMay } from "./caller.js";
import { FlowError } from "./error.js";
import { checkPromotionOrder, findUnpromoted } from "./promotion-order.js";
import type { Registry } from "./registry.js";
import { readCandidates } from "./release.js";
import { type Basis, readBasis } from "./release-basis.js";
import { type CommittedRelease, commitRelease } from "./release-commit.js";
import { currentNumber, loadRelease } from "./release-content.js";
import { type Draft, draftRelease, type ReleaseOptions } from "./release-draft.js";
import { describeDraft, type ReleasePreview } from "./release-preview.js";

export interface PromotionRequest extends ReleaseOptions {
  /** The environment that takes the versions. */
  readonly environment: string;
  /** The environment that they come from. */
  readonly from: string;
  /** Number of its release; undefined: the current one. */
  readonly release: number | undefined;
}

/** Which recipes the two environments share. */
export type SharedRecipes = Pick<PromotionPlan, "shared" | "sourceOnly" | "targetOnly">;

/**
 * Takes, for each recipe that both environments have, the exact version of the source's release; the
 * target's own recipes keep theirs.
 * @throws {FlowError} role_missing, http_token_required, environment_unknown, release_none,
 *   release_unknown, release_waiting, promotion_order, promotion_nothing, release_not_promoted,
 *   release_changed, version_yanked, entry_in_use, uri_in_use, rule_commands, rule_image_digest
 * @throws {RecipeError} promotion_range, promotion_ambiguous, recipe_unresolved
 */
export async function promote(
  registry: Registry,
  request: PromotionRequest,
): Promise<CommittedRelease & { readonly recipes: SharedRecipes }> {
  checkMay(request.caller, "releaser", request.environment);
  const { draft, recipes } = await draftPromotion(registry, request);
  return { ...(await commitRelease(registry, draft)), recipes };
}

/**
 * What `promote` would do now.
 * @throws as `promote`, but for roles and for conflicts, which the preview lists
 */
export async function previewPromotion(
  registry: Registry,
  request: PromotionRequest,
): Promise<ReleasePreview & { readonly recipes: SharedRecipes }> {
  const { draft, recipes } = await draftPromotion(registry, request);
  return { ...(await describeDraft(registry, draft, request.caller)), recipes };
}

async function draftPromotion(
  registry: Registry,
  request: PromotionRequest,
): Promise<{ readonly draft: Draft; readonly recipes: SharedRecipes }> {
  const { environment, from } = request;
  const basis = await readBasis(registry, environment, request.previous);
  checkPromotionOrder(basis, from);
  const source = await loadRelease(
    registry,
    from,
    request.release ?? (await currentNumber(registry, from)),
  );
  const { rules } = basis.environment.definition;
  const { pins, ...recipes } = planPromotion(basis.entries, rules, source.document.entries);
  if (recipes.shared.length === 0) {
    throw new FlowError(
      "promotion_nothing",
      `${environment} has no recipe in common with release ${source.number} of ${from}`,
    );
  }
  const candidates = await readCandidates(registry, basis);
  const kept = keepOwn(basis, recipes, candidates);
  const entries = resolveEntries(basis.entries, rules, candidates, new Map([...kept, ...pins]));
  const unpromoted = await findUnpromoted(registry, basis, entries, pins);
  const { number, digest } = source;
  const provenance = { promotion: { environment: from, number, digest } };
  const draft = await draftRelease(
    registry,
    basis,
    { entries, provenance, conflicts: unpromoted },
    request,
  );
  return { draft, recipes };
}

/** The versions of the target's own recipes that its current release has, where they may still be used. */
function keepOwn(
  { entries, current, environment }: Basis,
  { targetOnly }: SharedRecipes,
  candidates: ReadonlyMap<string, readonly VersionCandidate[]>,
): Map<number, string> {
  const pins = new Map<number, string>();
  for (const [index, entry] of entries.entries()) {
    if (!targetOnly.includes(entry.recipe)) continue;
    const now = current?.document.entries.find(
      (one) => one.recipe === entry.recipe && isNarrowedAlike(one, entry),
    );
    const candidate = candidates.get(entry.recipe)?.find(({ digest }) => digest === now?.digest);
    if (candidate === undefined) continue;
    if (isTaken(entry, candidate, environment.definition.rules)) pins.set(index, candidate.version);
  }
  return pins;
}

function isTaken(
  { recipe, range }: { readonly recipe: string; readonly range: string },
  candidate: VersionCandidate,
  rules: EnvironmentRules,
): boolean {
  try {
    resolveRange(recipe, range, [candidate], rules);
    return true;
  } catch (error) {
    if (error instanceof RecipeError) return false;
    throw error;
  }
}
