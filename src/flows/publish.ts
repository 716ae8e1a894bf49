/** Publish: a signed version in, a receipt out; or nothing at all. */

import { sha256Digest } from "../core/codec/digest.js";
import {
  type InspectedArtifact,
  inspectManifest,
  type ParsedRecipe,
  soundArtifact,
} from "../core/oci/manifest.js";
import type { Submission } from "../core/oci/submission.js";
import { type CheckedRecipe, type CheckOptions, inspectRecipe } from "../core/recipe/check.js";
import { previousVersionOf } from "../core/recipe/check-previous.js";
import { throwFindings } from "../core/recipe/findings.js";
import { findLookAlikes, parseRecipeName } from "../core/recipe/names.js";
import { previousVersion, shownVersion } from "../core/recipe/version.js";
import { openBundles } from "../core/trust/bundle.js";
import { TrustError } from "../core/trust/error.js";
import { type PublicKey, parsePublicKey } from "../core/trust/keys.js";
import type { Problem } from "../errors.js";
import { type Blob, putBlobs } from "../store/blobs.js";
import type { Db, Tx } from "../store/db.js";
import { lockLogHead } from "../store/log.js";
import { insertVersion, type ProvisionerRow } from "../store/recipes.js";
import { listRecipeNames, listStanding, type StandingVersion } from "../store/search.js";
import type { Caller } from "./caller.js";
import { FlowError } from "./error.js";
import { appendRecord, changeRegistry } from "./log.js";
import { checkMayPublish, type Namespace, readOpenNamespace } from "./namespace.js";
import { type RenderedExamples, renderExamples } from "./publish-examples.js";
import { RecentlyUsed } from "./recently-used.js";
import type { Registry } from "./registry.js";
import { shownAs } from "./shown-version.js";
import { readVersion, rememberVersion } from "./version-content.js";

export interface PublishRequest {
  /** `namespace/name` and version as the request names them. */
  readonly recipe: string;
  readonly version: string;
  readonly submission: Submission;
  readonly caller: Caller;
}

export interface Receipt {
  readonly recipe: string;
  readonly version: string;
  readonly digest: string;
  readonly logIndex: number;
  /** False where this very version was published before. */
  readonly created: boolean;
  /** What was taken, and should be known all the same. */
  readonly warnings: readonly Problem[];
}

interface Signature {
  readonly bundle: string;
  readonly content: Uint8Array;
  readonly keyFingerprint: string;
}

/** What the store knows around the version; another transaction may change it. */
interface Surroundings {
  /** Set where the version is published, with this content. */
  readonly repeated: Receipt | undefined;
  readonly namespace: Namespace;
  readonly previous: StandingVersion | undefined;
  /** Whether it is the version to show of its recipe, once it is published. */
  readonly isShown: boolean;
}

/** Public keys by their PEM. */
const publisherKeys = new RecentlyUsed<PublicKey>(1000);

/**
 * Publishes a version.
 * @throws {OciError | RecipeError | TrustError} where the submission does not hold what it claims
 * @throws {FlowError} namespace_unknown, namespace_owner, namespace_tombstoned, publish_name,
 * publish_conflict, publish_signatures, publish_commands, recipe_look_alike
 */
