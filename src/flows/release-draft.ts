/** A release that is not signed yet: what it would serve, and what speaks against it. */
import type { ResolvedEntry } from "../core/recipe/ranges.js";
import { buildRelease, describeRelease, type ReleaseHead } from "../core/recipe/release.js";
import {
  isSameContent,
  overridesAsMuch,
  type ReleaseDocument,
  type ReleaseProvenance,
  type StoredResource,
} from "../core/recipe/release-document.js";
import { findRuleBreaches } from "../core/recipe/release-rules.js";
import { optional } from "../core/recipe/strict-json.js";
import type { Problem } from "../errors.js";
import { listImages } from "../store/recipes.js";
import type { Caller } from "./caller.js";
import { FlowError, type FlowErrorCode } from "./error.js";
import { noticeWarnings, readNotices } from "./notice.js";
import type { Registry } from "./registry.js";
import type { Basis } from "./release-basis.js";
import type { ReleaseContent } from "./release-content.js";
import {
  findImpact,
  type Impact,
  type ServedContent,
  servedContent,
  type TouchedUse,
} from "./release-impact.js";
import { readPackages } from "./version-content.js";
import { seesUses } from "./visible.js";

/** What whoever asks for a release says besides. */
export interface ReleaseOptions {
  readonly caller: Caller;
  /** Goes on where a refusal can be overridden. */
  readonly force: boolean;
  /** Stored resources that may be served under another `uri`, and lose their state. */
  readonly replace: readonly StoredResource[];
  /** Number of the newest release that the caller has seen, 0 for none; undefined: not said. */
  readonly previous: number | undefined;
}

export interface ReleasePlan {
  readonly entries: readonly ResolvedEntry[];
  readonly provenance: Pick<ReleaseProvenance, "promotion" | "rollback">;
  /** What speaks against it by how it came about. */
  readonly conflicts: readonly Problem[];
  /** The release whose very files it serves. */
  readonly contentOf?: ReleaseContent;
}

export interface Draft {
  readonly basis: Basis;
  readonly document: ReleaseDocument;
  readonly blobs: ReadonlyMap<string, Uint8Array>;
  readonly warnings: readonly Problem[];
  /** What keeps it from being cut. */
  readonly conflicts: readonly Problem[];
  /** Conflicts that `force` overrides. */
  readonly forced: readonly Problem[];
  readonly touched: readonly TouchedUse[];
  /** Whether the newest release says the same already. */
  readonly unchanged: boolean;
}

/** Conflicts that `force` overrides; the others are for rules, marks and definitions to settle. */
const FORCEABLE = new Set(["entry_in_use", "release_not_promoted", "version_yanked"]);

/** An environment may have more uses than anybody reads: lists of conflicts end here. */
export const MAX_LISTED = 1000;

/** Whether `force` overrides the conflict. */
export function isForceable({ code }: Problem): boolean {
  return FORCEABLE.has(code);
}

/**
 * Makes the draft of what `plan` says.
 * @throws {FlowError} release_replace where a mark fits no stored resource
 */
export async function draftRelease(
  registry: Registry,
  basis: Basis,
  plan: ReleasePlan,
  { caller, force, replace }: ReleaseOptions,
): Promise<Draft> {
  const provenance = {
    actor: caller.actor,
    ...plan.provenance,
    ...(replace.length === 0 ? {} : { replace }),
  };
  const { next, blobs, warnings } = await contentOf(registry, basis, plan, provenance);
  const { rules } = basis.environment.definition;
  const digests = plan.entries.map(({ digest }) => digest);
  const images = rules.imagesByDigest ? await listImages(registry.db, digests) : new Map();
  const place = { environment: basis.environment.name, ...optional("current", basis.current) };
  const sees = (project: string) => seesUses(caller, place.environment, project);
  const impact = await findImpact(registry, place, next, { replace, sees });
  checkMarks(basis.environment.name, impact);
  const notices = await noticesOf(registry, plan.entries);
  const isYank = ({ code }: Problem) => code === "version_yanked";
  const all = [
    ...plan.conflicts,
    ...notices.filter(isYank),
    ...findRuleBreaches(next.document, next.provisioners, { rules, images }),
    ...impact.conflicts,
  ];
  const forced = force ? all.filter(isForceable) : [];
  const conflicts = all.filter((problem) => !forced.includes(problem));
  const document: ReleaseDocument =
    forced.length === 0 ? next.document : { ...next.document, forced: true };
  return {
    basis,
    document,
    blobs,
    warnings: [
      ...warnings,
      ...notices.filter((notice) => !isYank(notice)),
      ...forced.slice(0, MAX_LISTED),
    ],
    conflicts,
    forced,
    touched: impact.touched,
    unchanged: saysTheSame(basis, document, conflicts),
  };
}

