/** Notices: a version is yanked or deprecated with a reason; what it serves stays as it is. */
import type { Problem } from "../errors.js";
import type { Db, Tx } from "../store/db.js";
import { listNotices, type NoticeKind, type NoticeRow } from "../store/notices.js";
import { untilChanged } from "./freshness.js";

export interface Notice {
  readonly kind: NoticeKind;
  readonly reason: string;
  /** What to use instead: `namespace/name` or `namespace/name@version`. */
  readonly successor?: string;
  /** Who said so. */
  readonly actor: string;
  readonly at: Date;
}

/** The notices of versions, by version digest; versions without one are not in it. */
export async function readNotices(
  db: Db | Tx,
  digests: readonly string[],
): Promise<ReadonlyMap<string, readonly Notice[]>> {
  const found = new Map<string, Notice[]>();
  for (const row of await listNotices(db, digests)) {
    found.set(row.digest, [...(found.get(row.digest) ?? []), fromRow(row)]);
  }
  return found;
}

const NONE: readonly Notice[] = [];

/** The notices of the version with this digest, remembered until something changes. */
export const noticesOf = untilChanged(
  async (registry, digest) => (await readNotices(registry.db, [digest])).get(digest) ?? NONE,
);

/** What to tell those who use `version`: a warning for each notice, version_yanked or version_deprecated. */
export function noticeWarnings(
  version: { readonly name: string; readonly version: string },
  notices: readonly Notice[] | undefined,
): Problem[] {
  return (notices ?? []).map(({ kind, reason, successor }) => ({
    code: `version_${kind}`,
    message: `${version.name} ${version.version} is ${kind}: ${reason}${successor === undefined ? "" : `; use ${successor} instead`}`,
  }));
}

function fromRow({ kind, reason, successor, actor, at }: NoticeRow): Notice {
  return { kind, reason, ...(successor === null ? {} : { successor }), actor, at };
}
