/**
 * Versions of recipes as the registry has them, and the verifying way to one: its digest vouches for
 * the manifest, that for every file, and publishers whom the key set names vouch for the digest.
 */
import { sha256Digest } from "../core/codec/digest.js";
import { blobSizes, type ParsedRecipe, parseManifest } from "../core/oci/manifest.js";
import { parseRecipeName, refuseDigest } from "../core/recipe/names.js";
import { refuseWhere, type StrictObject } from "../core/recipe/strict-json.js";
import { checkVersion } from "../core/recipe/version.js";
import type { KeySet } from "../core/trust/key-set.js";
import { verifyVersionSignatures } from "../core/trust/version-signatures.js";
import { readPages, type WithJson } from "./answer.js";
import type { BackbarClient } from "./client.js";
import { ClientError } from "./error.js";
import { inTurns } from "./in-turns.js";
import { type Notices, readNotices } from "./notices.js";
import { pathOf } from "./transport.js";
import { readVersionAnswer, readVersionFile } from "./version-answer.js";

export interface ListedVersion extends Notices {
  readonly recipe: string;
  readonly version: string;
  /** Digest of the manifest. */
  readonly digest: string;
  /** As ISO 8601 has it. */
  readonly publishedAt: string;
  readonly title: string;
}

/** One version by its digest. */
export interface VersionRef {
  /** `namespace/name` */
  readonly recipe: string;
  readonly version: string;
  readonly digest: string;
}

/** A version whose every byte is the one that its digest names. */
export interface VersionContent extends Notices {
  readonly recipe: ParsedRecipe;
  /** RFC 3339, UTC. */
  readonly publishedAt: string;
  /** Sigstore bundles, not opened yet. */
  readonly bundles: readonly Uint8Array[];
}

const MAX_TITLE = 10_000;
const DIGEST = { refuse: refuseDigest };

/**
 * All versions of a recipe, highest first.
 * @throws {RecipeError} recipe_name, namespace_name; {ClientError}; {ServerProblem}
 */
export async function listVersions(
  client: BackbarClient,
  recipe: string,
): Promise<ListedVersion[]> {
  return (await findVersions(client, recipe)).map(({ value }) => value);
}

/** As `listVersions`, with what the registry sent. */
export function findVersions(
  client: BackbarClient,
  recipe: string,
): Promise<WithJson<ListedVersion>[]> {
  const { namespace, name } = parseRecipeName(recipe);
  const path = pathOf("v1", "recipes", namespace, name, "versions");
  return readPages(client.send, { path, member: "versions" }, (item, json) => ({
    value: readListed(item),
    json,
  }));
}

/** A version as lists have it. */
export function readListed(fields: StrictObject): ListedVersion {
  return {
    recipe: fields.text("recipe"),
    version: fields.text("version", { refuse: refuseWhere(checkVersion) }),
    digest: fields.text("digest", DIGEST),
    publishedAt: fields.text("publishedAt"),
    title: fields.optionalText("title", { maxLength: MAX_TITLE }) ?? "",
    ...readNotices(fields),
  };
}

/**
 * The version that `ref` names, with every file of it.
 * @throws {ClientError} client_version where the server gives another one; {OciError} oci_*;
 *   {RecipeError} recipe_*, for what no recipe can have; {ServerProblem}
 */
export async function readVersion(client: BackbarClient, ref: VersionRef): Promise<VersionContent> {
  const { manifest, config, paths, ...said } = await readVersionAnswer(client, ref);
  const actual = sha256Digest(manifest);
  if (actual !== ref.digest) throw otherVersion(ref, `its manifest is ${actual}`);
  const blobs = new Map([[sha256Digest(config) as string, config]]);
  const wanted = [...blobSizes(manifest)].filter(([digest]) => !blobs.has(digest));
  await inTurns(wanted, async ([digest, sizeBytes]) => {
    const file = paths.get(digest);
    if (file === undefined) throw otherVersion(ref, `it lists no file for ${digest}`);
    blobs.set(digest, await readVersionFile(client, ref, file, sizeBytes));
  });
  const recipe = parseManifest(manifest, blobs);
  const { name: own, version } = recipe.metadata;
  if (own !== ref.recipe || version !== ref.version) {
    throw otherVersion(ref, `the manifest is that of ${own} ${version}`);
  }
  return { recipe, ...said };
}

/**
 * Checks that so many different keys as the key set wants signed the version, each of which was on
 * its namespace's list when the registry says that it was published. That time is the registry's
 * word; `verifyEvidence` takes the log's.
 * @throws {TrustError} key_unknown, key_revoked, key_not_yet, bundle_*
 */
export function verifySigners(
  ref: VersionRef,
  { bundles, publishedAt }: Pick<VersionContent, "bundles" | "publishedAt">,
  keySet: KeySet,
): void {
  verifyVersionSignatures(bundles, ref, keySet, publishedAt);
}

function otherVersion({ recipe, version, digest }: VersionRef, reason: string): ClientError {
  return new ClientError(
    "client_version",
    `the server did not give ${recipe} ${version} (${digest}): ${reason}`,
    {
      hint: "nothing was written; unless the digest was changed here, tell the registry's operator",
    },
  );
}
