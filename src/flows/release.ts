/** Releases: cut from the environment's definition, signed, and pointed to by a short-lived pointer. */

import { type EnvironmentDefinition, parseEnvironment } from "../core/recipe/environment.js";
import type { RecipePackage } from "../core/recipe/package.js";
import {
  type ResolvedEntry,
  resolveEntries,
  type VersionCandidate,
} from "../core/recipe/ranges.js";
import { buildRelease, formatRelease, type Release } from "../core/recipe/release.js";
import {
  type Pointer,
  releaseDigest,
  signPointer,
  signRelease,
} from "../core/trust/release-signature.js";
import type { Problem } from "../errors.js";
import { putBlobs } from "../store/blobs.js";
import type { Db, Tx } from "../store/db.js";
import {
  expiringPointers,
  findRelease,
  insertRelease,
  listReleases,
  lockEnvironment,
  type PointerRow,
  readPointer,
  writePointer,
} from "../store/environments.js";
import { listSigners, listVersions } from "../store/recipes.js";
import { requireEnvironment } from "./environment.js";
import { appendEnvelope, changeRegistry } from "./log.js";
import type { Registry } from "./registry.js";
import { loadRelease, type ReleaseContent, unknownEnvironment } from "./release-content.js";
import { readVersion } from "./version-content.js";

export interface CutResult {
  readonly release: Release["document"];
  /** Digest of the signed document; null for a preview. */
  readonly digest: string | null;
  readonly warnings: readonly Problem[];
}

/**
 * Cuts a release: every entry resolved to an exact version, frozen and signed.
 * @throws {FlowError} environment_unknown
 * @throws {RecipeError} recipe_unresolved, with every entry that found no version
 */
export async function cutRelease(registry: Registry, environment: string): Promise<CutResult> {
  return changeRegistry(registry, async (tx) => {
    const row = await lockEnvironment(tx, environment);
    if (row === undefined) throw unknownEnvironment(environment);
    const release = await build(registry, tx, environment, parseEnvironment(row.definition));
    const jws = await signRelease(release.document, registry.keys.release);
    const digest = releaseDigest(jws);
    const { number } = release.document;
    await putBlobs(
      tx,
      [...release.blobs].map(([blob, content]) => ({ digest: blob, content })),
    );
    const logIndex = await appendEnvelope(tx, "release", new TextEncoder().encode(jws));
    const payload = formatRelease(release.document);
    const createdAt = registry.now();
    await insertRelease(tx, {
      environment,
      number,
      digest,
      payload,
      jws,
      createdAt,
      activatedAt: createdAt,
      logIndex,
    });
    await writePointer(tx, await makePointer(registry, environment, { number, digest }));
    return { release: release.document, digest, warnings: release.warnings };
  });
}

/**
 * What `cutRelease` would do now.
 * @throws {FlowError} environment_unknown
 * @throws {RecipeError} recipe_unresolved
 */
export async function previewRelease(registry: Registry, environment: string): Promise<CutResult> {
  const { definition } = await requireEnvironment(registry, environment);
  const release = await build(registry, registry.db, environment, definition);
  return { release: release.document, digest: null, warnings: release.warnings };
}

/** Releases of an environment below number `before`, newest first. */
export async function readReleases(
  registry: Registry,
  environment: string,
  page: { readonly before?: number; readonly limit: number },
): Promise<{ readonly number: number; readonly digest: string; readonly createdAt: Date }[]> {
  await requireEnvironment(registry, environment);
  return listReleases(registry.db, environment, page);
}

/**
 * The current release and the pointer that says so, both signed.
 * @throws {FlowError} environment_unknown, release_none
 */
export async function readCatalog(
  registry: Registry,
  environment: string,
): Promise<{ readonly pointer: string; readonly release: string }> {
  const release = await loadRelease(registry, environment);
  const stored = await readPointer(registry.db, environment);
  const fresh = stored?.number === release.number && stored.expiresAt > registry.now();
  const pointer = fresh ? stored : await renewPointer(registry, release);
  return { pointer: pointer.jws, release: release.jws };
}

const MINUTE_MS = 60_000;

/** Renews pointers before they expire, until the returned function is called. */
export function keepPointersFresh(registry: Registry): () => void {
  const renew = async () => {
    const soon = new Date(
      registry.now().getTime() + (registry.pointerTtlHours / 2) * 60 * MINUTE_MS,
    );
    for (const { environment } of await expiringPointers(registry.db, soon)) {
      await renewPointer(registry, await loadRelease(registry, environment));
    }
  };
  // A failed round is repeated by the next, and `readCatalog` renews on demand.
  const timer = setInterval(() => void renew().catch(() => {}), MINUTE_MS);
  timer.unref();
  return () => clearInterval(timer);
}

async function build(
  registry: Registry,
  db: Db | Tx,
  environment: string,
  definition: EnvironmentDefinition,
): Promise<Release> {
  const entries = resolveEntries(definition, await candidates(db, definition));
  const newest = await findRelease(db, environment);
  return buildRelease({
    environment,
    number: (newest?.number ?? 0) + 1,
    time: registry.now(),
    previous: newest?.digest ?? null,
    definition,
    entries,
    packages: await packagesOf(registry, db, entries),
  });
}

async function candidates(
  db: Db | Tx,
  definition: EnvironmentDefinition,
): Promise<Map<string, VersionCandidate[]>> {
  const recipes = [...new Set(definition.entries.map(({ recipe }) => recipe))];
  const versions = await listVersions(db, recipes);
  const signers = await listSigners(
    db,
    [...versions.values()].flat().map(({ digest }) => digest),
  );
  return new Map(
    [...versions].map(([recipe, rows]) => [
      recipe,
      rows.map(({ version, digest }) => ({
        version,
        digest,
        yanked: false,
        signers: signers.get(digest) ?? [],
      })),
    ]),
  );
}

async function packagesOf(
  registry: Registry,
  db: Db | Tx,
  entries: readonly ResolvedEntry[],
): Promise<Map<string, RecipePackage>> {
  const packages = new Map<string, RecipePackage>();
  for (const { digest } of entries) packages.set(digest, await readVersion(registry, digest, db));
  return packages;
}

async function renewPointer(registry: Registry, release: ReleaseContent): Promise<PointerRow> {
  const pointer = await makePointer(registry, release.environment, release);
  await registry.db.transaction(async (tx) => {
    await lockEnvironment(tx, release.environment);
    // A cut that came in between has written its own.
    const newest = await findRelease(tx, release.environment);
    if (newest?.number === release.number) await writePointer(tx, pointer);
  });
  return pointer;
}

async function makePointer(
  registry: Registry,
  environment: string,
  release: { readonly number: number; readonly digest: string },
): Promise<PointerRow> {
  const issuedAt = registry.now();
  const expiresAt = new Date(issuedAt.getTime() + registry.pointerTtlHours * 60 * MINUTE_MS);
  const pointer: Pointer = {
    environment,
    number: release.number,
    release: release.digest,
    issued: issuedAt.toISOString(),
    expires: expiresAt.toISOString(),
  };
  const jws = await signPointer(pointer, registry.keys.release);
  return { environment, number: release.number, jws, issuedAt, expiresAt };
}
