/** Rolling back: a new release with the very content of an earlier one. */
import { findRefusedVersions } from "../core/recipe/ranges.js";
import { findActiveBefore } from "../store/environments.js";
import { checkMay } from "./caller.js";
import { FlowError } from "./error.js";
import type { Registry } from "./registry.js";
import { readCandidates } from "./release.js";
import { type Basis, readBasis } from "./release-basis.js";
import { type CommittedRelease, commitRelease } from "./release-commit.js";
import { loadRelease, type ReleaseContent } from "./release-content.js";
import { type Draft, draftRelease, type ReleaseOptions } from "./release-draft.js";
import { describeDraft, type ReleasePreview } from "./release-preview.js";

export interface RollbackRequest extends ReleaseOptions {
  readonly environment: string;
  /** Number of the release to go back to; undefined: the one that was current before. */
  readonly release: number | undefined;
}

/**
 * Goes back to an earlier release. A version that was yanked since is refused unless forced.
 * @throws {FlowError} role_missing, http_token_required, environment_unknown, release_none,
 *   release_unknown, release_waiting, rollback_release, release_changed, version_yanked,
 *   entry_in_use, uri_in_use, rule_commands, rule_image_digest, rule_version
 */
export async function rollBack(
  registry: Registry,
  request: RollbackRequest,
): Promise<CommittedRelease> {
  checkMay(request.caller, "releaser", request.environment);
  return commitRelease(registry, await draftRollback(registry, request));
}

/**
 * What `rollBack` would do now.
 * @throws as `rollBack`, but for roles and for conflicts, which the preview lists
 */
export async function previewRollback(
  registry: Registry,
  request: RollbackRequest,
): Promise<ReleasePreview> {
  return describeDraft(registry, await draftRollback(registry, request), request.caller);
}

async function draftRollback(registry: Registry, request: RollbackRequest): Promise<Draft> {
  const basis = await readBasis(registry, request.environment, request.previous);
  const earlier = await chooseRelease(registry, basis, request.release);
  const { number, digest, document } = earlier;
  const { entries } = document;
  const { environment } = basis;
  const { rules } = environment.definition;
  const candidates = await readCandidates(registry, { entries, environment });
  const plan = {
    entries,
    provenance: { rollback: { number, digest } },
    conflicts: findRefusedVersions(entries, rules, candidates),
    contentOf: earlier,
  };
  return draftRelease(registry, basis, plan, request);
}

/** @throws {FlowError} release_none, release_unknown, release_waiting, rollback_release */
async function chooseRelease(
  registry: Registry,
  { environment: { name }, current }: Basis,
  asked: number | undefined,
): Promise<ReleaseContent> {
  const present = current ?? (await loadRelease(registry, name));
  const number = asked ?? (await findActiveBefore(registry.db, name, present.number));
  if (number === undefined) {
    throw new FlowError("rollback_release", `${name} had no release before ${present.number}`);
  }
  if (number === present.number) {
    throw new FlowError("rollback_release", `release ${number} of ${name} is the current one`);
  }
  return loadRelease(registry, name, number);
}
