/** Who was refused what, as the registry counted it. */
import { type RefusalCount, readRefusals } from "../core/audit/usage-batch.js";
import type { JsonValue } from "../core/codec/canonical-json.js";
import { readPages } from "./answer.js";
import type { BackbarClient } from "./client.js";

export interface RefusalQuery {
  readonly actor?: string | undefined;
  readonly address?: string | undefined;
  readonly code?: string | undefined;
  /** RFC 3339. */
  readonly since?: string | undefined;
}

export interface RefusalEntry extends RefusalCount {
  /** As the server says it. */
  readonly json: JsonValue;
}

/** The counts that fit, the newest minute first. */
export function listRefusals(
  { send }: BackbarClient,
  query: RefusalQuery,
): Promise<RefusalEntry[]> {
  const list = { path: "/v1/refusals", member: "refusals", query: { ...query } };
  return readPages(send, list, (one, json) => ({ ...readRefusals(one, 1), json }));
}
