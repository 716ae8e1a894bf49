/** Approvals: others than who cut a release agree that it is served. */
import { parseEnvironment, rulesDigest } from "../core/recipe/environment.js";
import { parseRelease, type ReleaseDocument } from "../core/recipe/release-document.js";
import { insertApproval, listApprovals } from "../store/approvals.js";
import type { Db, Tx } from "../store/db.js";
import {
  type EnvironmentRow,
  findPointer,
  lockEnvironment,
  type ReleaseRow,
} from "../store/environments.js";
import { FlowError } from "./error.js";
import { appendRecord, changeRegistry } from "./log.js";
import type { Registry } from "./registry.js";
import { activate, checkYanked } from "./release-commit.js";
import {
  currentNumber,
  loadRelease,
  readReleaseContent,
  requireRelease,
} from "./release-content.js";
import { isForceable, refuseConflicts } from "./release-draft.js";
import { findImpact, servedContent } from "./release-impact.js";

export interface Approval {
  readonly actor: string;
  readonly comment?: string;
  readonly at: Date;
}

export interface ReleaseApprovals {
  /** How many others than who cut the release must approve it. */
  readonly needed: number;
  readonly given: readonly Approval[];
}

export interface ApprovalRequest {
  readonly environment: string;
  readonly number: number;
  readonly actor: string;
  readonly comment: string | undefined;
}

/** Who approved a release, and how many must. */
export async function readApprovals(
  registry: Registry,
  { environment, number, approvals = 0 }: ReleaseDocument,
): Promise<ReleaseApprovals> {
  return { needed: approvals, given: await givenTo(registry.db, environment, number) };
}

/**
 * Approves a release that waits; the last approval that it needs makes it the current one. The same
 * again changes nothing.
 * @throws {FlowError} environment_unknown, release_unknown, release_not_waiting, release_changed, approval_own,
 *   and, where the release can no longer be served, version_yanked, entry_in_use, uri_in_use
 */
export async function approveRelease(
  registry: Registry,
  request: ApprovalRequest,
): Promise<ReleaseApprovals & { readonly current: boolean }> {
  const { environment, number, actor, comment } = request;
  const asked = await requireRelease(registry.db, environment, number);
  await checkWaiting(registry.db, asked);
  await checkStillServable(registry, asked);
  return changeRegistry(registry, async (tx) => {
    const place = await lockEnvironment(tx, environment);
    const row = await requireRelease(tx, environment, number);
    const document = parseRelease(row.payload);
    const needed = document.approvals ?? 0;
    await checkWaiting(tx, row);
    checkRules(document, place);
    if (document.actor === actor) {
      throw new FlowError("approval_own", `${actor} cut release ${number} of ${environment}`, {
        hint: "somebody else approves it",
      });
    }
    const before = await givenTo(tx, environment, number);
    if (before.some((one) => one.actor === actor)) return { needed, given: before, current: false };
    await checkYanked(tx, document);
    const at = registry.now();
    const details = {
      ...{ environment, number, release: row.digest },
      ...(comment === undefined ? {} : { comment }),
    };
    const logIndex = await appendRecord(registry, tx, { kind: "approval", actor, details });
    await insertApproval(tx, {
      ...{ environment, number, actor, at, logIndex },
      comment: comment ?? null,
    });
    const given = await givenTo(tx, environment, number);
    const current = given.length >= needed;
    if (current) await activate(registry, tx, document, row.digest);
    return { needed, given, current };
  });
}

/**
 * Workloads may have begun to use, since the release was cut, what it takes away.
 * @throws {FlowError} entry_in_use, uri_in_use
 */
async function checkStillServable(registry: Registry, row: ReleaseRow): Promise<void> {
  if (row.activatedAt !== null) return;
  const { environment } = row;
  const next = await servedContent(await readReleaseContent(registry, row.digest));
  const { document } = next;
  const number = await currentNumber(registry, environment);
  const place =
    number === undefined
      ? { environment }
      : { environment, current: await loadRelease(registry, environment, number) };
  const { conflicts } = await findImpact(registry, place, next, {
    replace: document.replace ?? [],
    // Whoever may approve a release of the environment is told who would suffer of it.
    sees: () => true,
  });
  const left = document.forced ? conflicts.filter((one) => !isForceable(one)) : conflicts;
  refuseConflicts({ conflicts: left, document });
}

/** @throws {FlowError} release_not_waiting */
async function checkWaiting(
  db: Db | Tx,
  { environment, number, activatedAt }: ReleaseRow,
): Promise<void> {
  const current = (await findPointer(db, environment))?.number ?? 0;
  if (activatedAt === null && number > current) return;
  const reason =
    activatedAt === null
      ? `release ${current} became current before it`
      : "it was approved, or needed no approval";
  throw new FlowError(
    "release_not_waiting",
    `release ${number} of ${environment} does not wait for approval: ${reason}`,
  );
}

/**
 * A release is held against the rules that it was cut under: those of now may want more.
 * @throws {FlowError} release_changed
 */
function checkRules(
  { environment, number, rules }: ReleaseDocument,
  row: EnvironmentRow | undefined,
): void {
  if (row !== undefined && rulesDigest(parseEnvironment(row.definition).rules) === rules) return;
  throw new FlowError(
    "release_changed",
    `the rules of ${environment} were changed since release ${number} was cut`,
    { hint: `cut again: POST /v1/environments/${environment}/releases` },
  );
}

async function givenTo(db: Db | Tx, environment: string, number: number): Promise<Approval[]> {
  return (await listApprovals(db, environment, number)).map(({ actor, comment, at }) => ({
    actor,
    ...(comment === null ? {} : { comment }),
    at,
  }));
}
