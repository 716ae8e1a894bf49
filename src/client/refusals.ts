/** Who was refused what, as the registry counted it. */
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

export interface RefusalCount {
  /** RFC 3339: its start. */
  readonly minute: string;
  readonly actor: string;
  readonly address: string;
  readonly method: string;
  /** The route's pattern. */
  readonly route: string;
  readonly code: string;
  readonly count: number;
  /** As the server says it. */
  readonly json: JsonValue;
}

/** The counts that fit, the newest minute first. */
export function listRefusals(
  { send }: BackbarClient,
  query: RefusalQuery,
): Promise<RefusalCount[]> {
  const list = { path: "/v1/refusals", member: "refusals", query: { ...query } };
  return readPages(send, list, (one, json) => ({
    minute: one.text("minute"),
    actor: one.text("actor", { maxLength: 2000 }),
    address: one.text("address"),
    method: one.text("method"),
    route: one.text("route"),
    code: one.text("code"),
    count: one.integer("count", 1),
    json,
  }));
}
