/** Lists that only auditors are shown, in the words of their own audit. */
import type { ToldRefusals, ToldToken, ToldUsage } from "../core/audit/told.js";
import { refuseDigest } from "../core/recipe/names.js";
import { refuseTime } from "../core/recipe/release-document.js";
import { optional, type StrictObject } from "../core/recipe/strict-json.js";
import { readPages } from "./answer.js";
import type { BackbarClient } from "./client.js";
import { listTokens } from "./tokens.js";

const LONG = { maxLength: 20_000 };
const TIME = { refuse: refuseTime };

/** Every usage record there is, also of what is no longer used. */
export function listAllUsage({ send }: BackbarClient): Promise<ToldUsage[]> {
  const list = { path: "/v1/usage", member: "usage", query: { all: true } };
  return readPages(send, list, (one) => {
    return {
      environment: one.text("environment"),
      project: one.optionalText("project") ?? "",
      workload: one.text("workload", LONG),
      resource: one.text("resource", LONG),
      recipe: one.text("recipe"),
      version: one.text("version"),
      digest: one.text("digest", { refuse: refuseDigest }),
      release: one.integer("release", 1),
      actor: one.text("actor", LONG),
      firstUsedAt: one.text("firstUsedAt", TIME),
      lastUsedAt: one.text("lastUsedAt", TIME),
      renders: one.integer("renders", 0),
      current: one.boolean("current", false),
      ...optional("logIndex", leafOf(one)),
    };
  });
}

/** Every count of refused requests there is. */
export function listAllRefusals({ send }: BackbarClient): Promise<ToldRefusals[]> {
  return readPages(send, { path: "/v1/refusals", member: "refusals" }, (one) => ({
    minute: one.text("minute", TIME),
    actor: one.text("actor", LONG),
    address: one.text("address", LONG),
    method: one.text("method"),
    route: one.text("route", LONG),
    code: one.text("code"),
    count: one.integer("count", 0),
    ...optional("logIndex", leafOf(one)),
  }));
}

export async function listTokensTold(client: BackbarClient): Promise<ToldToken[]> {
  const tokens = await listTokens(client);
  return tokens.map(({ id, name, grants, expiresAt, revokedAt }) => ({
    ...{ id, name, grants, expiresAt },
    revoked: revokedAt !== undefined,
  }));
}

/** Of the batch that holds it; undefined until then. */
function leafOf(one: StrictObject): number | undefined {
  return one.raw("logIndex") === null ? undefined : one.integer("logIndex", 0);
}
