/** What a release means for the workloads that are known to use the environment. */

import { findProvisioner } from "../core/recipe/match.js";
import type { Provisioner, RecipeRef } from "../core/recipe/provisioner.js";
import {
  type ReleaseDocument,
  recipeOfEntry,
  type StoredResource,
} from "../core/recipe/release-document.js";
import { TARGETS, type Target } from "../core/score/project-state.js";
import { parseResourceUid } from "../core/score/resource-uid.js";
import type { Problem } from "../errors.js";
import { listUsesInForce, type UseInForce } from "../store/usage.js";
import type { Registry } from "./registry.js";
import { loadRelease, type ReleaseContent } from "./release-content.js";

/** What a release serves, or would serve. */
export interface ServedContent {
  readonly document: ReleaseDocument;
  readonly provisioners: Readonly<Record<Target, readonly Provisioner[]>>;
}

/** What `release` serves, for `findImpact`. */
export async function servedContent({
  document,
  provisioners: read,
}: ReleaseContent): Promise<ServedContent> {
  return { document, provisioners: { compose: await read("compose"), k8s: await read("k8s") } };
}

/** A use that the release changes. */
export interface TouchedUse {
  /** Absent for a render without a project. */
  readonly project?: string;
  readonly workload: string;
  /** Resource uid, or `patch-template#NAME`. */
  readonly resource: string;
  readonly before: RecipeRef;
  /** Absent where nothing serves it any more. */
  readonly after?: RecipeRef;
  /** Whether stored state is lost: another `uri` would serve it. */
  readonly losesState: boolean;
}

export interface Impact {
  readonly touched: readonly TouchedUse[];
  /** entry_in_use, uri_in_use: one for each use that the release would break. */
  readonly conflicts: readonly Problem[];
  /** Marks that fit no stored resource. */
  readonly unknownMarks: readonly StoredResource[];
}

/** Renders without a project count for so long after the last one. */
const STATELESS_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;
const PATCH = "patch-template#";

/** What is looked at, and for whom. */
export interface ImpactView {
  /** Resources that may lose their state. */
  readonly replace: readonly StoredResource[];
  /** Whether uses of the project are shown; "" for renders without a project. */
  readonly sees: (project: string) => boolean;
}

/**
 * Compares what every known use gets with what it would get of `next`. What the current release
 * breaks already, by force or by a mark, is no conflict of the next one. Of uses that are not shown
 * only the conflicts are told, without their names.
 */
export async function findImpact(
  registry: Registry,
  { environment, current }: { readonly environment: string; readonly current?: ReleaseContent },
  next: ServedContent,
  { replace, sees }: ImpactView,
): Promise<Impact> {
  const since = new Date(registry.now().getTime() - STATELESS_DAYS * DAY_MS);
  const uses = await listUsesInForce(registry.db, environment, since);
  const served = await servedBefore(registry, environment, uses);
  const replaced = new Set(replace.map(({ project, resource }) => `${project}/${resource}`));
  const judge = judgeOf(next, served);
  const judgeNow = current && judgeOf(await servedContent(current), served);
  const touched: TouchedUse[] = [];
  const conflicts: Problem[] = [];
  const hidden = new Map<string, Problem>();
  for (const use of uses) {
    const before = { name: use.recipe, version: use.version, digest: use.digest };
    const change = judge(use);
    if (change.after?.digest === use.digest && !change.losesState) continue;
    const { project, workload, resource } = use;
    const isShown = sees(project);
    if (isShown)
      touched.push({
        ...(project === "" ? {} : { project }),
        ...{ workload, resource, before },
        ...(change.after === undefined ? {} : { after: change.after }),
        losesState: change.losesState,
      });
    const isReplaced =
      isShown && replaced.has(`${project}/${resource}`) && change.after !== undefined;
    if (isReplaced) continue;
    if (change.conflict === undefined || change.conflict === judgeNow?.(use).conflict) continue;
    const conflict =
      change.conflict === "uri_in_use" ? uriInUse(use, change.after) : entryInUse(use);
    if (isShown) conflicts.push(conflict);
    else hidden.set(`${conflict.code} ${use.digest}`, hideUse(use, conflict));
  }
  const shown = uses.filter(({ project }) => sees(project));
  const stored = new Set(shown.map(({ project, resource }) => `${project}/${resource}`));
  const unknownMarks = replace.filter((one) => !stored.has(`${one.project}/${one.resource}`));
  return { touched, conflicts: [...conflicts, ...hidden.values()], unknownMarks };
}