/**
 * Whether the newest release says the same already. One that waits has to be one that can still be
 * approved: what came to be in use meanwhile needs a new one, with its marks or forced.
 */
function saysTheSame(
  { newest }: Basis,
  document: ReleaseDocument,
  conflicts: readonly Problem[],
): boolean {
  if (newest === undefined || !isSameContent(newest.document, document)) return false;
  return newest.active || (conflicts.length === 0 && overridesAsMuch(newest.document, document));
}

/** @throws {FlowError} the code of the first conflict, with all of them in `problems` */
export function refuseConflicts({
  conflicts,
  document,
}: Pick<Draft, "conflicts" | "document">): void {
  const [first] = conflicts;
  if (first === undefined) return;
  const more = conflicts.length > 1 ? ` (and ${conflicts.length - 1} more)` : "";
  const message = `${document.environment}: ${first.message}${more}`;
  throw new FlowError(first.code as FlowErrorCode, message, {
    problems: conflicts.slice(0, MAX_LISTED),
    ...hintFor(first),
  });
}

function hintFor(conflict: Problem): { readonly hint?: string } {
  if (conflict.hint !== undefined) return { hint: conflict.hint };
  if (isForceable(conflict)) return { hint: "change the environment, or go on with force" };
  if (conflict.code === "uri_in_use") {
    return { hint: "name each in `replace` ({project, resource}) to drop its state" };
  }
  return {};
}

/** @throws {FlowError} release_replace */
function checkMarks(environment: string, { unknownMarks: [first] }: Impact): void {
  if (first === undefined) return;
  throw new FlowError(
    "release_replace",
    `project ${first.project} is not known to use ${first.resource} in ${environment}`,
    { hint: "a preview lists, under `touched`, the resources that would lose their state" },
  );
}

interface Content {
  readonly next: ServedContent;
  readonly blobs: ReadonlyMap<string, Uint8Array>;
  readonly warnings: readonly Problem[];
}

async function contentOf(
  registry: Registry,
  { environment, lists, newest }: Basis,
  plan: ReleasePlan,
  provenance: ReleaseProvenance,
): Promise<Content> {
  const head: ReleaseHead = {
    environment: environment.name,
    number: (newest?.document.number ?? 0) + 1,
    time: registry.now(),
    previous: newest?.digest ?? null,
    definition: environment.digest,
    lists,
    rules: environment.definition.rules,
    provenance,
  };
  if (plan.contentOf !== undefined) return sameContent(head, plan.contentOf);
  const { entries } = plan;
  const packages = await readPackages(
    registry,
    entries.map(({ digest }) => digest),
  );
  const { document, targets, blobs, warnings } = buildRelease({ ...head, entries, packages });
  const provisioners = {
    compose: targets.compose.provisioners.map(({ provisioner }) => provisioner),
    k8s: targets.k8s.provisioners.map(({ provisioner }) => provisioner),
  };
  return { next: { document, provisioners }, blobs, warnings };
}

/** The content of an earlier release, byte for byte, under the rules of today. */
async function sameContent(head: ReleaseHead, release: ReleaseContent): Promise<Content> {
  const { document, provisioners } = await servedContent(release);
  const { definition, lists = {} } = document;
  const content = { ...head, definition, lists: new Map(Object.entries(lists)) };
  return {
    next: { document: describeRelease(content, document), provisioners },
    blobs: new Map(),
    warnings: [],
  };
}

/** What is said against the versions of `entries`: version_yanked, version_deprecated. */
export async function noticesOf(
  registry: Registry,
  entries: readonly ResolvedEntry[],
): Promise<Problem[]> {
  const notices = await readNotices(
    registry.db,
    entries.map(({ digest }) => digest),
  );
  const versions = new Map(entries.map((entry) => [entry.digest, entry]));
  return [...versions.values()].flatMap(({ recipe, version, digest }) =>
    noticeWarnings({ name: recipe, version }, notices.get(digest)),
  );
}
