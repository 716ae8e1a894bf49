/** Releases: cut from the environment's definition, or shown before they are. */
import { resolveEntries, type VersionCandidate } from "../core/recipe/ranges.js";
import { listCandidates, listSigners } from "../store/recipes.js";
import { checkMay } from "./caller.js";
import { findUnpromoted } from "./promotion-order.js";
import type { Registry } from "./registry.js";
import { type Basis, readBasis } from "./release-basis.js";
import { type CommittedRelease, commitRelease } from "./release-commit.js";
import { type Draft, draftRelease, type ReleaseOptions } from "./release-draft.js";
import { describeDraft, type ReleasePreview } from "./release-preview.js";

/**
 * Cuts a release: every entry resolved to an exact version, frozen and signed. Where the newest
 * release says the same already, nothing is done.
 * @throws {FlowError} role_missing, http_token_required, environment_unknown, release_changed,
 *   version_yanked, and the codes of its conflicts: entry_in_use, uri_in_use, release_not_promoted,
 *   rule_commands, rule_image_digest
 * @throws {RecipeError} recipe_unresolved, with every entry that found no version
 */
export async function cutRelease(
  registry: Registry,
  environment: string,
  options: ReleaseOptions,
): Promise<CommittedRelease> {
  checkMay(options.caller, "releaser", environment);
  return commitRelease(registry, await draftCut(registry, environment, options));
}

/**
 * What `cutRelease` would do now, and what would keep it from it.
 * @throws {FlowError} environment_unknown, release_changed
 * @throws {RecipeError} recipe_unresolved
 */
export async function previewRelease(
  registry: Registry,
  environment: string,
  options: ReleaseOptions,
): Promise<ReleasePreview> {
  return describeDraft(registry, await draftCut(registry, environment, options), options.caller);
}

async function draftCut(registry: Registry, name: string, options: ReleaseOptions): Promise<Draft> {
  const basis = await readBasis(registry, name, options.previous);
  const { rules } = basis.environment.definition;
  const candidates = await readCandidates(registry, basis);
  const entries = resolveEntries(basis.entries, rules, candidates);
  const conflicts = await findUnpromoted(registry, basis, entries);
  return draftRelease(registry, basis, { entries, provenance: {}, conflicts }, options);
}

/** The published versions of every recipe of an environment, by recipe. */
export async function readCandidates(
  registry: Registry,
  { entries, environment }: Pick<Basis, "entries" | "environment">,
): Promise<Map<string, VersionCandidate[]>> {
  const recipes = [...new Set(entries.map(({ recipe }) => recipe))];
  const { rules } = environment.definition;
  const rows = await listCandidates(registry.db, recipes);
  // Every version was signed when it was published: who signed counts only where a rule says so.
  const counts = rules.signatures > 1 || rules.signers !== undefined;
  const signers = counts ? await listSigners(registry.db, recipes) : undefined;
  const candidates = new Map<string, VersionCandidate[]>();
  for (const { recipe, version, digest, yanked } of rows) {
    const known = candidates.get(recipe) ?? [];
    known.push({
      ...{ version, digest },
      ...(yanked === null ? {} : { yanked }),
      signers: signers?.get(digest) ?? (counts ? [] : [""]),
    });
    candidates.set(recipe, known);
  }
  return candidates;
}
