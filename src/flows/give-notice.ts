/** Yank and deprecate: an owner says why a version should not be used, and what to use instead. */
import { parseRecipeName } from "../core/recipe/names.js";
import type { RecordKind } from "../core/trust/record.js";
import type { Tx } from "../store/db.js";
import { lockLogHead } from "../store/log.js";
import { deleteNotice, listNotices, type NoticeKind, putNotice } from "../store/notices.js";
import { findVersion, type VersionRow } from "../store/recipes.js";
import { listStanding } from "../store/search.js";
import { listServing } from "../store/version-use.js";
import type { Caller } from "./caller.js";
import { FlowError } from "./error.js";
import { appendRecord, changeRegistry } from "./log.js";
import { checkMayPublish, readNamespace } from "./namespace.js";
import type { Registry } from "./registry.js";
import { chooseShownVersion } from "./shown-version.js";
import { summarize, type VersionSummary } from "./version-summary.js";
import { sees, visibleVersion } from "./visible.js";

export interface NoticeChange {
  readonly recipe: string;
  readonly version: string;
  readonly kind: NoticeKind;
  /** Undefined only where the notice is taken back. */
  readonly reason: string | undefined;
  /** `namespace/name` or `namespace/name@version`. */
  readonly successor: string | undefined;
  /** Takes the notice back. */
  readonly undo: boolean;
}

const RECORDS: Readonly<Record<NoticeKind, RecordKind>> = {
  yanked: "yank",
  deprecated: "deprecate",
};

/**
 * Gives a notice in the place of one of its kind, or takes it back; the same again changes nothing.
 * @throws {FlowError} version_unknown, namespace_owner, notice_successor, notice_none
 */
export async function giveNotice(
  registry: Registry,
  caller: Caller,
  change: NoticeChange,
): Promise<VersionSummary> {
  const { recipe, kind, reason, successor, undo } = change;
  const version = await visibleVersion(registry, caller, recipe, change.version);
  if (successor !== undefined) await checkSuccessor(registry, caller, version, successor);
  return changeRegistry(registry, async (tx) => {
    await lockLogHead(tx);
    checkMayPublish(await readNamespace(tx, parseRecipeName(recipe).namespace), caller);
    const known = (await listNotices(tx, [version.digest])).find((one) => one.kind === kind);
    if (undo && known === undefined) throw noticeNone(change);
    const isSame = !undo && known?.reason === reason && known?.successor === (successor ?? null);
    if (!isSame) {
      await record(registry, tx, caller, version, change);
      await chooseShownVersion(tx, recipe);
    }
    const [summary] = await summarize(tx, [version]);
    if (summary === undefined) throw new TypeError("a row has a summary");
    return summary;
  });
}

/**
 * Versions are for ever.
 * @throws {FlowError} version_unknown; version_delete always, with the environments that serve it
 */
export async function refuseDelete(
  registry: Registry,
  caller: Caller,
  recipe: string,
  version: string,
): Promise<never> {
  const { digest } = await visibleVersion(registry, caller, recipe, version);
  const serving = await listServing(registry.db, digest, MAX_SERVING);
  throw new FlowError("version_delete", `${recipe} ${version} stays: versions are never deleted`, {
    hint: `yank it: POST /v1/recipes/${recipe}/versions/${version}/yank`,
    problems: serving.map(({ environment, number }) => ({
      code: "version_delete",
      message: `release ${number}, the current one of the environment ${environment}, serves it`,
      place: { path: environment },
    })),
  });
}

const MAX_SERVING = 500;

async function record(
  registry: Registry,
  tx: Tx,
  { actor }: Caller,
  { recipe, version, digest }: VersionRow,
  { kind, reason, successor, undo }: NoticeChange,
): Promise<void> {
  const logIndex = await appendRecord(registry, tx, {
    kind: RECORDS[kind],
    actor,
    details: {
      recipe,
      version,
      digest,
      ...(reason === undefined ? {} : { reason }),
      ...(successor === undefined ? {} : { successor }),
      ...(undo ? { undo } : {}),
    },
  });
  if (undo || reason === undefined) return deleteNotice(tx, digest, kind);
  const at = registry.now();
  const row = { recipe, version, kind, digest, reason, successor: successor ?? null, actor, at };
  await putNotice(tx, { ...row, logIndex });
}

/** Versions never go, so that what is there now will be. */
async function checkSuccessor(
  registry: Registry,
  caller: Caller,
  of: VersionRow,
  successor: string,
): Promise<void> {
  const [recipe = "", version, ...rest] = successor.split("@");
  const isSame = recipe === of.recipe && (version === undefined || version === of.version);
  const isThere =
    rest.length === 0 &&
    (await sees(registry, caller, recipe)) &&
    (version === undefined
      ? (await listStanding(registry.db, recipe)).length > 0
      : (await findVersion(registry.db, recipe, version)) !== undefined);
  if (isThere && !isSame) return;
  const message = isThere
    ? `${successor} cannot succeed itself`
    : `there is no ${successor} that could succeed ${of.recipe} ${of.version}`;
  throw new FlowError("notice_successor", message, {
    hint: "a successor is NAMESPACE/NAME or NAMESPACE/NAME@VERSION",
  });
}

function noticeNone({ recipe, version, kind }: NoticeChange): FlowError {
  return new FlowError("notice_none", `${recipe} ${version} is not ${kind}`);
}
