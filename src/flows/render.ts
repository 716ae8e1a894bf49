/** Render: the release in force and the project's state in; documents, files, new state and usage out. */

import { sha256Digest } from "../core/codec/digest.js";
import type { RecipeRef } from "../core/recipe/provisioner.js";
import type { PatchTemplate, SourceFiles } from "../core/render/contract.js";
import type { WorkloadInput } from "../core/score/load.js";
import { TARGETS, type Target } from "../core/score/project-state.js";
import type { Problem } from "../errors.js";
import type { ProjectKey } from "../store/projects.js";
import { recordUsage, retireUsage, type UsageRow } from "../store/usage.js";
import { type Caller, checkMay } from "./caller.js";
import { changeStore } from "./condition.js";
import { FlowError } from "./error.js";
import { noticesOf, noticeWarnings } from "./notice.js";
import {
  checkMountsDirectory,
  openProject,
  type Project,
  type ProjectContent,
  saveProjectContent,
  saveProjectUsedAgain,
} from "./project.js";
import type { Registry } from "./registry.js";
import { loadRelease, type ReleaseContent } from "./release-content.js";
import type { RenderJob, RenderOutcome, ServedTarget } from "./renderer/job.js";

export interface RenderRequest {
  readonly environment: string;
  /** Undefined: the environment's only one. */
  readonly target: Target | undefined;
  /** Undefined: the current release. */
  readonly release: number | undefined;
  /** Undefined: stateless. */
  readonly project: string | undefined;
  readonly workloads: readonly WorkloadInput[];
  /** Applied after those of the release. */
  readonly patchTemplates: readonly PatchTemplate[];
  /** Stateless renders only: state in the CLI's own format. */
  readonly state: string | undefined;
  readonly namespace: string | undefined;
  readonly generateNamespace: boolean;
  readonly strict: boolean;
  readonly publish: readonly string[];
  /** Stateless renders only: what containers of workloads mount that only the state knows. */
  readonly rememberedSourceFiles: SourceFiles;
  readonly environmentValues: ReadonlyMap<string, string>;
  /** False keeps no usage records of a stateless render. */
  readonly record: boolean;
  /** Refuses, before anything is kept, a render whose document needs files. */
  readonly documentAlone: boolean;
  /** One file for each manifest is asked for; refused for a target that has none. */
  readonly split: boolean;
  /** In which form the answer has the documents. */
  readonly form: RenderJob["form"];
  readonly caller: Caller;
}

export interface RenderAnswer extends RenderOutcome {
  readonly environment: string;
  readonly target: Target;
  readonly release: { readonly number: number; readonly digest: string };
  /** Revision of the project's stored state; undefined for a stateless render. */
  readonly stateRevision: number | undefined;
}

/** How often a render starts anew because another process rendered the project meanwhile. */
const MAX_ATTEMPTS = 8;

/**
 * Renders workloads with the recipes of an environment's release.
 * @throws {FlowError} role_missing, environment_unknown, release_none, release_unknown, render_target,
 *   render_has_files, project_target, project_busy
 * @throws {BackbarError} whatever the render finds wrong with the input
 */
export async function render(registry: Registry, request: RenderRequest): Promise<RenderAnswer> {
  checkMay(request.caller, "renderer", request.project);
  const plan = await planRender(registry, request);
  const { target, job } = plan;
  if (request.project === undefined) {
    const outcome = await registry.renderer.render(job);
    checkOutcome(request, outcome);
    if (request.record) {
      const rows = usageRows(request, plan, outcome, registry.now());
      await changeStore(registry, (tx) => recordUsage(tx, rows));
    }
    return answerOf(registry, plan, outcome, undefined);
  }
  const key = { project: request.project, environment: request.environment };
  return inTurn(registry, key, async () => {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      // A release that dropped stored state was cut meanwhile, or another render was saved.
      const now = attempt === 0 ? plan : await planRender(registry, request);
      const project = await openProject(registry, key);
      checkTarget(project, target);
      const outcome = await registry.renderer.render({ ...now.job, ...rememberedOf(project) });
      checkOutcome(request, outcome);
      const rows = usageRows(request, now, outcome, project.nextChange);
      const revision = await saveRender(registry, project, rows, {
        target,
        state: outcome.stateText,
        secrets: outcome.secrets,
        sourceFiles: outcome.sourceFiles,
      });
      if (revision !== undefined) return answerOf(registry, now, outcome, revision);
    }
    throw new FlowError("project_busy", `project ${key.project} is rendered too often at once`, {
      hint: "try again",
    });
  });
}

