/** Releases as they are listed and shown: what became of each. */
import {
  parseRelease,
  type ReleaseDocument,
  type ReleaseProvenance,
} from "../core/recipe/release-document.js";
import { optional } from "../core/recipe/strict-json.js";
import { listReleases, type ReleaseRow } from "../store/environments.js";
import { requireEnvironment } from "./environment.js";
import type { Registry } from "./registry.js";
import { currentNumber, loadRelease, requireRelease } from "./release-content.js";

export interface ReleaseSummary {
  readonly number: number;
  readonly digest: string;
  readonly createdAt: Date;
  /** When it became current; null where it never did. */
  readonly activatedAt: Date | null;
  readonly status: ReleaseStatus;
  /** Index of its leaf in the log. */
  readonly logIndex: number;
  /** Who cut it, and what it took from elsewhere. */
  readonly provenance: Pick<ReleaseProvenance, "actor" | "promotion" | "rollback" | "forced">;
}

/** `superseded`: another became current before it was approved. */
export type ReleaseStatus = "current" | "waiting" | "past" | "superseded";

/**
 * Releases of an environment below number `before`, newest first.
 * @throws {FlowError} environment_unknown
 */
export async function readReleases(
  registry: Registry,
  environment: string,
  page: { readonly before?: number; readonly limit: number },
): Promise<ReleaseSummary[]> {
  await requireEnvironment(registry, environment);
  const current = (await currentNumber(registry, environment)) ?? 0;
  const rows = await listReleases(registry.db, environment, page);
  return rows.map((row) => summary(row, parseRelease(row.payload), current));
}

/**
 * A release, current or not, and its signed form; without a number the current one.
 * @throws {FlowError} environment_unknown, release_none, release_unknown
 */
export async function readRelease(
  registry: Registry,
  environment: string,
  number: number | undefined,
): Promise<ReleaseSummary & { readonly document: ReleaseDocument; readonly jws: string }> {
  const current = await currentNumber(registry, environment);
  const asked = number ?? current ?? (await loadRelease(registry, environment)).number;
  const row = await requireRelease(registry.db, environment, asked);
  const document = parseRelease(row.payload);
  return { ...summary(row, document, current ?? 0), document, jws: row.jws };
}

function summary(row: ReleaseRow, document: ReleaseDocument, current: number): ReleaseSummary {
  const { number, digest, createdAt, activatedAt, logIndex } = row;
  const { actor, promotion, rollback, forced } = document;
  return {
    ...{ number, digest, createdAt, activatedAt, status: statusOf(row, current), logIndex },
    provenance: {
      ...optional("actor", actor),
      ...optional("promotion", promotion),
      ...optional("rollback", rollback),
      ...optional("forced", forced),
    },
  };
}

function statusOf({ number, activatedAt }: ReleaseRow, current: number): ReleaseStatus {
  if (number === current) return "current";
  if (activatedAt !== null) return "past";
  return number > current ? "waiting" : "superseded";
}
