/** Makes a draft a release: signed, logged, and current at once or when enough others approved it. */
import { formatRelease, type ReleaseDocument } from "../core/recipe/release-document.js";
import { TrustError } from "../core/trust/error.js";
import { openRelease, releaseDigest, signRelease } from "../core/trust/release-signature.js";
import type { Problem } from "../errors.js";
import { putBlobs } from "../store/blobs.js";
import type { Tx } from "../store/db.js";
import { activateRelease, insertRelease } from "../store/environments.js";
import { lockLogHead } from "../store/log.js";
import { listNotices } from "../store/notices.js";
import { FlowError } from "./error.js";
import { appendEnvelope, appendRecord, changeRegistry } from "./log.js";
import { signingKeys } from "./own-keys.js";
import { pointTo } from "./pointer.js";
import { dropResources } from "./project.js";
import type { Registry } from "./registry.js";
import { lockBasis } from "./release-basis.js";
import { type Draft, MAX_LISTED, refuseConflicts } from "./release-draft.js";

export interface CommittedRelease {
  readonly document: ReleaseDocument;
  /** Digest of the signed document. */
  readonly digest: string;
  /** False where the newest release says the same already: nothing was done. */
  readonly created: boolean;
  /** `waiting`: it is served once enough others approved it. */
  readonly status: "current" | "waiting";
  readonly warnings: readonly Problem[];
}

/**
 * Cuts the release of `draft`; of two made at once from the same state, the second is refused.
 * @throws {FlowError} release_changed, version_yanked, and the codes of its conflicts
 */
export async function commitRelease(registry: Registry, draft: Draft): Promise<CommittedRelease> {
  const { basis, warnings } = draft;
  if (draft.unchanged && basis.newest !== undefined && (await holds(registry, basis.newest))) {
    const { document, digest, active } = basis.newest;
    return { document, digest, created: false, status: active ? "current" : "waiting", warnings };
  }
  refuseConflicts(draft);
  return changeRegistry(registry, async (tx) => {
    await lockBasis(tx, basis);
    const { document } = draft;
    const jws = await signRelease(document, registry.keys.release);
    const release = releaseDigest(jws);
    await putBlobs(
      tx,
      [...draft.blobs].map(([digest, content]) => ({ digest, content })),
    );
    await checkYanked(tx, document);
    const logIndex = await appendEnvelope(registry, tx, "release", new TextEncoder().encode(jws));
    await insertRelease(tx, {
      environment: document.environment,
      number: document.number,
      digest: release,
      payload: formatRelease(document),
      jws,
      createdAt: new Date(document.time),
      activatedAt: null,
      logIndex,
    });
    await recordCircumstances(registry, tx, draft, release);
    const waits = (document.approvals ?? 0) > 0;
    if (!waits) await activate(registry, tx, document, release);
    const status = waits ? "waiting" : "current";
    return { document, digest: release, created: true, status, warnings };
  });
}

/** Whether the release's signature is still accepted: its key may be revoked from before it on. */
async function holds(registry: Registry, newest: { readonly jws: string }): Promise<boolean> {
  try {
    await openRelease(newest.jws, await signingKeys(registry, "release"));
    return true;
  } catch (error) {
    if (error instanceof TrustError) return false;
    throw error;
  }
}

/** Makes a release the current one: from then on it is served. */
export async function activate(
  registry: Registry,
  tx: Tx,
  { environment, number, replace = [] }: ReleaseDocument,
  digest: string,
): Promise<void> {
  await activateRelease(tx, environment, number, registry.now());
  await pointTo(registry, tx, { environment, number, digest });
  for (const project of new Set(replace.map((one) => one.project))) {
    const resources = replace.filter((one) => one.project === project);
    await dropResources(
      registry,
      tx,
      { project, environment },
      resources.map(({ resource }) => resource),
    );
  }
}

/**
 * Checks that no version was yanked since it was resolved. The log's head is locked from here on, so
 * that no yank comes in between.
 * @throws {FlowError} version_yanked
 */
export async function checkYanked(tx: Tx, document: ReleaseDocument): Promise<void> {
  await lockLogHead(tx);
  // Whoever forced a rollback knew of it.
  if (document.forced && document.rollback !== undefined) return;
  const notices = await listNotices(
    tx,
    document.entries.map(({ digest }) => digest),
  );
  const [yanked] = notices.filter(({ kind }) => kind === "yanked");
  if (yanked === undefined) return;
  const { recipe, version, reason } = yanked;
  throw new FlowError(
    "version_yanked",
    `${document.environment}: ${recipe} ${version} was yanked meanwhile: ${reason}`,
    { hint: "cut again: the highest version that is not yanked is taken" },
  );
}

/** What the release itself does not say to readers of the log: promotions and overridden refusals. */
async function recordCircumstances(
  registry: Registry,
  tx: Tx,
  { document, forced }: Draft,
  digest: string,
): Promise<void> {
  const { environment, number, actor = "", promotion } = document;
  const release = { environment, number, release: digest };
  if (promotion !== undefined) {
    const details = { ...release, from: { ...promotion } };
    await appendRecord(registry, tx, { kind: "promotion", actor, details });
  }
  if (forced.length > 0) {
    const overridden = forced.slice(0, MAX_LISTED).map(({ code, message }) => ({ code, message }));
    await appendRecord(registry, tx, {
      kind: "forced",
      actor,
      details: { ...release, overridden, overriddenTotal: forced.length },
    });
  }
}