/** What a render goes by: the release in force, and the job that it makes of the request. */
interface RenderPlan {
  readonly release: ReleaseContent;
  readonly target: Target;
  readonly served: ServedTarget;
  readonly job: RenderJob;
}

async function planRender(registry: Registry, request: RenderRequest): Promise<RenderPlan> {
  const release = await loadRelease(registry, request.environment, request.release);
  const target = chooseTarget(release, request.target);
  checkSplit(request, target);
  const served = await release.target(target);
  return { release, target, served, job: toJob(request, release, target, served) };
}

async function answerOf(
  registry: Registry,
  { release, target, served }: RenderPlan,
  outcome: RenderOutcome,
  stateRevision: number | undefined,
): Promise<RenderAnswer> {
  const { environment, number, digest } = release;
  return {
    ...outcome,
    warnings: [...outcome.warnings, ...(await usedNotices(registry, served, outcome))],
    environment,
    target,
    release: { number, digest },
    stateRevision,
  };
}

/** The project's new revision, or undefined where another render of it was saved meanwhile. */
async function saveRender(
  registry: Registry,
  project: Project,
  rows: readonly UsageRow[],
  content: ProjectContent,
): Promise<number | undefined> {
  const usage = digestOfUsage(rows);
  if (project.usage === usage) return saveProjectUsedAgain(registry, project, content);
  return changeStore(registry, async (tx) => {
    const revision = await saveProjectContent(registry, tx, project, content, usage);
    if (revision === undefined) return undefined;
    await recordUsage(tx, rows);
    await retireUsage(tx, project.key, project.nextChange);
    return revision;
  });
}

/** Over all that tells the records of one render from those of another, but for the time. */
function digestOfUsage(rows: readonly UsageRow[]): string {
  const keys = rows.map(({ workload, resource, recipe, digest, release, actor }) =>
    JSON.stringify([workload, resource, recipe, digest, release, actor]),
  );
  return sha256Digest(keys.sort().join("\n"));
}

/** The last render of each project that is under way or waits here. */
const turns = new WeakMap<Registry["db"], Map<string, Promise<unknown>>>();

/**
 * Runs renders of one project one after the other. Only saves work that would be thrown away: what
 * keeps the state right, here and across processes, is its revision.
 */
async function inTurn<T>(registry: Registry, key: ProjectKey, work: () => Promise<T>): Promise<T> {
  const waiting = turns.get(registry.db) ?? new Map<string, Promise<unknown>>();
  turns.set(registry.db, waiting);
  const name = `${key.environment}/${key.project}`;
  const turn = (waiting.get(name) ?? Promise.resolve()).then(work, work);
  waiting.set(name, turn);
  try {
    return await turn;
  } finally {
    if (waiting.get(name) === turn) waiting.delete(name);
  }
}

/** @throws {FlowError} render_has_files, project_state */
function checkOutcome(request: RenderRequest, outcome: RenderOutcome): void {
  checkMountsDirectory(outcome.mountsDirectory);
  if (!request.documentAlone) return;
  if (outcome.files.length === 0 && outcome.emptyDirectories.length === 0) return;
  throw new FlowError("render_has_files", "the document mounts files and cannot go alone", {
    hint: "accept application/gzip or application/json",
  });
}

