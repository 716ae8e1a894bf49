/** What of the recipes a caller may see: those of private namespaces are not there for others. */
import { compareVersions } from "../core/recipe/version.js";
import { grantedNames } from "../core/trust/grants.js";
import { findNamespace } from "../store/namespaces.js";
import { findVersion, type VersionRow } from "../store/recipes.js";
import { listStanding, type RecipeSearch, type StandingVersion } from "../store/search.js";
import { type Caller, may } from "./caller.js";
import { FlowError } from "./error.js";
import { untilChanged } from "./freshness.js";
import { mayPublish } from "./namespace.js";
import type { Registry } from "./registry.js";
import { unknownVersion } from "./version-content.js";

/**
 * The row of a version.
 * @throws {FlowError} version_unknown, also where the caller may not see it
 */
export async function visibleVersion(
  registry: Registry,
  caller: Caller,
  recipe: string,
  version: string,
): Promise<VersionRow> {
  const isVisible = await sees(registry, caller, recipe);
  const row = isVisible ? await findVersion(registry.db, recipe, version) : undefined;
  if (row === undefined) throw unknownVersion(recipe, version);
  return row;
}

/**
 * All versions of a recipe, highest first.
 * @throws {FlowError} recipe_unknown, also where the caller may not see it
 */
export async function visibleVersions(
  registry: Registry,
  caller: Caller,
  recipe: string,
): Promise<StandingVersion[]> {
  const isVisible = await sees(registry, caller, recipe);
  const versions = isVisible ? await listStanding(registry.db, recipe) : [];
  if (versions.length > 0) {
    return versions.sort((a, b) => compareVersions(b.version, a.version));
  }
  throw new FlowError("recipe_unknown", `there is no recipe ${recipe}`, {
    hint: "GET /v1/recipes lists them",
  });
}

/** Whether the recipe, or the namespace, if it is there, is shown to the caller. */
export async function sees(registry: Registry, caller: Caller, recipe: string): Promise<boolean> {
  if (may(caller, "auditor")) return true;
  const namespace = await namespaceOf(registry, recipe.split("/", 1)[0] ?? "");
  return (
    namespace?.visibility !== "private" ||
    mayPublish(namespace, caller) ||
    may(caller, "reader", namespace.name)
  );
}

/** As `sees`, for a search: the private namespaces that are shown to the caller; undefined: all. */
export function viewerOf(caller: Caller): RecipeSearch["viewer"] {
  if (may(caller, "auditor")) return undefined;
  const granted = (["publisher", "reader"] as const).map((role) =>
    grantedNames(caller.grants, role),
  );
  if (granted.includes("all")) return undefined;
  return { actor: caller.actor, namespaces: granted.flat() };
}

/**
 * Whether uses of a project in an environment are shown to the caller; "" stands for renders without
 * a project. Who releases there decides what becomes of them.
 */
export function seesUses(caller: Caller, environment: string, project: string): boolean {
  return (
    may(caller, "auditor") ||
    may(caller, "releaser", environment) ||
    may(caller, "approver", environment) ||
    (project === ""
      ? grantedNames(caller.grants, "renderer") === "all"
      : may(caller, "renderer", project))
  );
}

const namespaceOf = untilChanged((registry, name) => findNamespace(registry.db, name));
