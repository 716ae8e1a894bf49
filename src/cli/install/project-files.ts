/**
 * The files that a lock comes to in a project, where the Score CLIs read them:
 *
 *     .score-compose/backbar.provisioners.yaml        likewise .score-k8s/
 *     .score-compose/backbar.recipes.json             what their recipes say of resources
 *     .score-compose/backbar-patches/NAMESPACE-NAME-FILE.tpl
 *
 * The CLIs take every `*.provisioners.yaml` of their folder in order of name, `backbar` before the
 * `zz-default` that they bring. Patch templates they take by name only.
 */
import path from "node:path";
import { sha256Digest } from "../../core/codec/digest.js";
import { type CombinedTarget, combineTarget } from "../../core/recipe/combine.js";
import type { RecipePackage } from "../../core/recipe/package.js";
import { TARGETS, type Target } from "../../core/score/project-state.js";
import { readIfThere } from "../files/read-file.js";
import { draftOf, type Written, writeChanges } from "../files/write-files.js";
import { CliError } from "../frame/error.js";
import { holdInterrupts } from "../frame/interrupt.js";
import {
  type FoundLock,
  formatLock,
  LOCK_NAME,
  type LockedFiles,
  type LockedRecipe,
  type LockFile,
  readLock,
  sourceDigest,
} from "./lock-file.js";
import { formatRecipes } from "./recipes-file.js";

/** What recipes come to, for each target that any of them has something for. */
export type CombinedFiles = ReadonlyMap<
  Target,
  CombinedTarget & {
    /** See `formatRecipes`. */
    readonly recipes: Uint8Array;
  }
>;

const STATE_FOLDER: Readonly<Record<Target, string>> = {
  compose: ".score-compose",
  k8s: ".score-k8s",
};
/** Longest combined file that is looked at. */
const MAX_PROVISIONERS_BYTES = 64 * 1024 * 1024;

/** Relative to the project's folder. */
export function provisionersPath(target: Target): string {
  return path.join(STATE_FOLDER[target], "backbar.provisioners.yaml");
}

/** Relative to the project's folder. */
export function recipesPath(target: Target): string {
  return path.join(STATE_FOLDER[target], "backbar.recipes.json");
}

/** Relative to the project's folder. */
export function patchPath(target: Target, name: string): string {
  return path.join(STATE_FOLDER[target], "backbar-patches", name);
}

/**
 * Combines recipes, in their order, for `targets`; `packages` holds each by its digest.
 * @throws {RecipeError} provisioners_*, release_size
 */
export function combineFiles(
  recipes: readonly LockedRecipe[],
  packages: ReadonlyMap<string, RecipePackage>,
  targets: readonly Target[] = TARGETS,
): CombinedFiles {
  const entries = recipes.map((recipe) => ({ ...recipe, patches: true }));
  const concerned = targets.filter((target) =>
    [...packages.values()].some((recipe) => hasFilesFor(recipe, target)),
  );
  return new Map(
    concerned.map((target) => {
      const combined = combineTarget(target, entries, packages);
      return [target, { ...combined, recipes: formatRecipes(combined, packages) }];
    }),
  );
}

/** Whether a recipe has provisioners or patch templates for `target`. */
export function hasFilesFor({ files }: RecipePackage, target: Target): boolean {
  return files.some(
    ({ role }) => (role.kind === "provisioners" || role.kind === "patch") && role.target === target,
  );
}

/** What a lock says of combined files. */
export function lockFiles(
  lock: Pick<LockFile, "recipes" | "targets">,
  combined: CombinedFiles,
): Map<Target, LockedFiles> {
  const from = sourceDigest(lock, combined.keys());
  return new Map(
    [...combined].map(([target, { digest, recipes, patches }]) => [
      target,
      {
        from,
        provisioners: digest,
        recipes: sha256Digest(recipes),
        patches: patches.map(({ name, digest: patch }) => ({ name, digest: patch })),
      },
    ]),
  );
}