/** @throws {FlowError} render_target */
function chooseTarget(release: ReleaseContent, asked: Target | undefined): Target {
  const [only, ...others] = release.targets;
  if (asked === undefined && only !== undefined && others.length === 0) return only;
  if (asked !== undefined && release.targets.includes(asked)) return asked;
  throw new FlowError(
    "render_target",
    asked === undefined
      ? "which target to render is not said"
      : `the environment has nothing for the target ${asked}`,
    {
      hint: `add ?target= with one of ${(release.targets.length > 0 ? release.targets : TARGETS).join(", ")}`,
    },
  );
}

/** @throws {FlowError} render_target */
function checkSplit({ split }: RenderRequest, target: Target): void {
  if (!split || target === "k8s") return;
  throw new FlowError("render_target", `split is for the target k8s, not for ${target}`, {
    hint: "leave it out: a Compose file is one document",
  });
}

/** @throws {FlowError} project_target */
function checkTarget(project: Project, target: Target): void {
  if (project.content === undefined || project.content.target === target) return;
  throw new FlowError(
    "project_target",
    `project ${project.key.project} has state for ${project.content.target}, not for ${target}`,
    { hint: "use another project name for another target" },
  );
}

/** What a project's stored content adds to a render. */
function rememberedOf({ content }: Project): Partial<RenderJob> {
  if (content === undefined) return {};
  const { state, secrets, sourceFiles } = content;
  return { stateText: state, knownSecrets: secrets, rememberedSourceFiles: sourceFiles };
}

function toJob(
  request: RenderRequest,
  { document }: ReleaseContent,
  target: Target,
  served: ServedTarget,
): RenderJob {
  return {
    target,
    workloads: request.workloads,
    served,
    patchTemplates: request.patchTemplates,
    stateText: request.state,
    composeProject: request.project ?? request.environment,
    namespace: request.namespace,
    generateNamespace: request.generateNamespace,
    strict: request.strict,
    imagesByDigest: document.imagesByDigest === true,
    publish: request.publish,
    environment: request.environmentValues,
    form: request.form,
    knownSecrets: [],
    rememberedSourceFiles: request.rememberedSourceFiles,
  };
}

/** A warning for each notice of a recipe version that the render used. */
async function usedNotices(
  registry: Registry,
  content: ServedTarget,
  { resources, workloads }: RenderOutcome,
): Promise<Problem[]> {
  const patchTemplates = workloads.length === 0 ? [] : content.patchTemplates;
  const used = new Map<string, RecipeRef>();
  for (const { recipe } of [...resources, ...patchTemplates]) {
    if (recipe !== undefined) used.set(recipe.digest, recipe);
  }
  const warnings = [...used].map(async ([digest, recipe]) =>
    noticeWarnings(recipe, await noticesOf(registry, digest)),
  );
  return (await Promise.all(warnings)).flat();
}

/** One record for each workload and resource, and for each workload and patch template of a recipe. */
function usageRows(
  request: RenderRequest,
  { release, served }: RenderPlan,
  outcome: RenderOutcome,
  now: Date,
): UsageRow[] {
  const base = {
    environment: request.environment,
    project: request.project ?? "",
    release: release.number,
    actor: request.caller.actor,
    firstUsedAt: now,
    lastUsedAt: now,
    renders: 1,
    current: true,
  };
  const resources = outcome.resources.flatMap(({ uid, workloads, recipe }) =>
    recipe === undefined ? [] : workloads.map((workload) => ({ workload, resource: uid, recipe })),
  );
  const patches = served.patchTemplates.flatMap(({ name, recipe }) =>
    recipe === undefined
      ? []
      : outcome.workloads.map((workload) => ({
          workload,
          resource: `patch-template#${name}`,
          recipe,
        })),
  );
  return [...resources, ...patches].map(({ workload, resource, recipe }) => ({
    ...base,
    workload,
    resource,
    recipe: recipe.name,
    version: recipe.version,
    digest: recipe.digest,
  }));
}
