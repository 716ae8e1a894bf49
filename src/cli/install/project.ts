/** A project that has recipes: its lock, its registry, and what a change of its recipes comes to. */
import { stat } from "node:fs/promises";
import path from "node:path";
import { readVersion } from "../../client/versions.js";
import type { ParsedRecipe } from "../../core/oci/manifest.js";
import { findChangedUris, previousVersionOf } from "../../core/recipe/check-previous.js";
import { provisionerKind } from "../../core/recipe/provisioner.js";
import { STATE_PATH } from "../../core/render/layout.js";
import { TARGETS, type Target } from "../../core/score/project-state.js";
import type { Written } from "../files/write-files.js";
import { CliError } from "../frame/error.js";
import type { Session } from "../frame/session.js";
import { originOf, type ServerFlags } from "../frame/settings.js";
import { fetchRecipes, type Registry } from "./fetch.js";
import {
  emptyLock,
  type FoundLock,
  LOCK_NAME,
  type LockedRecipe,
  type LockFile,
  lockJson,
  readLock,
} from "./lock-file.js";
import { lockedSession } from "./locked-session.js";
import { combineFiles, hasFilesFor, lockFiles, patchPath, writeProject } from "./project-files.js";

export interface Project {
  /** Speaks to the registry of the lock. */
  readonly session: Session;
  /** Absolute. */
  readonly folder: string;
  /** Undefined where the project has none yet. */
  readonly found: FoundLock | undefined;
}

/** What was changed: versions by recipe, and files relative to the project's folder. */
export interface ProjectChange extends Written {
  readonly lock: LockFile;
  readonly recipes: readonly RecipeChange[];
}

interface RecipeChange {
  readonly recipe: string;
  /** Undefined where it was added. */
  readonly before?: LockedRecipe;
  /** Undefined where it was removed. */
  readonly after?: LockedRecipe;
}

/** The project in the folder where the command runs. */
export async function openProject(session: Session, flags: ServerFlags): Promise<Project> {
  const { folder } = session.machine;
  const found = await readLock(folder);
  return { session: await lockedSession(session, flags, found?.lock), folder, found };
}

/** As `openProject`, for what needs a lock. @throws {CliError} cli_lock_missing */
export async function openLockedProject(
  session: Session,
  flags: ServerFlags,
  makes = "backbar install NAMESPACE/NAME",
): Promise<Project & { readonly found: FoundLock }> {
  const project = await openProject(session, flags);
  const { found } = project;
  if (found !== undefined) return { ...project, found };
  throw new CliError("cli_lock_missing", `there is no ${LOCK_NAME} in this folder`, {
    hint: `${makes} makes one; commands that need it run beside it`,
  });
}

/** The registry of a project, checked from its root key down. */
export async function connect({ session }: Project): Promise<Registry> {
  const client = await session.client();
  return { client, trust: await session.trust(client) };
}

/** The lock as it is, or an empty one of the registry that is spoken to. */
export async function lockOf({ session, found }: Project, { trust }: Registry): Promise<LockFile> {
  if (found !== undefined) return found.lock;
  const { server } = await session.settings();
  return emptyLock({ server: originOf(server), root: trust.root.fingerprint });
}

/**
 * The recipes of a lock that are named, or all where none is.
 * @throws {CliError} cli_lock_recipe where one is not there
 */
export function chooseRecipes(lock: LockFile, names: readonly string[]): readonly LockedRecipe[] {
  if (names.length === 0) return lock.recipes;
  return [...new Set(names)].map((name) => {
    const found = lock.recipes.find(({ recipe }) => recipe === name);
    if (found !== undefined) return found;
    const known = lock.recipes.map(({ recipe }) => recipe).join(", ") || "none";
    throw new CliError("cli_lock_recipe", `${LOCK_NAME} has no recipe ${name}`, {
      hint: `it has ${known}`,
    });
  });
}

/**
 * Gives the project exactly `recipes`, for `targets` or for all that they have something for; what
 * that may break is told as warnings.
 * @throws {ClientError} {OciError} {RecipeError} {TrustError} {ServerProblem}, with nothing written
 * @throws {CliError} cli_lock_changed, cli_link, cli_file
 */
export async function changeRecipes(
  project: Project,
  registry: Registry,
  recipes: readonly LockedRecipe[],
  targets: readonly Target[] | undefined,
): Promise<ProjectChange> {
  const { session, folder, found } = project;
  const old = await lockOf(project, registry);
  const pinned = new Set(old.recipes.map(({ digest }) => digest));
  const packages = await fetchRecipes(session, registry, recipes, pinned);
  const combined = combineFiles(recipes, packages, targets);
  const { targets: _before, ...kept } = old;
  const source = { ...(targets === undefined ? {} : { targets }), recipes };
  const lock: LockFile = { ...kept, ...source, files: lockFiles(source, combined) };
  const changes = compareRecipes(old.recipes, recipes);
  await warnOfChanges(project, registry, changes, packages);
  warnOfUseless(session, recipes, packages, targets);
  for (const { warnings } of combined.values()) {
    for (const { message } of warnings) session.screen.warn({ message });
  }
  const written = await writeProject(folder, found, lock, combined);
  for (const target of TARGETS) await warnOfKeptPatches(project, lock, target, written.removed);
  return { lock, recipes: changes, ...written };
}

