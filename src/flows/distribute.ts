/** Distribute: published content as bytes and descriptions; decides nothing. */
import type { JsonValue } from "../core/codec/canonical-json.js";
import { sha256Digest } from "../core/codec/digest.js";
import { unpackFiles } from "../core/recipe/package.js";
import { compareVersions } from "../core/recipe/version.js";
import type { Target } from "../core/score/project-state.js";
import { getBlob, getBlobs } from "../store/blobs.js";
import {
  findVersions,
  listProvisioners,
  listSignatures,
  listVersionNumbers,
  listVersions,
  type RecipeSearch,
  searchRecipes,
  type VersionRow,
} from "../store/recipes.js";
import { FlowError } from "./error.js";
import type { Registry } from "./registry.js";
import { loadRelease } from "./release-content.js";
import { readVersion, requireVersion } from "./version-content.js";

export interface FileContent {
  readonly content: Uint8Array;
  readonly digest: string;
  readonly mediaType: string;
}

export interface VersionSummary {
  readonly recipe: string;
  readonly version: string;
  readonly digest: string;
  readonly publishedAt: Date;
  readonly title: string | undefined;
  readonly description: string | undefined;
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
  readonly files: {
    readonly path: string;
    readonly digest: string;
    readonly size: number;
  }[];
  readonly signatures: { readonly keyFingerprint: string; readonly bundle: JsonValue }[];
  readonly logIndex: number;
}

/** The highest version of each recipe found, in order of name. */
export async function search(registry: Registry, query: RecipeSearch): Promise<VersionSummary[]> {
  const recipes = await searchRecipes(registry.db, query);
  const highest = (await listVersionNumbers(registry.db, recipes)).map(({ recipe, versions }) => {
    const [version = ""] = versions.sort((a, b) => compareVersions(b, a));
    return { recipe, version };
  });
  return (await findVersions(registry.db, highest)).map(summary);
}

/**
 * Versions of a recipe, highest first.
 * @throws {FlowError} recipe_unknown
 */
export async function readVersions(registry: Registry, recipe: string): Promise<VersionSummary[]> {
  const rows = (await listVersions(registry.db, [recipe])).get(recipe) ?? [];
  if (rows.length === 0)
    throw new FlowError("recipe_unknown", `there is no recipe ${recipe}`, {
      hint: "GET /v1/recipes lists them",
    });
  return rows.sort((a, b) => compareVersions(b.version, a.version)).map(summary);
}

/** @throws {FlowError} recipe_unknown */
export async function readRecipe(registry: Registry, recipe: string): Promise<VersionDescription> {
  const [newest] = await readVersions(registry, recipe);
  return describeVersion(registry, recipe, newest?.version ?? "");
}

/** @throws {FlowError} version_unknown */
export async function describeVersion(
  registry: Registry,
  recipe: string,
  version: string,
): Promise<VersionDescription> {
  const row = await requireVersion(registry, recipe, version);
  const manifest = await getBlob(registry.db, row.digest);
  const parsed = await readVersion(registry, row.digest);
  const provides = await listProvisioners(registry.db, recipe, version);
  const signatures = await listSignatures(registry.db, row.digest);
  const bundles = await getBlobs(
    registry.db,
    signatures.map(({ bundle }) => bundle),
  );
  return {
    ...summary(row),
    metadata: row.metadata,
    manifest: parseJson(manifest),
    provides: provides.map(({ target, type, class: className, id, uri }) => ({
      target: target as Target,
      type,
      ...(className === null ? {} : { class: className }),
      ...(id === null ? {} : { id }),
      uri,
    })),
    files: [...unpackFiles(parsed)].map(([path, content]) => ({
      path,
      digest: sha256Digest(content),
      size: content.length,
    })),
    signatures: signatures.map(({ keyFingerprint, bundle }) => ({
      keyFingerprint,
      bundle: parseJson(bundles.get(bundle) ?? new Uint8Array()),
    })),
    logIndex: row.logIndex,
  };
}

/** @throws {FlowError} version_unknown, version_file_unknown */
export async function readVersionFile(
  registry: Registry,
  recipe: string,
  version: string,
  path: string,
): Promise<FileContent> {
  const row = await requireVersion(registry, recipe, version);
  const content = unpackFiles(await readVersion(registry, row.digest)).get(path);
  if (content === undefined) {
    throw new FlowError("version_file_unknown", `${recipe} ${version} has no file ${path}`);
  }
  return { content, digest: sha256Digest(content), mediaType: mediaTypeOf(path) };
}

/**
 * The combined provisioners file of a release: the exact bytes that the release names.
 * @throws {FlowError} environment_unknown, release_none, release_unknown
 */
export async function readProvisionersFile(
  registry: Registry,
  query: { readonly environment: string; readonly target: Target; readonly release?: number },
): Promise<FileContent> {
  const release = await loadRelease(registry, query.environment, query.release);
  const served = await release.target(query.target);
  return {
    content: new TextEncoder().encode(served.provisioners),
    digest: release.document.targets[query.target].provisioners,
    mediaType: YAML_TYPE,
  };
}

/**
 * One patch template of a release, by the name that the release gives it.
 * @throws {FlowError} environment_unknown, release_none, release_unknown, patch_unknown
 */
export async function readPatchTemplate(
  registry: Registry,
  query: {
    readonly environment: string;
    readonly target: Target;
    readonly release?: number;
    readonly name: string;
  },
): Promise<FileContent> {
  const release = await loadRelease(registry, query.environment, query.release);
  const { patchTemplates } = await release.target(query.target);
  const patch = patchTemplates.find(({ name }) => name === query.name);
  if (patch === undefined) {
    const known = patchTemplates.map(({ name }) => name).join(", ") || "none";
    throw new FlowError(
      "patch_unknown",
      `the release has no patch template ${query.name} for ${query.target}`,
      { hint: `it has ${known}` },
    );
  }
  const content = new TextEncoder().encode(patch.text);
  return { content, digest: sha256Digest(content), mediaType: TEXT_TYPE };
}

const YAML_TYPE = "application/yaml; charset=utf-8";
const TEXT_TYPE = "text/plain; charset=utf-8";

/** What recipes hold is text; it is never served as anything that a browser would run. */
function mediaTypeOf(path: string): string {
  return path.endsWith(".yaml") ? YAML_TYPE : TEXT_TYPE;
}

function summary(row: VersionRow): VersionSummary {
  const metadata = row.metadata;
  const text = (key: string): string | undefined => {
    if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata))
      return undefined;
    const value = (metadata as Readonly<Record<string, JsonValue>>)[key];
    return typeof value === "string" ? value : undefined;
  };
  const { recipe, version, digest, publishedAt } = row;
  return {
    recipe,
    version,
    digest,
    publishedAt,
    title: text("title"),
    description: text("description"),
  };
}

function parseJson(bytes: Uint8Array): JsonValue {
  return JSON.parse(new TextDecoder().decode(bytes)) as JsonValue;
}
