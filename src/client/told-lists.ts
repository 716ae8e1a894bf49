/** Lists that only auditors are shown, in the words of their own audit. */
import type { ToldRefusals, ToldToken, ToldUsage } from "../core/audit/told.js";
import { readRefusals, readUsage } from "../core/audit/usage-batch.js";
import type { StrictObject } from "../core/recipe/strict-json.js";
import { readPages } from "./answer.js";
import type { BackbarClient } from "./client.js";
import { listTokens } from "./tokens.js";

/** Every usage record there is, also of what is no longer used. */
export function listAllUsage({ send }: BackbarClient): Promise<ToldUsage[]> {
  const list = { path: "/v1/usage", member: "usage", query: { all: true } };
  return readPages(send, list, (one) => ({
    ...readUsage(one, 0),
    project: one.optionalText("project") ?? "",
    ...leafOf(one),
  }));
}

/** Every count of refused requests there is. */
export function listAllRefusals({ send }: BackbarClient): Promise<ToldRefusals[]> {
  const list = { path: "/v1/refusals", member: "refusals" };
  return readPages(send, list, (one) => ({ ...readRefusals(one, 0), ...leafOf(one) }));
}

/** Every token there is, with its end. */
export async function listTokensTold(client: BackbarClient): Promise<ToldToken[]> {
  const tokens = await listTokens(client);
  return tokens.map(({ id, name, grants, expiresAt, revokedAt }) => ({
    ...{ id, name, grants, expiresAt },
    revoked: revokedAt !== undefined,
  }));
}

/** Of the batch that holds it; null until then. */
function leafOf(one: StrictObject): Pick<ToldUsage, "logIndex"> {
  return one.raw("logIndex") === null ? {} : { logIndex: one.integer("logIndex", 0) };
}
