/**
 * Resolve: which recipe an environment uses for a type, class and id, and why. A release never
 * changes, so answers are kept in memory by its digest; only notices are looked up for each.
 */
import { sha256Digest } from "../core/codec/digest.js";
import { matchProvisioner, type PassedOver } from "../core/recipe/match.js";
import type { Provisioner, RecipeRef } from "../core/recipe/provisioner.js";
import { TARGETS, type Target } from "../core/score/project-state.js";
import { FlowError } from "./error.js";
import { type Notice, noticesOf } from "./notice.js";
import { RecentlyUsed } from "./recently-used.js";
import type { Registry } from "./registry.js";
import { type OriginatedProvisioner, readReleaseContent, servedDigest } from "./release-content.js";

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
  /** What was said of its version after it was published. */
  readonly notices: readonly NoticeView[];
}

type NoticeView = Pick<Notice, "kind" | "reason" | "successor" | "at">;

/** A `ResolveAnswer` as JSON. */
export interface ResolveText {
  readonly content: string;
  /** Digest of `content`. */
  readonly digest: string;
}

interface Known {
  readonly answer: ResolveAnswer;
  /** Digests of the versions in it. */
  readonly versions: readonly string[];
  /** `answer` as JSON, which has no notices. */
  readonly text: ResolveText;
}

/** In characters of JSON; each answer is there as a value too. */
const MAX_KNOWN_LENGTH = 32 * 1024 * 1024;
const caches = new WeakMap<Registry["db"], RecentlyUsed<Known>>();

/**
 * Resolves in one target, or in each that the release has; the answer is a `ResolveAnswer` as JSON.
 * @throws {FlowError} environment_unknown, release_none, release_unknown, release_waiting,
 *   resolve_no_match
 */
export async function resolve(registry: Registry, question: ResolveQuestion): Promise<ResolveText> {
  const digest = await servedDigest(registry, question.environment, question.release);
  const { answer, versions, text } = await explain(registry, digest, question);
  const notices = new Map<string, readonly Notice[]>();
  for (const version of versions) {
    const found = await noticesOf(registry, version);
    if (found.length > 0) notices.set(version, found);
  }
  return notices.size === 0 ? text : format(withNotices(answer, notices));
}

async function explain(
  registry: Registry,
  digest: string,
  question: ResolveQuestion,
): Promise<Known> {
  const cache = caches.get(registry.db) ?? new RecentlyUsed<Known>(MAX_KNOWN_LENGTH);
  caches.set(registry.db, cache);
  const { target, type, class: className, id } = question;
  const key = JSON.stringify([digest, target, type, className, id]);
  const known = cache.get(key);
  if (known !== undefined) return known;
  const answer = await match(registry, digest, question);
  const candidates = answer.targets.flatMap((one) => one.candidates);
  const versions = [...new Set(candidates.map(({ recipe }) => recipe.digest))];
  const made = { answer, versions, text: format(answer) };
  cache.set(key, made, made.text.content.length);
  return made;
}

/** @throws {FlowError} resolve_no_match */
async function match(
  registry: Registry,
  digest: string,
  question: ResolveQuestion,
): Promise<ResolveAnswer> {
  const release = await readReleaseContent(registry, digest);
  const targets = TARGETS.filter((target) =>
    question.target === undefined ? release.targets.includes(target) : target === question.target,
  );
  const nearest: Provisioner[] = [];
  const resolutions: TargetResolution[] = [];
  for (const target of targets) {
    const parsed = await release.provisioners(target);
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
  if (!resolutions.some((one) => one.match !== undefined)) throw noMatch(question, nearest);
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
    notices: [],
  };
}

function withNotices(
  answer: ResolveAnswer,
  notices: ReadonlyMap<string, readonly Notice[]>,
): ResolveAnswer {
  const say = <T extends CandidateView>(candidate: T): T => ({
    ...candidate,
    notices: (notices.get(candidate.recipe.digest) ?? []).map(
      ({ kind, reason, successor, at }): NoticeView => ({
        kind,
        reason,
        ...(successor === undefined ? {} : { successor }),
        at,
      }),
    ),
  });
  return {
    ...answer,
    targets: answer.targets.map(({ target, match, candidates }) => ({
      target,
      ...(match === undefined ? {} : { match: say(match) }),
      candidates: candidates.map(say),
    })),
  };
}

function format(answer: ResolveAnswer): ResolveText {
  const content = JSON.stringify(answer);
  return { content, digest: sha256Digest(content) };
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
