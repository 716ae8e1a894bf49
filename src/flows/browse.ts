/** Browse: recipes found by what they provide or by text, and all that is known of a version. */
import type { JsonValue } from "../core/codec/canonical-json.js";
import { sha256Digest } from "../core/codec/digest.js";
import { unpackFiles } from "../core/recipe/package.js";
import { provisionerKind } from "../core/recipe/provisioner.js";
import { checkVersion, compareVersions, shownVersion } from "../core/recipe/version.js";
import type { Target } from "../core/score/project-state.js";
import { getBlob, getBlobs } from "../store/blobs.js";
import {
  findVersions,
  listExamples,
  listImages,
  listProvisioners,
  listSignatures,
  type VersionImages,
} from "../store/recipes.js";
import { listProvided, type RecipeSearch, searchRecipes } from "../store/search.js";
import type { Caller } from "./caller.js";
import { type ExampleSummary, summarizeExamples } from "./example.js";
import type { Registry } from "./registry.js";
import { readVersion } from "./version-content.js";
import { summarize, type VersionSummary } from "./version-summary.js";
import { viewerOf, visibleVersion, visibleVersions } from "./visible.js";

export interface SearchQuery extends Omit<RecipeSearch, "words" | "viewer"> {
  /** Words that a recipe's name, title, description or resource types have in them. */
  readonly text?: string;
}

export interface VersionDescription extends VersionSummary {
  readonly metadata: JsonValue;
  readonly manifest: JsonValue;
  readonly provides: {
    readonly target: Target;
    readonly type: string;
    readonly class?: string;
    readonly id?: string;
    readonly uri: string;
  }[];
  /** Whether one of its provisioners runs a program. */
  readonly commands: boolean;
  readonly files: {
    readonly path: string;
    readonly digest: string;
    readonly size: number;
  }[];
  readonly readme?: string;
  /** Images that its examples run and their Score files do not name, by target. */
  readonly images: VersionImages;
  readonly examples: ExampleSummary[];
  readonly signatures: { readonly keyFingerprint: string; readonly bundle: JsonValue }[];
  readonly logIndex: number;
}

/** What search shows of a version. */
export interface FoundRecipe extends VersionSummary {
  /** Resource types that it provides, and for which targets; none of a recipe of patch templates. */
  readonly types: readonly string[];
  readonly targets: readonly string[];
}

/** The version that is shown of each recipe found, in order of name. */
export async function search(
  registry: Registry,
  caller: Caller,
  { text = "", provider, ...query }: SearchQuery,
): Promise<FoundRecipe[]> {
  const words = new Set(text.toLowerCase().split(/\s+/));
  const rows = await searchRecipes(registry.db, {
    ...query,
    ...(provider === undefined ? {} : { provider: provider.toLowerCase() }),
    words: [...words].filter((word) => word !== ""),
    viewer: viewerOf(caller),
  });
  const found = await summarize(registry.db, rows);
  const provided = await listProvided(
    registry.db,
    found.map(({ recipe }) => recipe),
  );
  const [types, targets] = [new Map<string, Set<string>>(), new Map<string, Set<string>>()];
  for (const { recipe, type, target } of provided) {
    types.set(recipe, (types.get(recipe) ?? new Set()).add(type));
    targets.set(recipe, (targets.get(recipe) ?? new Set()).add(target));
  }
  return found.map((summary) => ({
    ...summary,
    types: [...(types.get(summary.recipe) ?? [])],
    targets: [...(targets.get(summary.recipe) ?? [])],
  }));
}

/**
 * Versions of a recipe lower than `after`, highest first.
 * @throws {FlowError} recipe_unknown
 * @throws {RecipeError} recipe_version
 */
export async function readVersions(
  registry: Registry,
  caller: Caller,
  recipe: string,
  page: { readonly after?: string; readonly limit: number },
): Promise<VersionSummary[]> {
  const { after, limit } = page;
  if (after !== undefined) checkVersion(after);
  const versions = (await visibleVersions(registry, caller, recipe))
    .filter(({ version }) => after === undefined || compareVersions(version, after) < 0)
    .slice(0, limit);
  const rows = await findVersions(
    registry.db,
    versions.map(({ digest }) => digest),
  );
  rows.sort((a, b) => compareVersions(b.version, a.version));
  return summarize(registry.db, rows);
}

/** @throws {FlowError} recipe_unknown */
export async function readRecipe(
  registry: Registry,
  caller: Caller,
  recipe: string,
): Promise<VersionDescription> {
  const shown = shownVersion(await visibleVersions(registry, caller, recipe));
  return describeVersion(registry, caller, recipe, shown?.version ?? "");
}

/** @throws {FlowError} version_unknown */
export async function describeVersion(
  registry: Registry,
  caller: Caller,
  recipe: string,
  version: string,
): Promise<VersionDescription> {
  const row = await visibleVersion(registry, caller, recipe, version);
  const [summary] = await summarize(registry.db, [row]);
  if (summary === undefined) throw new TypeError("a row has a summary");
  const manifest = await getBlob(registry.db, row.digest);
  const parsed = await readVersion(registry, row.digest);
  const provides = await listProvisioners(registry.db, recipe, version);
  const signatures = await listSignatures(registry.db, row.digest);
  const bundles = await getBlobs(
    registry.db,
    signatures.map(({ bundle }) => bundle),
  );
  const files = unpackFiles(parsed);
  const readme = files.get("README.md");
  return {
    ...summary,
    metadata: row.metadata,
    manifest: parseJson(manifest),
    provides: provides.map(({ target, type, class: className, id, uri }) => ({
      target: target as Target,
      type,
      ...(className === null ? {} : { class: className }),
      ...(id === null ? {} : { id }),
      uri,
    })),
    commands: provides.some(({ uri }) => provisionerKind(uri) === "command"),
    files: [...files].map(([path, content]) => ({
      path,
      digest: sha256Digest(content),
      size: content.length,
    })),
    ...(readme === undefined ? {} : { readme: new TextDecoder().decode(readme) }),
    images: (await listImages(registry.db, [row.digest])).get(row.digest) ?? {},
    examples: summarizeExamples(parsed, await listExamples(registry.db, row.digest)),
    signatures: signatures.map(({ keyFingerprint, bundle }) => ({
      keyFingerprint,
      bundle: parseJson(bundles.get(bundle) ?? new Uint8Array()),
    })),
    logIndex: row.logIndex,
  };
}

function parseJson(bytes: Uint8Array): JsonValue {
  return JSON.parse(new TextDecoder().decode(bytes)) as JsonValue;
}
