/** Compare: what changes from one version of a recipe to another. */
import { diffPackages, type PackageDiff } from "../core/recipe/diff.js";
import { previousVersion } from "../core/recipe/version.js";
import type { Caller } from "./caller.js";
import { FlowError } from "./error.js";
import type { Registry } from "./registry.js";
import { readVersion } from "./version-content.js";
import { visibleVersion, visibleVersions } from "./visible.js";

export interface VersionDiff extends PackageDiff {
  readonly from: { readonly version: string; readonly digest: string };
  readonly to: { readonly version: string; readonly digest: string };
}

/**
 * What changed in a version since another, or since the previous one: the highest lower version.
 * @throws {FlowError} recipe_unknown, version_unknown, version_first
 */
export async function diffVersions(
  registry: Registry,
  caller: Caller,
  { recipe, version, from }: { recipe: string; version: string; from?: string | undefined },
): Promise<VersionDiff> {
  const to = await visibleVersion(registry, caller, recipe, version);
  const before = from ?? (await previousOf(registry, caller, recipe, version));
  const since = await visibleVersion(registry, caller, recipe, before);
  const [old, now] = [
    await readVersion(registry, since.digest),
    await readVersion(registry, to.digest),
  ];
  return {
    from: { version: since.version, digest: since.digest },
    to: { version: to.version, digest: to.digest },
    ...diffPackages(old, now),
  };
}

async function previousOf(
  registry: Registry,
  caller: Caller,
  recipe: string,
  version: string,
): Promise<string> {
  const versions = await visibleVersions(registry, caller, recipe);
  const previous = previousVersion(
    version,
    versions.map((one) => one.version),
  );
  if (previous !== undefined) return previous;
  throw new FlowError("version_first", `${version} is the lowest version of ${recipe}`, {
    hint: "say with from= which version to compare it with",
  });
}
