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
import { loadRelease } from "./release-content.js";

/** What a new release serves. */
export interface NextContent {
  readonly document: ReleaseDocument;
  readonly provisioners: Readonly<Record<Target, readonly Provisioner[]>>;
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

/** Compares what every known use gets with what it would get; `replace` are resources that may lose their state. */
export async function findImpact(
  registry: Registry,
  environment: string,
  next: NextContent,
  replace: readonly StoredResource[],
): Promise<Impact> {
  const since = new Date(registry.now().getTime() - STATELESS_DAYS * DAY_MS);
  const uses = await listUsesInForce(registry.db, environment, since);
  const served = await servedBefore(registry, environment, uses);
  const replaced = new Set(replace.map(({ project, resource }) => `${project}/${resource}`));
  const kept = new Set(next.document.entries.map(({ recipe }) => recipe));
  const touched: TouchedUse[] = [];
  const conflicts: Problem[] = [];
  for (const use of uses) {
    const before = { name: use.recipe, version: use.version, digest: use.digest };
    const change = use.resource.startsWith(PATCH)
      ? { after: patchAfter(use, next), losesState: false }
      : resourceAfter(use, served.get(use.release) ?? {}, next);
    if (change.after?.digest === use.digest && !change.losesState) continue;
    const { project, workload, resource } = use;
    touched.push({
      ...(project === "" ? {} : { project }),
      ...{ workload, resource, before },
      ...(change.after === undefined ? {} : { after: change.after }),
      losesState: change.losesState,
    });
    const isReplaced = replaced.has(`${project}/${resource}`) && change.after !== undefined;
    if (isReplaced) continue;
    if (change.losesState) conflicts.push(uriInUse(use, change.after));
    else if (change.after === undefined || !kept.has(use.recipe)) conflicts.push(entryInUse(use));
  }
  const stored = new Set(uses.map(({ project, resource }) => `${project}/${resource}`));
  const unknownMarks = replace.filter((one) => !stored.has(`${one.project}/${one.resource}`));
  return { touched, conflicts, unknownMarks };
}

type ServedTargets = Partial<Record<Target, readonly Provisioner[]>>;

/** What the releases of these uses served, by number. */
async function servedBefore(
  registry: Registry,
  environment: string,
  uses: readonly UseInForce[],
): Promise<Map<number, ServedTargets>> {
  const served = new Map<number, ServedTargets>();
  for (const number of new Set(uses.map(({ release }) => release))) {
    const release = await loadRelease(registry, environment, number);
    const targets: ServedTargets = {};
    for (const target of release.targets) targets[target] = await release.provisioners(target);
    served.set(number, targets);
  }
  return served;
}

function patchAfter({ resource, recipe }: UseInForce, { document }: NextContent) {
  const name = resource.slice(PATCH.length);
  const refs = TARGETS.flatMap((target) =>
    document.targets[target].patches.map((patch) => ({
      ...patch,
      recipe: recipeOfEntry(document, patch.entry),
    })),
  ).filter((patch) => patch.recipe.name === recipe);
  return (refs.find((patch) => patch.name === name) ?? refs[0])?.recipe;
}

function resourceAfter(use: UseInForce, before: ServedTargets, next: NextContent) {
  const uid = parseResourceUid(use.resource);
  for (const target of use.target === null ? TARGETS : [use.target]) {
    const old = uid && findProvisioner(before[target] ?? [], uid);
    // A stored state says its target; without one, the recipe that served tells which it was.
    if (uid === undefined || old === undefined) continue;
    if (use.target === null && recipeDigestOf(old) !== use.digest) continue;
    const found = findProvisioner(next.provisioners[target], uid);
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

function describe({ project, workload }: UseInForce): string {
  return project === "" ? `workload ${workload}` : `workload ${workload} of project ${project}`;
}
