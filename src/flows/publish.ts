/** Publish: a signed version in, a receipt out; or nothing at all. */

import { sha256Digest } from "../core/codec/digest.js";
import { type ParsedRecipe, parseManifest } from "../core/oci/manifest.js";
import type { Submission } from "../core/oci/submission.js";
import { type CheckedRecipe, type CheckOptions, checkRecipe } from "../core/recipe/check.js";
import { parseRecipeName } from "../core/recipe/names.js";
import { previousVersion } from "../core/recipe/version.js";
import { openBundle, openBundles } from "../core/trust/bundle.js";
import { parsePublicKey } from "../core/trust/keys.js";
import { putBlobs } from "../store/blobs.js";
import type { Db, Tx } from "../store/db.js";
import { lockLogHead } from "../store/log.js";
import {
  findVersion,
  insertVersion,
  listProvisioners,
  listVersions,
  type ProvisionerRow,
} from "../store/recipes.js";
import { FlowError } from "./error.js";
import { appendRecord, changeRegistry } from "./log.js";
import { readOpenNamespace } from "./namespace.js";
import type { Registry } from "./registry.js";

export interface PublishRequest {
  /** `namespace/name` and version as the request names them. */
  readonly recipe: string;
  readonly version: string;
  readonly submission: Submission;
  readonly actor: string;
}

export interface Receipt {
  readonly recipe: string;
  readonly version: string;
  readonly digest: string;
  readonly logIndex: number;
  /** False where this very version was published before. */
  readonly created: boolean;
}

type Previous = NonNullable<CheckOptions["previous"]>;

interface Signature {
  readonly bundle: string;
  readonly content: Uint8Array;
  readonly keyFingerprint: string;
}

/**
 * Publishes a version.
 * @throws {OciError | RecipeError | TrustError} where the submission does not hold what it claims
 * @throws {FlowError} namespace_unknown, namespace_tombstoned, publish_name, publish_conflict
 */
export async function publish(registry: Registry, request: PublishRequest): Promise<Receipt> {
  const { submission } = request;
  const recipe = parseManifest(submission.manifest, submission.blobs);
  checkName(request, recipe);
  const { name, version } = recipe.metadata;
  const known = await findVersion(registry.db, name, version);
  if (known !== undefined) return repeated(known, recipe.digest);
  const check = (previous: Previous | undefined) =>
    checkRecipe(recipe, {
      ...(previous === undefined ? {} : { previous }),
      force: submission.force,
    });
  // Outside the transaction, because checking takes its time and the log's head would be locked.
  const early = await readPrevious(registry.db, recipe);
  await openSignatures(registry.db, recipe, submission);
  const checkedEarly = check(early);

  return changeRegistry(registry, async (tx) => {
    // The head's lock puts publishers in a row: of two with one version, the second sees the first's.
    await lockLogHead(tx);
    const published = await findVersion(tx, name, version);
    if (published !== undefined) return repeated(published, recipe.digest);
    // What the checks stood on may have changed while they ran.
    const signatures = await openSignatures(tx, recipe, submission);
    const previous = await readPrevious(tx, recipe);
    const checked = previous?.version === early?.version ? checkedEarly : check(previous);
    const details = {
      recipe: name,
      version,
      digest: recipe.digest,
      signatures: signatures.map(({ bundle }) => bundle),
      ...(submission.force ? { forced: true } : {}),
    };
    const logIndex = await appendRecord(registry, tx, {
      kind: "publish",
      actor: request.actor,
      details,
    });
    await putBlobs(tx, [
      { digest: recipe.digest, content: submission.manifest },
      ...[...submission.blobs].map(([digest, content]) => ({ digest, content })),
      ...signatures.map(({ bundle, content }) => ({ digest: bundle, content })),
    ]);
    const row = {
      recipe: name,
      version,
      digest: recipe.digest,
      metadata: recipe.config,
      publishedAt: registry.now(),
      logIndex,
    };
    await insertVersion(tx, row, provisionerRows(checked), signatures);
    return { recipe: name, version, digest: recipe.digest, logIndex, created: true };
  });
}

/** @throws {FlowError} publish_name */
function checkName(request: PublishRequest, { metadata }: ParsedRecipe): void {
  if (metadata.name === request.recipe && metadata.version === request.version) return;
  throw new FlowError(
    "publish_name",
    `the manifest is of ${metadata.name} ${metadata.version}, not of ${request.recipe} ${request.version}`,
  );
}

/**
 * Every bundle must be about this very version and by a key of its namespace; one there must be.
 * @throws {TrustError} bundle_*
 */
async function openSignatures(
  db: Db | Tx,
  recipe: ParsedRecipe,
  submission: Submission,
): Promise<Signature[]> {
  const { name, version } = recipe.metadata;
  const { publisherKeys } = await readOpenNamespace(db, parseRecipeName(name).namespace);
  const keys = publisherKeys.map(({ publicKey }) => parsePublicKey(publicKey));
  const statement = { recipe: name, version, digest: recipe.digest };
  openBundles(submission.bundles, keys, statement);
  return submission.bundles.map((content) => ({
    bundle: sha256Digest(content),
    content,
    keyFingerprint: openBundle(content, keys).key.fingerprint,
  }));
}

/** What the highest lower version provides, where there is one. */
async function readPrevious(db: Db | Tx, recipe: ParsedRecipe): Promise<Previous | undefined> {
  const { name, version } = recipe.metadata;
  const rows = (await listVersions(db, [name])).get(name) ?? [];
  const previous = previousVersion(
    version,
    rows.map((row) => row.version),
  );
  if (previous === undefined) return undefined;
  return { version: previous, provisioners: await listProvisioners(db, name, previous) };
}

/** @throws {FlowError} publish_conflict */
function repeated(
  published: { recipe: string; version: string; digest: string; logIndex: number },
  digest: string,
): Receipt {
  const { recipe, version, logIndex } = published;
  if (published.digest === digest) return { recipe, version, digest, logIndex, created: false };
  throw new FlowError(
    "publish_conflict",
    `${recipe} ${version} is published with other content (${published.digest})`,
    {
      hint: "a published version never changes: raise the version",
    },
  );
}

function provisionerRows({ provisioners }: CheckedRecipe): ProvisionerRow[] {
  return [...provisioners].flatMap(([target, list]) =>
    list.map(({ type, class: className, id, uri }, position) => ({
      target,
      position,
      type,
      class: className ?? null,
      id: id ?? null,
      uri,
    })),
  );
}