/** What came, changed and went, in the order of the new list. */
function compareRecipes(
  before: readonly LockedRecipe[],
  after: readonly LockedRecipe[],
): RecipeChange[] {
  const old = new Map(before.map((one) => [one.recipe, one]));
  const now = new Set(after.map(({ recipe }) => recipe));
  const kept = after.flatMap((one): RecipeChange[] => {
    const { recipe, digest, range } = one;
    const known = old.get(recipe);
    if (known === undefined) return [{ recipe, after: one }];
    const same = known.digest === digest && known.range === range;
    return same ? [] : [{ recipe, before: known, after: one }];
  });
  const gone = before.filter(({ recipe }) => !now.has(recipe));
  return [...kept, ...gone.map((one) => ({ recipe: one.recipe, before: one }))];
}

/** Warns of provisioners under another `uri`, and of those that run programs. */
async function warnOfChanges(
  { session }: Project,
  registry: Registry,
  changes: readonly RecipeChange[],
  packages: ReadonlyMap<string, ParsedRecipe>,
): Promise<void> {
  for (const { recipe, before, after } of changes) {
    const now = packages.get(after?.digest ?? "");
    if (now === undefined || before?.digest === after?.digest) continue;
    const next = previousVersionOf(now);
    const runs = [...next.provisioners.values()].flat().map(({ uri }) => uri);
    const program = runs.find((uri) => provisionerKind(uri) === "command");
    if (program !== undefined) {
      session.screen.warn({
        message: `${recipe} ${next.version} has the Score CLIs run a program: ${program}`,
        hint: "backbar render never runs one",
      });
    }
    if (before === undefined) continue;
    // What is said against the old version is no matter any more.
    const { recipe: old } = await readVersion(registry.client, before);
    const compared = {
      ...next,
      metadata: now.metadata,
      locate: () => ({}),
      unread: new Set<Target>(),
    };
    for (const { message } of findChangedUris(previousVersionOf(old), compared)) {
      session.screen.warn({ message: `${recipe} ${next.version}: ${message}` });
    }
  }
}

function warnOfUseless(
  { screen }: Session,
  recipes: readonly LockedRecipe[],
  packages: ReadonlyMap<string, ParsedRecipe>,
  targets: readonly Target[] | undefined,
): void {
  for (const { recipe, version, digest } of recipes) {
    const found = packages.get(digest);
    const useful = targets?.some((target) => found && hasFilesFor(found, target)) ?? true;
    if (useful) continue;
    screen.warn({ message: `${recipe} ${version} has nothing for ${targets?.join(" and ")}` });
  }
}

/** What a render applied stays in the state, until others take its place. */
async function warnOfKeptPatches(
  { session, folder }: Project,
  lock: LockFile,
  target: Target,
  removed: readonly string[],
): Promise<void> {
  const isPatch = (name: string) => path.dirname(name) === path.dirname(patchPath(target, "x.tpl"));
  const others = lock.files.get(target)?.patches.length ?? 0;
  if (others > 0 || !removed.some(isPatch)) return;
  const state = STATE_PATH[target];
  const stats = await stat(path.join(folder, state)).catch(() => undefined);
  if (stats === undefined) return;
  session.screen.warn({
    message: `${state} may keep the patch templates that were removed: renders apply them still`,
    hint: "take them out of its patching_templates",
  });
}

/** What a command says of a change. */
export function showChange({ screen }: Session, change: ProjectChange) {
  const { lock, recipes, written, removed } = change;
  const lines = recipes.map(({ recipe, before, after }) => {
    if (before === undefined) return `added ${recipe} ${after?.version} (${after?.range})`;
    if (after === undefined) return `removed ${recipe} ${before.version}`;
    return before.version === after.version
      ? `${recipe} ${after.version}: ${before.range} -> ${after.range}`
      : `${recipe} ${before.version} -> ${after.version} (${after.range})`;
  });
  if (written.length > 0) lines.push(`wrote ${written.join(", ")}`);
  if (removed.length > 0) lines.push(`removed ${removed.join(", ")}`);
  if (lines.length === 0) lines.push("everything is in place");
  noteOfPatches(screen, lock, written);
  const text = lines.map((line) => `${line}\n`).join("");
  return { json: { changes: recipes, written, removed, lock: lockJson(lock) }, text };
}

/** The Score CLIs find provisioners by themselves; patch templates have to be named. */
function noteOfPatches(
  screen: Session["screen"],
  lock: LockFile,
  written: readonly string[],
): void {
  for (const [target, { patches }] of lock.files) {
    const paths = patches.map(({ name }) => patchPath(target, name));
    if (!paths.some((one) => written.includes(one))) continue;
    const flags = paths.map((one) => ` --patch-templates ${one}`).join("");
    screen.note(
      `backbar render --local --target ${target} applies these patch templates; for score-${target}: score-${target} init${flags}`,
    );
  }
}
