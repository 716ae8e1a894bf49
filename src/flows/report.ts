/**
 * Report: what a command line rendered by itself with a release's files, into the audit.
 *
 * A report says of each resource which provisioner served it, by `uri`, as the state of the Score
 * CLIs does. It is believed as far as the release bears it out: a record is made where Score's rule
 * over the release's files comes to a provisioner of that `uri`. A render here is seen; a report is
 * somebody's word, and so has a name.
 *
 * Under a project name a report stands for the whole project, as a render does: what it no longer
 * says is no longer used, and releases that would break it are refused. A project whose state is
 * kept here is rendered here: its records are its renders', and a report under its name is refused.
 */
import { findProvisioner } from "../core/recipe/match.js";
import type { RecipeRef } from "../core/recipe/provisioner.js";
import { recipeOfEntry } from "../core/recipe/release-document.js";
import type { Target } from "../core/score/project-state.js";
import { parseResourceUid } from "../core/score/resource-uid.js";
import type { Problem } from "../errors.js";
import type { ProjectKey } from "../store/projects.js";
import { recordUsage, retireUsage, type UsageRow } from "../store/usage.js";
import { type Caller, checkMay, checkNamed } from "./caller.js";
import { changeStore } from "./condition.js";
import { FlowError } from "./error.js";
import { openProject, saveProjectKeptElsewhere } from "./project.js";
import type { Registry } from "./registry.js";
import { loadRelease, type OriginatedProvisioner, type ReleaseContent } from "./release-content.js";

export interface ReportRequest {
  readonly environment: string;
  readonly target: Target;
  /** Undefined: the records stand for no project, as those of a stateless render. */
  readonly project: string | undefined;
  /** Undefined: the current release. */
  readonly release: number | undefined;
  readonly workloads: readonly ReportedWorkload[];
  readonly caller: Caller;
}

export interface ReportedWorkload {
  readonly name: string;
  readonly resources: readonly ReportedResource[];
  /** Digests of those that were applied to it. */
  readonly patchTemplates: readonly string[];
}

interface ReportedResource {
  /** Resource uid `type.class#id`. */
  readonly resource: string;
  /** The `uri` of the provisioner that served it. */
  readonly provisioner: string;
}

export interface ReportAnswer {
  readonly environment: string;
  readonly target: Target;
  readonly release: { readonly number: number; readonly digest: string };
  readonly recorded: readonly RecordedUse[];
  readonly unmatched: readonly UnmatchedUse[];
}

export interface RecordedUse {
  readonly workload: string;
  /** Resource uid, or `patch-template#NAME`. */
  readonly resource: string;
  readonly recipe: RecipeRef;
}

/** What the release does not bear out. */
export interface UnmatchedUse extends Pick<Problem, "message"> {
  readonly code: "report_resource" | "report_provisioner" | "report_passed_over" | "report_patch";
  readonly workload: string;
  /** Resource uid, or the digest of a patch template. */
  readonly resource: string;
  readonly provisioner?: string;
}

/** How often a report starts anew because somebody else changed the project meanwhile. */
const MAX_ATTEMPTS = 8;

/**
 * Records what was used, as far as the release has it.
 * @throws {FlowError} role_missing, environment_unknown, release_none, release_unknown,
 *   release_waiting, report_project, project_busy
 */
export async function report(registry: Registry, request: ReportRequest): Promise<ReportAnswer> {
  const { environment, target } = request;
  checkNamed(request.caller);
  checkMay(request.caller, "renderer", request.project);
  const release = await loadRelease(registry, environment, request.release);
  const found = findUses(request, release, await release.provisioners(target));
  await record(registry, request, release, found.recorded);
  const { number, digest } = release;
  return { environment, target, release: { number, digest }, ...found };
}

interface FoundUses {
  readonly recorded: readonly RecordedUse[];
  readonly unmatched: readonly UnmatchedUse[];
}