export async function publish(registry: Registry, request: PublishRequest): Promise<Receipt> {
  const { recipe, version, submission, caller } = request;
  const artifact = inspectManifest(submission.manifest, submission.blobs);
  checkName(request, artifact);
  // Outside the transaction, because checking takes its time and the log's head would be locked.
  const early = await lookAround(registry.db, request, artifact);
  if (early.repeated !== undefined) return early.repeated;
  // What cannot be published in any case is told whoever signed it.
  const signed =
    artifact.problems.length > 0 ? [] : openSignatures(early, request, artifact.digest);
  const checkedEarly = await check(registry, request, artifact, early.previous);
  const examples = await renderExamples(registry, artifact, checkedEarly.sound);
  throwFindings(`${recipe} ${version}`, [...checkedEarly.problems, ...examples.problems]);
  checkCommands(early, checkedEarly);
  const parsed = soundArtifact(artifact);

  const receipt = await changeRegistry(registry, async (tx) => {
    await putBlobs(tx, blobsOf(parsed, submission, examples, signed));
    // The head's lock puts publishers in a row: of two with one version, the second sees the first's.
    const head = await lockLogHead(tx);
    // What the checks stood on may have changed while they ran.
    const now = await lookAround(tx, request, artifact);
    if (now.repeated !== undefined) return now.repeated;
    const same = now.previous?.digest === early.previous?.digest;
    const checked = same
      ? checkedEarly
      : await check(registry, request, artifact, now.previous, tx);
    throwFindings(`${recipe} ${version}`, checked.problems);
    checkCommands(now, checked);
    const unchanged = now.namespace.digest === early.namespace.digest;
    const signatures = unchanged ? signed : openSignatures(now, request, parsed.digest);
    const warnings = [...checked.warnings, ...examples.warnings];
    const details = {
      recipe,
      version,
      digest: parsed.digest,
      signatures: signatures.map(({ bundle }) => bundle),
      ...(submission.force ? { forced: true } : {}),
      ...(checked.commands.length > 0 ? { commands: true } : {}),
    };
    const record = { kind: "publish", actor: caller.actor, details } as const;
    const logIndex = await appendRecord(registry, tx, record, head);
    const row = {
      ...{ recipe, version, digest: parsed.digest, logIndex },
      metadata: parsed.config,
      images: examples.images,
      publishedAt: registry.now(),
      provisioners: provisionerRows(checked),
      signatures: signatures.map(({ bundle, keyFingerprint }) => ({ bundle, keyFingerprint })),
      examples: examples.rows,
    };
    await insertVersion(tx, row, now.isShown ? shownAs(row, row.provisioners) : undefined);
    return { recipe, version, digest: parsed.digest, logIndex, created: true, warnings };
  });
  rememberVersion(registry, parsed);
  return receipt;
}

/** @throws {FlowError} publish_name */
function checkName({ recipe, version }: PublishRequest, { metadata }: InspectedArtifact): void {
  if (metadata === undefined) return;
  if (metadata.name === recipe && metadata.version === version) return;
  throw new FlowError(
    "publish_name",
    `the manifest is of ${metadata.name} ${metadata.version}, not of ${recipe} ${version}`,
  );
}

/**
 * Whether the caller may publish here, and what is published already.
 * @throws {FlowError} namespace_unknown, namespace_owner, namespace_tombstoned, publish_conflict,
 * recipe_look_alike
 */
async function lookAround(
  db: Db | Tx,
  request: PublishRequest,
  artifact: InspectedArtifact,
): Promise<Surroundings> {
  const { recipe, version, caller } = request;
  const namespace = await readOpenNamespace(db, parseRecipeName(recipe).namespace);
  checkMayPublish(namespace, caller);
  const published = await listStanding(db, recipe);
  const known = published.find((row) => row.version === version);
  if (known !== undefined) {
    const receipt = repeated(request, known, artifact.digest);
    return { repeated: receipt, namespace, previous: undefined, isShown: false };
  }
  if (published.length === 0) await checkLookAlikes(db, recipe);
  const before = previousVersion(
    version,
    published.map((row) => row.version),
  );
  return {
    repeated: undefined,
    namespace,
    previous: published.find((row) => row.version === before),
    isShown: shownVersion([...published, { version, yanked: false }])?.version === version,
  };
}

/** @throws {FlowError} publish_conflict */
function repeated(
  { recipe, version }: PublishRequest,
  known: StandingVersion,
  digest: string,
): Receipt {
  const { logIndex } = known;
  if (known.digest === digest) {
    return { recipe, version, digest, logIndex, created: false, warnings: [] };
  }
  throw new FlowError(
    "publish_conflict",
    `${recipe} ${version} is published with other content (${known.digest})`,
    { hint: "a published version never changes: raise the version" },
  );
}

/**
 * Every bundle must be about this very version and by a key of its namespace, and as many keys must
 * have signed as the namespace asks for.
 * @throws {TrustError} bundle_*, key_revoked
 * @throws {FlowError} publish_signatures
 */
