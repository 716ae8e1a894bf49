/** Published versions, read back from the store: immutable, so kept in memory by digest. */
import { blobDigests, type ParsedRecipe, parseManifest } from "../core/oci/manifest.js";
import type { RecipeMetadata } from "../core/recipe/metadata.js";
import { getBlobs } from "../store/blobs.js";
import type { Db, Tx } from "../store/db.js";
import { FlowError } from "./error.js";
import { RecentlyUsed } from "./recently-used.js";
import type { Registry } from "./registry.js";

/** What the files of all versions in memory take, and about what the rest of each does. */
const MAX_CACHED_BYTES = 64 * 1024 * 1024;
const VERSION_BYTES = 16 * 1024;
const caches = new WeakMap<Registry["db"], RecentlyUsed<ParsedRecipe>>();

export function unknownVersion(recipe: string, version: string): FlowError {
  return new FlowError("version_unknown", `there is no version ${version} of ${recipe}`, {
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
  const found = (await readPackages(registry, [digest], db)).get(digest);
  if (found === undefined) throw new TypeError(`the version ${digest} was not read`);
  return found;
}

/** Several versions by digest, read together as `readVersion` reads one. */
export async function readPackages(
  registry: Registry,
  digests: Iterable<string>,
  db: Db | Tx = registry.db,
): Promise<Map<string, ParsedRecipe>> {
  const cache = cacheOf(registry);
  const wanted = [...new Set(digests)];
  const found = new Map<string, ParsedRecipe>();
  const missing: string[] = [];
  for (const digest of wanted) {
    const known = cache.get(digest);
    if (known === undefined) missing.push(digest);
    else found.set(digest, known);
  }
  if (missing.length === 0) return found;
  const manifests = await getBlobs(db, missing);
  const blobs = await getBlobs(db, [...manifests.values()].flatMap(blobDigests));
  for (const [digest, manifest] of manifests) {
    const own = new Map(
      blobDigests(manifest).flatMap((blob) => {
        const content = blobs.get(blob);
        return content === undefined ? [] : [[blob, content] as const];
      }),
    );
    const parsed = parseManifest(manifest, own);
    rememberVersion(registry, parsed);
    found.set(digest, parsed);
  }
  return found;
}

/** Keeps a version that is stored, so that it need not be read again. */
export function rememberVersion(registry: Registry, parsed: ParsedRecipe): void {
  cacheOf(registry).set(parsed.digest, parsed, VERSION_BYTES + lengthOf(parsed));
}

function cacheOf({ db }: Registry): RecentlyUsed<ParsedRecipe> {
  const cache = caches.get(db) ?? new RecentlyUsed<ParsedRecipe>(MAX_CACHED_BYTES);
  caches.set(db, cache);
  return cache;
}

function lengthOf({ files }: ParsedRecipe): number {
  return files.reduce((sum, { content }) => sum + content.length, 0);
}

/** What the versions say of the resource types that they serve: by version digest, then by type. */
export async function resourceMetadataOf(
  registry: Registry,
  digests: Iterable<string>,
): Promise<Map<string, RecipeMetadata["resources"]>> {
  const packages = await readPackages(registry, digests);
  return new Map([...packages].map(([digest, { metadata }]) => [digest, metadata.resources]));
}