function findUses(
  { target, workloads }: ReportRequest,
  release: ReleaseContent,
  provisioners: readonly OriginatedProvisioner[],
): FoundUses {
  // By workload and resource: whoever says something twice has said it once.
  const recorded = new Map<string, RecordedUse>();
  const unmatched = new Map<string, UnmatchedUse>();
  const findResource = resourceFinder(provisioners, `release ${release.number}`, target);
  const findPatch = patchFinder(release, target);
  for (const { name: workload, resources, patchTemplates } of workloads) {
    for (const { resource, provisioner } of resources) {
      const found = findResource(resource, provisioner);
      const key = JSON.stringify([workload, resource]);
      if ("recipe" in found) recorded.set(key, { workload, resource, recipe: found.recipe });
      else unmatched.set(key, { workload, resource, provisioner, ...found });
    }
    for (const digest of patchTemplates) {
      const found = findPatch(digest);
      const key = JSON.stringify([workload, digest]);
      if ("recipe" in found) recorded.set(key, { workload, ...found });
      else unmatched.set(key, { workload, resource: digest, ...found });
    }
  }
  // What is said of a resource twice, once rightly, is recorded.
  for (const key of recorded.keys()) unmatched.delete(key);
  return { recorded: [...recorded.values()], unmatched: [...unmatched.values()] };
}

type Fault = Pick<UnmatchedUse, "code" | "message">;

/** Says by which recipe a resource was served if it was served by a provisioner of that `uri`. */
function resourceFinder(
  provisioners: readonly OriginatedProvisioner[],
  release: string,
  target: Target,
): (resource: string, uri: string) => { readonly recipe: RecipeRef } | Fault {
  const uris = new Set(provisioners.map(({ uri }) => uri));
  const winners = new Map<string, OriginatedProvisioner | undefined>();
  return (resource, uri) => {
    const uid = parseResourceUid(resource);
    if (uid === undefined) {
      return { code: "report_resource", message: "it is no resource uid TYPE.CLASS#ID" };
    }
    if (!uris.has(uri)) {
      const message = `${release} has no provisioner of that uri for ${target}`;
      return { code: "report_provisioner", message };
    }
    if (!winners.has(resource)) {
      winners.set(resource, findProvisioner(provisioners, uid));
    }
    const winner = winners.get(resource);
    if (winner?.uri === uri) return { recipe: winner.recipe };
    const message =
      winner === undefined
        ? `${release} has no provisioner for the resource`
        : `in ${release} the resource is served by ${winner.uri} of ${winner.recipe.name}`;
    return { code: "report_passed_over", message };
  };
}

function patchFinder(
  { document, number }: ReleaseContent,
  target: Target,
): (digest: string) => Pick<RecordedUse, "resource" | "recipe"> | Fault {
  const patches = new Map(document.targets[target].patches.map((one) => [one.digest, one]));
  return (digest) => {
    const patch = patches.get(digest);
    if (patch === undefined) {
      return {
        code: "report_patch",
        message: `release ${number} has no such patch template for ${target}`,
      };
    }
    const recipe = recipeOfEntry(document, patch.entry);
    return { resource: `patch-template#${patch.name}`, recipe };
  };
}

async function record(
  registry: Registry,
  request: ReportRequest,
  release: ReleaseContent,
  uses: readonly RecordedUse[],
): Promise<void> {
  const { project, environment } = request;
  if (project === undefined) {
    const rows = usageRows(request, release, uses, registry.now());
    return changeStore(registry, (tx) => recordUsage(tx, rows));
  }
  const key = { project, environment };
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    if (await recordProject(registry, key, request, release, uses)) return;
  }
  throw new FlowError("project_busy", `project ${project} is changed too often at once`, {
    hint: "try again",
  });
}

/** False where somebody else changed the project meanwhile. */
async function recordProject(
  registry: Registry,
  key: ProjectKey,
  request: ReportRequest,
  release: ReleaseContent,
  uses: readonly RecordedUse[],
): Promise<boolean> {
  const project = await openProject(registry, key);
  if (project.content !== undefined) {
    throw new FlowError(
      "report_project",
      `the state of project ${key.project} in ${key.environment} is kept here: its renders are recorded`,
      { hint: "report it under a project name of its own" },
    );
  }
  const rows = usageRows(request, release, uses, project.nextChange);
  return changeStore(registry, async (tx) => {
    if (!(await saveProjectKeptElsewhere(tx, project, request.target))) return false;
    await recordUsage(tx, rows);
    await retireUsage(tx, key, project.nextChange);
    return true;
  });
}

function usageRows(
  { environment, project = "", caller: { actor } }: ReportRequest,
  { number: release }: ReleaseContent,
  uses: readonly RecordedUse[],
  now: Date,
): UsageRow[] {
  return uses.map(({ workload, resource, recipe: { name: recipe, version, digest } }) => ({
    ...{ environment, project, workload, resource, recipe, version, digest, release, actor },
    ...{ firstUsedAt: now, lastUsedAt: now, renders: 1, current: true },
  }));
}
