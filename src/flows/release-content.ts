/** What a release serves, read back from the store: immutable, so kept in memory by digest. */

import type { Provisioner, RecipeRef } from "../core/recipe/provisioner.js";
import { parseProvisionersFile } from "../core/recipe/provisioners-file.js";
import {
  parseRelease,
  provisionerOrigins,
  type ReleaseDocument,
  recipeOfEntry,
  servedTargets,
} from "../core/recipe/release-document.js";
import { TARGETS, type Target } from "../core/score/project-state.js";
import { getBlob, getBlobs } from "../store/blobs.js";
import type { Db, Tx } from "../store/db.js";
import {
  findCurrentDigest,
  findEnvironment,
  findPointer,
  findRelease,
  type ReleaseRow,
  readRelease,
} from "../store/environments.js";
import { FlowError } from "./error.js";
import { untilChanged } from "./freshness.js";
import { RecentlyUsed, remember } from "./recently-used.js";
import type { Registry } from "./registry.js";
import type { ServedTarget } from "./renderer/job.js";
import { resourceMetadataOf } from "./version-content.js";

export interface ReleaseContent {
  readonly environment: string;
  readonly number: number;
  readonly digest: string;
  readonly document: ReleaseDocument;
  readonly jws: string;
  readonly createdAt: Date;
  /** Targets that it has anything for. */
  readonly targets: readonly Target[];
  /** The provisioners of a target's file, in order. */
  provisioners(target: Target): Promise<readonly OriginatedProvisioner[]>;
  /** What renders to a target work with. */
  target(name: Target): Promise<ServedTarget>;
}

/** With the version that it came from. */
export type OriginatedProvisioner = Provisioner & { readonly recipe: RecipeRef };

/**
 * The release with this number of an environment, or its current one.
 * @throws {FlowError} environment_unknown, release_none, release_unknown, release_waiting
 */
export async function loadRelease(
  registry: Registry,
  environment: string,
  number?: number,
): Promise<ReleaseContent> {
  return readReleaseContent(registry, await servedDigest(registry, environment, number));
}

/**
 * The digest of the release that `loadRelease` loads.
 * @throws {FlowError} environment_unknown, release_none, release_unknown, release_waiting
 */
export function servedDigest(
  registry: Registry,
  environment: string,
  number?: number,
): Promise<string> {
  return digestOf(registry, `${environment}/${number ?? ""}`);
}

/** By `ENVIRONMENT/NUMBER`, or `ENVIRONMENT/` for the current one. */
const digestOf = untilChanged((registry, key) => {
  const [environment = "", number = ""] = key.split("/");
  return number === ""
    ? currentDigest(registry.db, environment)
    : activeDigest(registry.db, environment, Number(number));
});

/** @throws {FlowError} environment_unknown, release_unknown, release_waiting */
async function activeDigest(db: Db, environment: string, number: number): Promise<string> {
  const row = await requireRelease(db, environment, number);
  if (row.activatedAt !== null) return row.digest;
  const current = (await findPointer(db, environment))?.number ?? 0;
  const hint =
    number > current
      ? `approve it: POST /v1/environments/${environment}/releases/${number}/approvals`
      : `release ${current} became current before it`;
  const message = `release ${number} of ${environment} was not approved: it is not served`;
  throw new FlowError("release_waiting", message, { hint });
}

/** @throws {FlowError} environment_unknown, release_none */
async function currentDigest(db: Db, environment: string): Promise<string> {
  const digest = await findCurrentDigest(db, environment);
  if (digest !== undefined) return digest;
  if ((await findEnvironment(db, environment)) === undefined) {
    throw unknownEnvironment(environment);
  }
  const newest = await findRelease(db, environment);
  throw new FlowError("release_none", `environment ${environment} has no current release yet`, {
    hint:
      newest === undefined
        ? `cut one: POST /v1/environments/${environment}/releases`
        : `release ${newest.number} waits for approval: POST /v1/environments/${environment}/releases/${newest.number}/approvals`,
  });
}

/**
 * The number of the current release as the store has it now, undefined where there is none: for who
 * decides something by it, and must not go by what is remembered.
 */
