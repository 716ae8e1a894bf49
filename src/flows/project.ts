/** A project's state in an environment: encrypted at rest, exchanged in the CLIs' own format. */

import { isDeepStrictEqual } from "node:util";
import { isLocalPath } from "../core/provision/file-path.js";
import type { SourceFiles } from "../core/render/contract.js";
import type { Target } from "../core/score/project-state.js";
import { formatState, parseState } from "../core/score/state.js";
import { NONCE_BYTES, openState, sealState, stateContext } from "../core/trust/sealed-state.js";
import type { Db, Tx } from "../store/db.js";
import {
  findProject,
  type ProjectKey,
  type ProjectRow,
  saveProject,
  saveProjectTouchingUsage,
} from "../store/projects.js";
import { retireWorkloads } from "../store/usage.js";
import { type Caller, checkMay, may } from "./caller.js";
import { changeStore } from "./condition.js";
import { requireEnvironment } from "./environment.js";
import { FlowError } from "./error.js";
import type { Registry } from "./registry.js";

export interface Project {
  readonly key: ProjectKey;
  /** Counts changes, deletion among them; 0 where there was no state ever. */
  readonly revision: number;
  /** Undefined where there is no state. */
  readonly content: ProjectContent | undefined;
  /**
   * The time of the next change: now, and after the last change even where the clocks of several
   * processes differ, so that usage records tell which change was the later one.
   */
  readonly nextChange: Date;
  /** Digest of the usage records that are its current ones; "" where that is not known. */
  readonly usage: string;
}

export interface ProjectContent {
  readonly target: Target;
  /** State in the CLI's own format. */
  readonly state: string;
  /** Texts that renders made and that must not leave by errors or findings. */
  readonly secrets: readonly string[];
  /** What the Score files' folders held where the CLIs would read it from disk again. */
  readonly sourceFiles: SourceFiles;
}

/** Reads the project; one that has no state yet has no content. */
export async function openProject(
  registry: Registry,
  key: ProjectKey,
  db: Db | Tx = registry.db,
): Promise<Project> {
  const row = await findProject(db, key);
  const now = registry.now();
  if (row === undefined)
    return { key, revision: 0, content: undefined, nextChange: now, usage: "" };
  const { revision, target, sealed, updatedAt, usage } = row;
  const nextChange = new Date(Math.max(now.getTime(), updatedAt.getTime() + 1));
  if (sealed.length === 0) return { key, revision, content: undefined, nextChange, usage };
  const plain = openState(sealed, [registry.keys.state], contextOf(key));
  return { key, revision, content: parseContent(plain, target as Target), nextChange, usage };
}

/**
 * Saves content on the revision that `project` was read at, undefined to delete it; returns the
 * new revision, or undefined where another writer was first. `usage` is the digest of the usage
 * records that become its current ones in the same transaction.
 */
export async function saveProjectContent(
  registry: Registry,
  tx: Tx,
  project: Project,
  content: ProjectContent | undefined,
  usage = "",
): Promise<number | undefined> {
  const row = sealedRow(registry, project, content, usage);
  return (await saveProject(tx, row, project.revision)) ? row.revision : undefined;
}

/** As `saveProjectContent`, by a render that used what the project's current usage records say. */
export async function saveProjectUsedAgain(
  registry: Registry,
  project: Project,
  content: ProjectContent,
): Promise<number | undefined> {
  const row =
    project.content !== undefined && isDeepStrictEqual(content, project.content)
      ? nextRow(project, content, project.usage)
      : sealedRow(registry, project, content, project.usage);
  registry.condition.checkWritable();
  const saved = await saveProjectTouchingUsage(registry.db, row, project.revision);
  return saved ? row.revision : undefined;
}

/**
 * Notes that a project without state here is rendered elsewhere for `target`; whoever renders it
 * here at the same time starts anew. False where another writer was first.
 */
export async function saveProjectKeptElsewhere(
  tx: Tx,
  project: Project,
  target: Target,
): Promise<boolean> {
  const row = { ...nextRow(project, undefined, ""), target, sealed: new Uint8Array() };
  return saveProject(tx, row, project.revision);
}

function sealedRow(
  registry: Registry,
  project: Project,
  content: ProjectContent | undefined,
  usage: string,
): ProjectRow {
  const sealed = content === undefined ? new Uint8Array() : seal(registry, project.key, content);
  return { ...nextRow(project, content, usage), sealed };
}

/** Without the state. */
function nextRow(
  project: Project,
  content: ProjectContent | undefined,
  usage: string,
): Omit<ProjectRow, "sealed"> {
  const { key } = project;
  return {
    ...key,
    target: content?.target ?? project.content?.target ?? "",
    revision: project.revision + 1,
    updatedAt: project.nextChange,
    usage,
  };
}

/**
 * The project's state as the CLIs keep it.
 * @throws {FlowError} project_unknown, also where the caller may not see it
 */
export async function readProjectState(
  registry: Registry,
  caller: Caller,
  key: ProjectKey,
): Promise<{ readonly state: string; readonly revision: number; readonly target: Target }> {
  if (!may(caller, "renderer", key.project)) throw unknownProject(key);
  const { revision, content } = await openProject(registry, key);
  if (content === undefined) throw unknownProject(key);
  return { state: content.state, revision, target: content.target };
}

/**
 * Replaces the project's state, with the CLIs' own file. `expected` is the revision it must still
 * have, 0 for none yet; undefined takes whatever is there.
 * @throws {FlowError} role_missing, environment_unknown, project_changed, project_state
 * @throws {ScoreError | CodecError} where the text is no state of the target
 */