/** What becomes of a use. */
interface Change {
  readonly after: RecipeRef | undefined;
  readonly losesState: boolean;
  /** Why the use would break. */
  readonly conflict: "entry_in_use" | "uri_in_use" | undefined;
}

/** Says what becomes of a use with `content`; `served` is what its own release served. */
function judgeOf(
  content: ServedContent,
  served: ReadonlyMap<number, ServedTargets>,
): (use: UseInForce) => Change {
  const kept = new Set(content.document.entries.map(({ recipe }) => recipe));
  const targets = { compose: byType(content, "compose"), k8s: byType(content, "k8s") };
  return (use) => {
    const { after, losesState } = use.resource.startsWith(PATCH)
      ? { after: patchAfter(use, content), losesState: false }
      : resourceAfter(use, served.get(use.release) ?? {}, targets);
    const isGone = after === undefined || !kept.has(use.recipe);
    return {
      after,
      losesState,
      conflict: losesState ? "uri_in_use" : isGone ? "entry_in_use" : undefined,
    };
  };
}

/** Provisioners by their types, in order: uses are many, and each looks for one. */
type ByType = ReadonlyMap<string, readonly Provisioner[]>;
type ServedTargets = Partial<Record<Target, ByType>>;

function byType({ provisioners }: Pick<ServedContent, "provisioners">, target: Target): ByType {
  const types = new Map<string, Provisioner[]>();
  for (const provisioner of provisioners[target]) {
    const known = types.get(provisioner.type);
    if (known === undefined) types.set(provisioner.type, [provisioner]);
    else known.push(provisioner);
  }
  return types;
}

/** What the releases of these uses served, by number. */
async function servedBefore(
  registry: Registry,
  environment: string,
  uses: readonly UseInForce[],
): Promise<Map<number, ServedTargets>> {
  const served = new Map<number, ServedTargets>();
  for (const number of new Set(uses.map(({ release }) => release))) {
    const release = await loadRelease(registry, environment, number);
    const content = await servedContent(release);
    served.set(number, { compose: byType(content, "compose"), k8s: byType(content, "k8s") });
  }
  return served;
}

function patchAfter({ resource, recipe }: UseInForce, { document }: ServedContent) {
  const name = resource.slice(PATCH.length);
  const refs = TARGETS.flatMap((target) =>
    document.targets[target].patches.map((patch) => ({
      ...patch,
      recipe: recipeOfEntry(document, patch.entry),
    })),
  ).filter((patch) => patch.recipe.name === recipe);
  return (refs.find((patch) => patch.name === name) ?? refs[0])?.recipe;
}

function resourceAfter(use: UseInForce, before: ServedTargets, next: Required<ServedTargets>) {
  const uid = parseResourceUid(use.resource);
  for (const target of use.target === null ? TARGETS : [use.target]) {
    const old = uid && findProvisioner(before[target]?.get(uid.type) ?? [], uid);
    // A stored state says its target; without one, the recipe that served tells which it was.
    if (uid === undefined || old === undefined) continue;
    if (use.target === null && recipeDigestOf(old) !== use.digest) continue;
    const found = findProvisioner(next[target].get(uid.type) ?? [], uid);
    const after = found?.recipe;
    const losesState = use.target !== null && found !== undefined && found.uri !== old.uri;
    return { after, losesState };
  }
  return { after: undefined, losesState: false };
}

function recipeDigestOf({ recipe }: Provisioner): string | undefined {
  return recipe?.digest;
}

function entryInUse(use: UseInForce): Problem {
  const message = `${describe(use)} uses ${use.recipe} ${use.version} for ${use.resource}, which the release does not serve`;
  return { code: "entry_in_use", message, place: { workload: use.workload } };
}

function uriInUse(use: UseInForce, after: RecipeRef | undefined): Problem {
  const message = `${describe(use)} has state of ${use.recipe} for ${use.resource}, which ${after?.name} ${after?.version} would serve under another uri: the state would be lost`;
  return { code: "uri_in_use", message, place: { workload: use.workload } };
}

/** The conflict without the names of the use. */
function hideUse({ recipe, version }: UseInForce, { code }: Problem): Problem {
  const message = `projects that are not shown to you use ${recipe} ${version}, and the release breaks that`;
  return { code, message };
}

function describe({ project, workload }: UseInForce): string {
  return project === "" ? `workload ${workload}` : `workload ${workload} of project ${project}`;
}