export async function currentNumber(
  { db }: Registry,
  environment: string,
): Promise<number | undefined> {
  return (await findPointer(db, environment))?.number;
}

/**
 * The row of a release, current or not.
 * @throws {FlowError} environment_unknown, release_unknown
 */
export async function requireRelease(
  db: Db | Tx,
  environment: string,
  number: number,
): Promise<ReleaseRow> {
  const row = await findRelease(db, environment, number);
  if (row !== undefined) return row;
  if ((await findEnvironment(db, environment)) === undefined) throw unknownEnvironment(environment);
  throw new FlowError("release_unknown", `environment ${environment} has no release ${number}`);
}

export function unknownEnvironment(name: string): FlowError {
  return new FlowError("environment_unknown", `there is no environment ${name}`, {
    hint: "GET /v1/environments lists them",
  });
}

const MAX_CACHED_RELEASES = 256;
const caches = new WeakMap<Registry["db"], RecentlyUsed<Promise<ReleaseContent>>>();

/** The release that was signed under this digest, current or not. */
export function readReleaseContent(registry: Registry, digest: string): Promise<ReleaseContent> {
  const cache = caches.get(registry.db) ?? new RecentlyUsed(MAX_CACHED_RELEASES);
  caches.set(registry.db, cache);
  return remember(cache, digest, async () =>
    readContent(registry, await readRelease(registry.db, digest)),
  );
}

function readContent(registry: Registry, row: ReleaseRow): ReleaseContent {
  const document = parseRelease(row.payload);
  const parsed = new RecentlyUsed<Promise<readonly OriginatedProvisioner[]>>(TARGETS.length);
  const served = new RecentlyUsed<Promise<ServedTarget>>(TARGETS.length);
  const provisioners = (name: Target) =>
    remember(parsed, name, () => loadProvisioners(registry, document, name));
  return {
    environment: row.environment,
    number: row.number,
    digest: row.digest,
    document,
    jws: row.jws,
    createdAt: row.createdAt,
    targets: servedTargets(document),
    provisioners,
    target: (name) =>
      remember(served, name, async () => {
        const key = `${row.digest}/${name}`;
        return loadTarget(registry, { document, name, key, parsed: await provisioners(name) });
      }),
  };
}

async function loadProvisioners(
  registry: Registry,
  document: ReleaseDocument,
  name: Target,
): Promise<readonly OriginatedProvisioner[]> {
  const digest = document.targets[name].provisioners;
  const text = new TextDecoder().decode(await getBlob(registry.db, digest));
  const parsed = parseProvisionersFile(text, { file: "provisioners.yaml", target: name });
  const recipes = provisionerOrigins(document, name);
  if (parsed.length !== recipes.length) {
    throw new TypeError(
      `${digest} has ${parsed.length} provisioners, the release ${recipes.length}`,
    );
  }
  return recipes.flatMap((recipe, index) => {
    const provisioner = parsed[index];
    return provisioner === undefined ? [] : [{ ...provisioner, recipe }];
  });
}

interface LoadedTarget {
  readonly document: ReleaseDocument;
  readonly name: Target;
  readonly key: string;
  readonly parsed: readonly OriginatedProvisioner[];
}

async function loadTarget(
  registry: Registry,
  { document, name, key, parsed }: LoadedTarget,
): Promise<ServedTarget> {
  const { provisioners, patches } = document.targets[name];
  const blobs = await getBlobs(registry.db, [provisioners, ...patches.map(({ digest }) => digest)]);
  const read = (digest: string) => new TextDecoder().decode(blobs.get(digest));
  const said = await resourceMetadataOf(
    registry,
    new Set(parsed.map(({ recipe }) => recipe.digest)),
  );
  return {
    key,
    provisioners: read(provisioners),
    origins: parsed.map(({ recipe, type }) => {
      const resource = said.get(recipe.digest)?.get(type);
      return resource === undefined ? { recipe } : { recipe, resource };
    }),
    patchTemplates: patches.map((patch) => ({
      name: patch.name,
      text: read(patch.digest),
      recipe: recipeOfEntry(document, patch.entry),
    })),
  };
}
