/** The steps of install, uninstall and update, each from a command line to what changed. */
import type { BackbarClient } from "../../client/client.js";
import { listVersions } from "../../client/versions.js";
import { compareVersions } from "../../core/recipe/version.js";
import type { Target } from "../../core/score/project-state.js";
import { CliError } from "../frame/error.js";
import type { Session } from "../frame/session.js";
import type { ServerFlags } from "../frame/settings.js";
import { UsageError } from "../frame/usage.js";
import { type Ask, latestVersion, parseAsk, parseAsks, resolveAsks } from "./ask.js";
import { fetchRecipes } from "./fetch.js";
import { inOrder, LOCK_NAME, type LockedRecipe, type LockFile } from "./lock-file.js";
import {
  changeRecipes,
  chooseRecipes,
  connect,
  lockOf,
  openLockedProject,
  openProject,
  type ProjectChange,
} from "./project.js";
import { combineFiles, isInPlace, lockFiles, writeProject } from "./project-files.js";

/**
 * Adds recipes to the project, or gives those that it has another range. They come after those that
 * are there, which match first.
 * @throws {RecipeError} recipe_name, recipe_range, recipe_unresolved, and what `changeRecipes` throws
 */
export async function addRecipes(
  session: Session,
  flags: ServerFlags,
  texts: readonly string[],
  targets: readonly Target[],
): Promise<ProjectChange> {
  const asks = parseAsks(texts);
  const project = await openProject(session, flags);
  const registry = await connect(project);
  const lock = await lockOf(project, registry);
  const resolved = new Map(
    (await resolveAsks(registry.client, asks, lock.recipes)).map((one) => [one.recipe, one]),
  );
  const kept = lock.recipes.map((one) => resolved.get(one.recipe) ?? one);
  const known = new Set(kept.map(({ recipe }) => recipe));
  const added = [...resolved.values()].filter(({ recipe }) => !known.has(recipe));
  return changeRecipes(project, registry, [...kept, ...added], choose(targets, lock));
}

/**
 * Puts what the lock says into its place. With `frozen` the lock must say exactly what comes out.
 * @throws {CliError} cli_lock_missing, cli_lock, cli_lock_differs
 */
export async function installLock(
  session: Session,
  flags: ServerFlags,
  options: { readonly frozen: boolean; readonly targets: readonly Target[] },
): Promise<ProjectChange> {
  const project = await openLockedProject(session, flags);
  const { folder, found } = project;
  const { lock } = found;
  const targets = choose(options.targets, lock);
  const sameTargets = targets?.join() === lock.targets?.join();
  if (sameTargets && (await isInPlace(folder, lock))) {
    return { lock, recipes: [], written: [], removed: [] };
  }
  const registry = await connect(project);
  if (!options.frozen) return changeRecipes(project, registry, lock.recipes, targets);
  const pinned = new Set(lock.recipes.map(({ digest }) => digest));
  const packages = await fetchRecipes(project.session, registry, lock.recipes, pinned);
  const combined = combineFiles(lock.recipes, packages, lock.targets);
  checkFrozen(lock, { ...lock, files: lockFiles(lock, combined) });
  const written = await writeProject(folder, found, lock, combined, { keepLock: true });
  return { lock, recipes: [], ...written };
}

/** @throws {CliError} cli_lock_missing, cli_lock_recipe where one is not there */
export async function removeRecipes(
  session: Session,
  flags: ServerFlags,
  names: readonly string[],
): Promise<ProjectChange> {
  const project = await openLockedProject(session, flags);
  const { lock } = project.found;
  const gone = new Set(names);
  chooseRecipes(lock, names);
  const kept = lock.recipes.filter(({ recipe }) => !gone.has(recipe));
  return changeRecipes(project, await connect(project), kept, lock.targets);
}

/**
 * Moves recipes, all or those that are named, to the highest versions in their ranges; with `to`
 * one recipe into that range, with `latest` each into that of its highest stable version.
 * @throws {CliError} cli_lock_missing, cli_lock_recipe; {UsageError}
 * @throws {RecipeError} recipe_range, recipe_unresolved, and what `changeRecipes` throws
 */
export async function updateRecipes(
  session: Session,
  flags: ServerFlags,
  names: readonly string[],
  how: { readonly to?: string | undefined; readonly latest: boolean },
): Promise<ProjectChange> {
  if (how.to !== undefined && names.length !== 1) {
    throw new UsageError("--to is the range of one recipe", "backbar update RECIPE --to RANGE");
  }
  const project = await openLockedProject(session, flags);
  const { lock } = project.found;
  const chosen = chooseRecipes(lock, names);
  const registry = await connect(project);
  const asks: Ask[] = [];
  for (const one of chosen) {
    const { recipe, range } = one;
    if (how.to !== undefined) asks.push(parseAsk(`${recipe}@${how.to}`));
    else if (!how.latest) asks.push({ recipe, range });
    else asks.push({ recipe, range: await latestRange(registry.client, one) });
  }
  const resolved = new Map(
    (await resolveAsks(registry.client, asks, lock.recipes)).map((one) => [one.recipe, one]),
  );
  const recipes = lock.recipes.map((one) => resolved.get(one.recipe) ?? one);
  return changeRecipes(project, registry, recipes, lock.targets);
}

/** The range of the highest stable version, where that is none before the one that is locked. */
async function latestRange(client: BackbarClient, locked: LockedRecipe): Promise<string> {
  const latest = latestVersion(await listVersions(client, locked.recipe));
  const isOlder = latest === undefined || compareVersions(latest.version, locked.version) < 0;
  return isOlder ? locked.range : `^${latest.version}`;
}

/** The targets of the command line, else those of the lock. */
function choose(targets: readonly Target[], lock: LockFile): readonly Target[] | undefined {
  return targets.length === 0 ? lock.targets : inOrder(targets);
}

function checkFrozen(lock: LockFile, made: LockFile): void {
  for (const [target, { from, provisioners, recipes, patches }] of made.files) {
    const files = lock.files.get(target);
    const named = ({ name, digest }: { name: string; digest: string }) => `${name} ${digest}`;
    const same =
      files?.provisioners === provisioners &&
      files.recipes === recipes &&
      files.patches.map(named).join() === patches.map(named).join() &&
      files.from === from;
    if (!same) throw differs(target);
  }
  const extra = [...lock.files.keys()].find((target) => !made.files.has(target));
  if (extra !== undefined) throw differs(extra);
}

function differs(target: Target): CliError {
  return new CliError(
    "cli_lock_differs",
    `the recipes of ${LOCK_NAME} come to other files for ${target} than it says`,
    { hint: "backbar install mends it, without --frozen: look at the difference and commit it" },
  );
}
