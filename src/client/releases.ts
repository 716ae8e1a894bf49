/** Releases: cut, promoted, rolled back, previewed, approved, listed. */
import type { JsonValue } from "../core/codec/canonical-json.js";
import type { StoredResource } from "../core/recipe/release-document.js";
import { optional } from "../core/recipe/strict-json.js";
import { readAnswer } from "./answer.js";
import type { BackbarClient } from "./client.js";
import {
  type ApprovalAnswer,
  type ListedRelease,
  type PreviewAnswer,
  type ReleaseAnswer,
  readApprovals,
  readListed,
  readMade,
  readPreview,
  readStored,
  type StoredRelease,
} from "./release-answer.js";
import { type Answer, pathOf } from "./transport.js";

/** What may be said of any new release. */
export interface ReleaseAsk {
  readonly force?: boolean;
  /** Stored resources that may be served under another `uri`: their state is dropped. */
  readonly replace?: readonly StoredResource[];
  /** Number of the newest release that the caller knows, 0 for none. */
  readonly previous?: number;
}

/** How a new release comes about: from the definition, from another environment, from an earlier one. */
export type ReleaseOrigin =
  | { readonly kind: "cut" }
  | { readonly kind: "promotion"; readonly from: string; readonly release?: number }
  | { readonly kind: "rollback"; readonly release?: number };

/** @throws {ServerProblem} what keeps it from being made, each workload and entry in `problems` */
export async function makeRelease(
  client: BackbarClient,
  environment: string,
  origin: ReleaseOrigin,
  ask: ReleaseAsk = {},
): Promise<ReleaseAnswer> {
  return readAnswer(await post(client, environment, origin, ask, false), readMade);
}

/** What `makeRelease` would do now; conflicts are no error here. @throws {ServerProblem} */
export async function previewRelease(
  client: BackbarClient,
  environment: string,
  origin: ReleaseOrigin,
  ask: ReleaseAsk = {},
): Promise<PreviewAnswer> {
  return readAnswer(await post(client, environment, origin, ask, true), readPreview);
}

/** Releases, newest first, at most `limit` of them (up to 500). @throws {ServerProblem} */
export async function listReleases(
  client: BackbarClient,
  environment: string,
  limit: number,
): Promise<{
  readonly releases: readonly ListedRelease[];
  /** Whether there are older ones. */
  readonly more: boolean;
  readonly json: JsonValue;
}> {
  const path = pathOf("v1", "environments", environment, "releases");
  return readAnswer(await client.send({ path, query: { limit } }), (fields, json) => ({
    releases: fields.objects("releases", limit).map(readListed),
    more: fields.has("next"),
    json,
  }));
}

/** The release of that number, or the current one. @throws {ServerProblem} release_none, release_unknown */
export async function readRelease(
  client: BackbarClient,
  environment: string,
  number: number | "current",
): Promise<StoredRelease> {
  const path = pathOf("v1", "environments", environment, "releases", number);
  return readAnswer(await client.send({ path }), readStored);
}

/** @throws {ServerProblem} approval_own, release_not_waiting, release_changed */
export async function approveRelease(
  client: BackbarClient,
  environment: string,
  number: number,
  comment: string | undefined,
): Promise<ApprovalAnswer> {
  const answer = await client.send({
    method: "POST",
    path: pathOf("v1", "environments", environment, "releases", number, "approvals"),
    body: { ...optional("comment", comment) },
  });
  return readAnswer(answer, (fields, json) => ({
    ...readApprovals(fields),
    current: fields.boolean("current", false),
    json,
  }));
}

function post(
  client: BackbarClient,
  environment: string,
  origin: ReleaseOrigin,
  ask: ReleaseAsk,
  preview: boolean,
): Promise<Answer> {
  const { kind, ...said } = origin;
  const member = { cut: "releases", promotion: "promotions", rollback: "rollback" }[kind];
  return client.send({
    method: "POST",
    path: pathOf("v1", "environments", environment, member),
    ...(preview ? { query: { preview } } : {}),
    body: { ...said, ...ask },
  });
}
