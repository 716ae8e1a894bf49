/** Acts on a registry's log. */
import type { JsonValue } from "../core/codec/canonical-json.js";
import { readAnswer } from "./answer.js";
import type { BackbarClient } from "./client.js";

export interface Recovery {
  /** The log's name from now on. */
  readonly origin: string;
  readonly formerOrigin: string;
  /** How many leaves of the former log this one has. */
  readonly size: number;
  /** As the server says it. */
  readonly json: JsonValue;
}

/**
 * Lets a read-only registry go on with the log that its database has.
 * @throws {ServerProblem} recovery_not_needed, role_missing
 */
export async function recoverLog({ send }: BackbarClient, reason: string): Promise<Recovery> {
  const answer = await send({ method: "POST", path: "/v1/log/recovery", body: { reason } });
  return readAnswer(answer, (fields, json) => ({
    origin: fields.text("origin"),
    formerOrigin: fields.text("formerOrigin"),
    size: fields.integer("size", 0),
    json,
  }));
}
