/** A project's state in an environment: encrypted at rest, exchanged in the CLIs' own format. */

import type { Target } from "../core/score/project-state.js";
import { formatState, parseState } from "../core/score/state.js";
import { NONCE_BYTES, openState, sealState, stateContext } from "../core/trust/sealed-state.js";
import type { Tx } from "../store/db.js";
import { deleteProject, findProject, type ProjectKey, saveProject } from "../store/projects.js";
import { retireWorkloads } from "../store/usage.js";
import { FlowError } from "./error.js";
import type { Registry } from "./registry.js";

export interface Project {
  readonly key: ProjectKey;
  /** 0 where nothing is stored yet. */
  readonly revision: number;
  readonly target: Target | undefined;
  /** State in the CLI's own format. */
  readonly state: string | undefined;
  /** Texts that renders made and that must not leave by errors or findings. */
  readonly secrets: readonly string[];
}

interface StateContent {
  readonly target: Target;
  readonly state: string;
  readonly secrets: readonly string[];
}

/** Reads the project; one that has no state yet has revision 0. */
export async function openProject(registry: Registry, key: ProjectKey): Promise<Project> {
  const row = await findProject(registry.db, key);
  if (row === undefined)
    return { key, revision: 0, target: undefined, state: undefined, secrets: [] };
  const plain = openState(row.sealed, [registry.keys.state], contextOf(key));
  const { state, secrets } = JSON.parse(new TextDecoder().decode(plain)) as StateContent;
  return { key, revision: row.revision, target: row.target as Target, state, secrets };
}

/**
 * Saves new state on the revision that `project` was read at; returns the new revision, or
 * undefined where another writer was first.
 */
export async function saveProjectState(
  registry: Registry,
  tx: Tx,
  project: Project,
  content: StateContent,
): Promise<number | undefined> {
  const revision = project.revision + 1;
  const plain = new TextEncoder().encode(
    JSON.stringify({ state: content.state, secrets: content.secrets }),
  );
  const nonce = registry.randomBytes(NONCE_BYTES);
  const sealed = sealState(plain, registry.keys.state, contextOf(project.key), nonce);
  const row = {
    ...project.key,
    target: content.target,
    revision,
    sealed,
    updatedAt: registry.now(),
  };
  return (await saveProject(tx, row, project.revision)) ? revision : undefined;
}

/**
 * The project's state as the CLIs keep it.
 * @throws {FlowError} project_unknown
 */
export async function readProjectState(
  registry: Registry,
  key: ProjectKey,
): Promise<{ readonly state: string; readonly revision: number; readonly target: Target }> {
  const { state, revision, target } = await openProject(registry, key);
  if (state === undefined || target === undefined) throw unknownProject(key);
  return { state, revision, target };
}

/**
 * Replaces the project's state, with the CLIs' own file. `expected` is the revision it must still
 * have, 0 for none yet; undefined takes whatever is there.
 * @throws {FlowError} project_changed
 * @throws {ScoreError | CodecError} where the text is no state of the target
 */
export async function writeProjectState(
  registry: Registry,
  key: ProjectKey,
  input: { readonly state: string; readonly target: Target; readonly expected: number | undefined },
): Promise<number> {
  const state = formatState(
    parseState(input.state, input.target, { file: "state.yaml" }),
    input.target,
  );
  const project = await openProject(registry, key);
  if (input.expected !== undefined && input.expected !== project.revision) throw changed(key);
  const content = { target: input.target, state, secrets: project.secrets };
  const revision = await registry.db.transaction((tx) =>
    saveProjectState(registry, tx, project, content),
  );
  if (revision === undefined) throw changed(key);
  return revision;
}

/** @throws {FlowError} project_unknown, project_changed */
export async function deleteProjectState(
  registry: Registry,
  key: ProjectKey,
  expected: number | undefined,
): Promise<void> {
  const project = await openProject(registry, key);
  if (project.revision === 0) throw unknownProject(key);
  if (expected !== undefined && expected !== project.revision) throw changed(key);
  await registry.db.transaction(async (tx) => {
    if (!(await deleteProject(tx, key, project.revision))) throw changed(key);
    await retireWorkloads(tx, key, []);
  });
}

/**
 * Takes one workload out of the project; its resources stay in the state, as with the CLIs.
 * @throws {FlowError} project_unknown, workload_unknown, project_changed
 */
export async function removeWorkload(
  registry: Registry,
  key: ProjectKey,
  workload: string,
): Promise<number> {
  const project = await openProject(registry, key);
  if (project.state === undefined || project.target === undefined) throw unknownProject(key);
  const { target } = project;
  const state = parseState(project.state, target, { file: "state.yaml" });
  const workloads = new Map(state.workloads);
  if (!workloads.delete(workload)) {
    throw new FlowError(
      "workload_unknown",
      `project ${key.project} has no workload ${workload} in ${key.environment}`,
    );
  }
  const content = {
    target,
    state: formatState({ ...state, workloads }, target),
    secrets: project.secrets,
  };
  return registry.db.transaction(async (tx) => {
    const revision = await saveProjectState(registry, tx, project, content);
    if (revision === undefined) throw changed(key);
    await retireWorkloads(tx, key, [...workloads.keys()]);
    return revision;
  });
}

function contextOf(key: ProjectKey): Uint8Array {
  return stateContext(key.project, key.environment);
}

function unknownProject(key: ProjectKey): FlowError {
  return new FlowError(
    "project_unknown",
    `project ${key.project} has no state in ${key.environment}`,
  );
}

function changed(key: ProjectKey): FlowError {
  return new FlowError(
    "project_changed",
    `the state of project ${key.project} in ${key.environment} changed meanwhile`,
    {
      hint: "read it again and repeat the change",
    },
  );
}
