/** Resolve: which recipe an environment uses for a type, class and id, and why. */
import { matchProvisioner, type PassedOver } from "../core/recipe/match.js";
import type { Provisioner, RecipeRef } from "../core/recipe/provisioner.js";
import { TARGETS, type Target } from "../core/score/project-state.js";
import { FlowError } from "./error.js";
import type { Registry } from "./registry.js";
import { loadRelease, type OriginatedProvisioner } from "./release-content.js";

export interface ResolveQuestion {
  readonly environment: string;
  readonly target: Target | undefined;
  readonly release: number | undefined;
  readonly type: string;
  readonly class: string;
  readonly id: string;
}

export interface ResolveAnswer {
  readonly environment: string;
  readonly release: { readonly number: number; readonly digest: string };
  readonly targets: readonly TargetResolution[];
}

export interface TargetResolution {
  readonly target: Target;
  readonly match?: CandidateView;
  readonly candidates: readonly (CandidateView & { readonly reason?: PassedOver })[];
}

export interface CandidateView {
  readonly uri: string;
  readonly type: string;
  readonly class?: string;
  readonly id?: string;
  readonly description?: string;
  readonly recipe: RecipeRef;
}

/**
 * Resolves in one target, or in each that the release has.
 * @throws {FlowError} environment_unknown, release_none, release_unknown, resolve_no_match
 */
export async function resolve(
  registry: Registry,
  question: ResolveQuestion,
): Promise<ResolveAnswer> {
  const release = await loadRelease(registry, question.environment, question.release);
  const targets = TARGETS.filter((target) =>
    question.target === undefined ? release.targets.includes(target) : target === question.target,
  );
  const nearest: Provisioner[] = [];
  const resolutions: TargetResolution[] = [];
  for (const target of targets) {
    const { parsed } = await release.target(target);
    const found = matchProvisioner(parsed, question);
    nearest.push(...found.nearest);
    resolutions.push({
      target,
      ...(found.match === undefined ? {} : { match: view(found.match) }),
      candidates: found.candidates
        .filter(({ provisioner }) => provisioner.type === question.type)
        .map(({ provisioner, reason }) => ({
          ...view(provisioner),
          ...(reason === undefined ? {} : { reason }),
        })),
    });
  }
  if (!resolutions.some(({ match }) => match !== undefined)) throw noMatch(question, nearest);
  return {
    environment: question.environment,
    release: { number: release.number, digest: release.digest },
    targets: resolutions,
  };
}

function view(provisioner: OriginatedProvisioner): CandidateView {
  const { uri, type, class: className, id, description, recipe } = provisioner;
  return {
    uri,
    type,
    ...(className === undefined ? {} : { class: className }),
    ...(id === undefined ? {} : { id }),
    ...(description === undefined ? {} : { description }),
    recipe,
  };
}

function noMatch(question: ResolveQuestion, nearest: readonly Provisioner[]): FlowError {
  const { environment, type, class: className, id } = question;
  const named = [
    ...new Set(nearest.map((one) => `${one.type}.${one.class ?? "*"}#${one.id ?? "*"}`)),
  ];
  return new FlowError(
    "resolve_no_match",
    `environment ${environment} has no provisioner for ${type}.${className}#${id}`,
    named.length === 0 ? {} : { hint: `nearest: ${named.join(", ")}` },
  );
}