function openSignatures(
  { namespace }: Surroundings,
  { recipe, version, submission }: PublishRequest,
  digest: string,
): Signature[] {
  const { publisherKeys: listed, revokedKeys } = namespace;
  const keys = [...listed, ...revokedKeys].map(({ publicKey }) => parseKnownKey(publicKey));
  const opened = openBundles(submission.bundles, keys, { recipe, version, digest });
  for (const { key } of opened) checkNotRevoked(namespace, key);
  const signers = new Set(opened.map(({ key }) => key.fingerprint)).size;
  if (signers < namespace.signatures) {
    const there = signers === 1 ? "1 key" : `${signers} different keys`;
    throw new FlowError(
      "publish_signatures",
      `${recipe} ${version} is signed by ${there}, and ${namespace.name} needs ${namespace.signatures}`,
      { hint: "send a signature of each of as many keys on the namespace's list" },
    );
  }
  return opened.map(({ bundle, key }) => ({
    bundle: sha256Digest(bundle),
    content: bundle,
    keyFingerprint: key.fingerprint,
  }));
}

/** @throws {TrustError} key_revoked */
function checkNotRevoked({ name, revokedKeys }: Namespace, { fingerprint }: PublicKey): void {
  const revoked = revokedKeys.find((one) => one.fingerprint === fingerprint);
  if (revoked === undefined) return;
  const { revokedAt, revokedReason } = revoked;
  const reason = revokedReason === null ? "" : ` (${revokedReason})`;
  throw new TrustError(
    "key_revoked",
    `the key ${fingerprint} may not sign versions of ${name}: it is revoked since ${revokedAt.toISOString()}${reason}`,
    { hint: "sign with a key that is on the namespace's list" },
  );
}

/** Parsing a key takes longer than verifying with it. */
function parseKnownKey(pem: string): PublicKey {
  const known = publisherKeys.get(pem);
  if (known !== undefined) return known;
  const key = parsePublicKey(pem);
  publisherKeys.set(pem, key, 1);
  return key;
}

/**
 * The first version of a recipe gives it its name.
 * @throws {FlowError} recipe_look_alike
 */
async function checkLookAlikes(db: Db | Tx, recipe: string): Promise<void> {
  const own = parseRecipeName(recipe);
  const others = (await listRecipeNames(db, own.namespace)).map(parseRecipeName);
  const names = others.map(({ name }) => name);
  const [like] = findLookAlikes(own.name, names);
  if (like === undefined) return;
  throw new FlowError("recipe_look_alike", `${recipe} looks like ${own.namespace}/${like}`, {
    hint: "choose a name that nobody takes for the other",
  });
}

/** What is wrong with the version by itself, and beside the one before it. */
async function check(
  registry: Registry,
  { submission }: PublishRequest,
  artifact: InspectedArtifact,
  previous: StandingVersion | undefined,
  db: Db | Tx = registry.db,
): Promise<CheckedRecipe> {
  const options: CheckOptions = { force: submission.force };
  if (previous === undefined) return inspectRecipe(artifact, options);
  const recipe = await readVersion(registry, previous.digest, db);
  return inspectRecipe(artifact, { ...options, previous: previousVersionOf(recipe) });
}

/** @throws {FlowError} publish_commands, with every such provisioner in `problems` */
function checkCommands({ namespace }: Surroundings, { commands }: CheckedRecipe): void {
  const [first] = commands;
  if (first === undefined || namespace.commands) return;
  const problems = commands.map((one): Problem => ({ ...one, code: "publish_commands" }));
  throw new FlowError("publish_commands", "the namespace takes no provisioners that run programs", {
    ...(first.place === undefined ? {} : { place: first.place }),
    hint: "write templates instead, or ask an owner to allow commands in the namespace",
    problems,
  });
}

/** Everything that the version names, and what its examples rendered. */
function blobsOf(
  parsed: ParsedRecipe,
  { manifest, blobs }: Submission,
  examples: RenderedExamples,
  signatures: readonly Signature[],
): Blob[] {
  return [
    { digest: parsed.digest, content: manifest },
    ...[...blobs, ...examples.blobs].map(([digest, content]) => ({ digest, content })),
    ...signatures.map(({ bundle, content }) => ({ digest: bundle, content })),
  ];
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