/** Whether every file of `lock` is there, as its digest says, and none that it does not have. */
export async function isInPlace(folder: string, lock: LockFile): Promise<boolean> {
  const from = sourceDigest(lock, lock.files.keys());
  for (const target of TARGETS) {
    const files = lock.files.get(target);
    const provisioners = provisionersPath(target);
    if (!(await hasDigest(folder, provisioners, files?.provisioners))) return false;
    if (!(await hasDigest(folder, recipesPath(target), files?.recipes))) return false;
    if (files === undefined) continue;
    if (files.from !== from) return false;
    for (const { name, digest } of files.patches) {
      if (!(await hasDigest(folder, patchPath(target, name), digest))) return false;
    }
  }
  return lock.recipes.length === 0 || lock.files.size > 0;
}

/** Whether the file `name` in `folder` has this digest; undefined: whether there is none. */
export async function hasDigest(folder: string, name: string, digest: string | undefined) {
  const bytes = await readIfThere(path.join(folder, name), name, MAX_PROVISIONERS_BYTES);
  return (bytes === undefined ? undefined : sha256Digest(bytes)) === digest;
}

/**
 * Writes a lock and its files, and takes away those that `before` had and `lock` has not. The lock
 * comes first: where a crash leaves it with older files, `backbar install` fetches what it says.
 * `keepLock` leaves the bytes of the lock that was found.
 * @throws {CliError} cli_lock_changed where another command changed the lock; cli_link, cli_file
 */
export async function writeProject(
  folder: string,
  before: FoundLock | undefined,
  lock: LockFile,
  combined: CombinedFiles,
  options: { readonly keepLock?: boolean } = {},
): Promise<Written> {
  const at = (name: string) => path.join(folder, name);
  const show = (target: string) => path.relative(folder, target);
  const kept = options.keepLock === true ? before?.bytes : undefined;
  const changes = {
    first: draftOf(at(LOCK_NAME), kept ?? Buffer.from(formatLock(lock))),
    removals: leftFiles(before?.lock, lock).map((name) => ({ target: at(name), directory: false })),
    files: [...combined].flatMap(([target, { content, recipes, patches }]) => [
      ...patches.map((patch) => draftOf(at(patchPath(target, patch.name)), patch.content)),
      draftOf(at(provisionersPath(target)), content),
      draftOf(at(recipesPath(target)), recipes),
    ]),
    check: () => checkUnchanged({ folder, found: before }),
    show,
  };
  const { written, removed } = await holdInterrupts((signal) =>
    writeChanges(folder, changes, signal),
  );
  return { written: written.map(show), removed: removed.map(show) };
}

/** Patch templates that only the old lock has, and all else of targets that it has no files for. */
function leftFiles(before: LockFile | undefined, lock: LockFile): string[] {
  return TARGETS.flatMap((target) => {
    const now = lock.files.get(target);
    const names = new Set(now?.patches.map(({ name }) => name.toLowerCase()));
    const patches = before?.files.get(target)?.patches ?? [];
    const left = patches.filter(({ name }) => !names.has(name.toLowerCase()));
    return [
      ...left.map(({ name }) => patchPath(target, name)),
      ...(now === undefined ? [provisionersPath(target), recipesPath(target)] : []),
    ];
  });
}

/**
 * Of two installs at once the later would lose what the other added.
 * @throws {CliError} cli_lock_changed
 */
export async function checkUnchanged({
  folder,
  found,
}: {
  readonly folder: string;
  readonly found: FoundLock | undefined;
}): Promise<void> {
  const now = await readLock(folder);
  const same =
    now === undefined || found === undefined
      ? now === found
      : Buffer.compare(now.bytes, found.bytes) === 0;
  if (same) return;
  throw new CliError("cli_lock_changed", `another command changed ${LOCK_NAME} meanwhile`, {
    hint: "run the command again",
  });
}