export async function writeProjectState(
  registry: Registry,
  caller: Caller,
  key: ProjectKey,
  input: { readonly state: string; readonly target: Target; readonly expected: number | undefined },
): Promise<number> {
  checkMay(caller, "renderer", key.project);
  await requireEnvironment(registry, key.environment);
  if (input.state.trim() === "") {
    throw new FlowError("project_state", "an empty file is no state", {
      hint: "DELETE forgets the state of a project",
    });
  }
  const parsed = parseState(input.state, input.target, { file: "state.yaml" });
  checkMountsDirectory(parsed.mountsDirectory);
  const state = formatState(parsed, input.target);
  const project = await openProject(registry, key);
  checkExpected(project, input.expected);
  const { secrets = [], sourceFiles = new Map() } = project.content ?? {};
  const content = { target: input.target, state, secrets, sourceFiles };
  return changeStore(registry, async (tx) => {
    const revision = await saveProjectContent(registry, tx, project, content);
    if (revision === undefined) throw changed(key);
    await retireWorkloads(tx, key, { kept: [...parsed.workloads.keys()], at: project.nextChange });
    return revision;
  });
}

/** @throws {FlowError} role_missing, project_unknown, project_changed */
export async function deleteProjectState(
  registry: Registry,
  caller: Caller,
  key: ProjectKey,
  expected: number | undefined,
): Promise<void> {
  checkMay(caller, "renderer", key.project);
  const project = await openProject(registry, key);
  if (project.content === undefined) throw unknownProject(key);
  checkExpected(project, expected);
  await changeStore(registry, async (tx) => {
    const revision = await saveProjectContent(registry, tx, project, undefined);
    if (revision === undefined) throw changed(key);
    await retireWorkloads(tx, key, { kept: [], at: project.nextChange });
  });
}

/**
 * Takes one workload out of the project; its resources stay in the state, as with the CLIs.
 * @throws {FlowError} role_missing, project_unknown, workload_unknown, project_changed
 */
export async function removeWorkload(
  registry: Registry,
  caller: Caller,
  key: ProjectKey,
  workload: string,
): Promise<number> {
  checkMay(caller, "renderer", key.project);
  const project = await openProject(registry, key);
  if (project.content === undefined) throw unknownProject(key);
  const { target } = project.content;
  const state = parseState(project.content.state, target, { file: "state.yaml" });
  const workloads = new Map(state.workloads);
  if (!workloads.delete(workload)) {
    throw new FlowError(
      "workload_unknown",
      `project ${key.project} has no workload ${workload} in ${key.environment}`,
    );
  }
  const sourceFiles = new Map(project.content.sourceFiles);
  sourceFiles.delete(workload);
  const content: ProjectContent = {
    ...project.content,
    state: formatState({ ...state, workloads }, target),
    sourceFiles,
  };
  return changeStore(registry, async (tx) => {
    const revision = await saveProjectContent(registry, tx, project, content);
    if (revision === undefined) throw changed(key);
    await retireWorkloads(tx, key, { kept: [...workloads.keys()], at: project.nextChange });
    return revision;
  });
}

/**
 * Drops what a project's state holds of resources, by uid: the next render makes them anew. What is
 * not there stays so.
 * @throws {FlowError} project_changed
 */
export async function dropResources(
  registry: Registry,
  tx: Tx,
  key: ProjectKey,
  uids: readonly string[],
): Promise<void> {
  const project = await openProject(registry, key, tx);
  if (project.content === undefined) return;
  const { target } = project.content;
  const state = parseState(project.content.state, target, { file: "state.yaml" });
  const resources = new Map(state.resources);
  if (uids.filter((uid) => resources.delete(uid)).length === 0) return;
  const content = { ...project.content, state: formatState({ ...state, resources }, target) };
  const revision = await saveProjectContent(registry, tx, project, content);
  if (revision === undefined) throw changed(key);
}

/**
 * Checks that a state keeps its mounts below the folder of the document: whoever unpacks a render
 * trusts its paths.
 * @throws {FlowError} project_state
 */
export function checkMountsDirectory(directory: string | undefined): void {
  if (directory === undefined || isLocalPath(directory)) return;
  throw new FlowError(
    "project_state",
    `the state's mounts_directory ${JSON.stringify(directory)} leads out of the project`,
    { hint: "use a relative path without .., such as .score-compose/mounts" },
  );
}

/** @throws {FlowError} project_changed */
function checkExpected({ key, revision, content }: Project, expected: number | undefined): void {
  if (expected === undefined || expected === revision) return;
  if (expected === 0 && content === undefined) return;
  throw changed(key);
}

interface StoredContent {
  readonly state: string;
  readonly secrets: readonly string[];
  /** By workload, then by path: base64. */
  readonly sourceFiles: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

function seal(registry: Registry, key: ProjectKey, content: ProjectContent): Uint8Array {
  const { state, secrets, sourceFiles } = content;
  const stored: StoredContent = {
    state,
    secrets,
    sourceFiles: Object.fromEntries(
      [...sourceFiles].map(([workload, files]) => [
        workload,
        Object.fromEntries(
          [...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString("base64")]),
        ),
      ]),
    ),
  };
  const plain = new TextEncoder().encode(JSON.stringify(stored));
  return sealState(plain, registry.keys.state, contextOf(key), registry.randomBytes(NONCE_BYTES));
}

function parseContent(plain: Uint8Array, target: Target): ProjectContent {
  const stored = JSON.parse(new TextDecoder().decode(plain)) as StoredContent;
  const sourceFiles = new Map(
    Object.entries(stored.sourceFiles).map(([workload, files]) => [
      workload,
      new Map(
        Object.entries(files).map(([path, base64]) => [
          path,
          new Uint8Array(Buffer.from(base64, "base64")),
        ]),
      ),
    ]),
  );
  return { target, state: stored.state, secrets: stored.secrets, sourceFiles };
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
