/** Published versions, read back from the store: immutable, so kept in memory by digest. */
import { blobDigests, type ParsedRecipe, parseManifest } from "../core/oci/manifest.js";
import type { RecipeMetadata } from "../core/recipe/metadata.js";
import { getBlob, getBlobs } from "../store/blobs.js";
import type { Db, Tx } from "../store/db.js";
import { findVersion, type VersionRow } from "../store/recipes.js";
import { FlowError } from "./error.js";
import type { Registry } from "./registry.js";

const MAX_CACHED_VERSIONS = 512;
const caches = new WeakMap<Registry["db"], Map<string, ParsedRecipe>>();

/**
 * The row of a version.
 * @throws {FlowError} version_unknown
 */
export async function requireVersion(
  registry: Registry,
  recipe: string,
  version: string,
): Promise<VersionRow> {
  const row = await findVersion(registry.db, recipe, version);
  if (row !== undefined) return row;
  throw new FlowError("version_unknown", `there is no version ${version} of ${recipe}`, {
    hint: `GET /v1/recipes/${recipe}/versions lists them`,
  });
}

/**
 * The version whose manifest has this digest, checked against every digest on the way. Inside a
 * transaction, read through it: PGlite has one connection, and waiting for it there never ends.
 */
export async function readVersion(
  registry: Registry,
  digest: string,
  db: Db | Tx = registry.db,
): Promise<ParsedRecipe> {
  const cache = caches.get(registry.db) ?? new Map<string, ParsedRecipe>();
  caches.set(registry.db, cache);
  const known = cache.get(digest);
  if (known !== undefined) return known;
  const manifest = await getBlob(db, digest);
  const parsed = parseManifest(manifest, await getBlobs(db, blobDigests(manifest)));
  cache.set(digest, parsed);
  for (const old of cache.keys()) {
    if (cache.size <= MAX_CACHED_VERSIONS) break;
    cache.delete(old);
  }
  return parsed;
}

/** What the versions say of the resource types that they serve: by version digest, then by type. */
export async function resourceMetadataOf(
  registry: Registry,
  digests: Iterable<string>,
): Promise<Map<string, RecipeMetadata["resources"]>> {
  const found = new Map<string, RecipeMetadata["resources"]>();
  for (const digest of digests) {
    const { metadata } = await readVersion(registry, digest);
    found.set(digest, metadata.resources);
  }
  return found;
}
