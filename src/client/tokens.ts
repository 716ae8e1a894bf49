/** Tokens of a registry, and who one is there. */
import type { JsonValue } from "../core/codec/canonical-json.js";
import type { StrictObject } from "../core/recipe/strict-json.js";
import { readAnswer, readPages } from "./answer.js";
import type { BackbarClient } from "./client.js";
import { pathOf } from "./transport.js";

export interface TokenEntry {
  readonly id: string;
  /** The actor. */
  readonly name: string;
  /** In text form: `publisher:dapr`. */
  readonly grants: readonly string[];
  readonly createdBy: string;
  /** RFC 3339, as the times below. */
  readonly expiresAt: string;
  readonly revokedAt: string | undefined;
  /** To the hour. */
  readonly lastUsedAt: string | undefined;
  /** As the server says it. */
  readonly json: JsonValue;
}

export interface WhoAmI {
  readonly actor: string;
  readonly grants: readonly string[];
  /** RFC 3339; undefined where there is no end. */
  readonly expiresAt: string | undefined;
  /** As the server says it. */
  readonly json: JsonValue;
}

const PATH = "/v1/tokens";
const MAX_GRANTS = 1000;
const GRANT = { maxLength: 10_000 };

/** Makes a token; the answer alone has it. */
export async function createToken(
  { send }: BackbarClient,
  body: {
    readonly name: string;
    readonly grants: readonly string[];
    readonly lifetimeSeconds?: number;
  },
): Promise<TokenEntry & { readonly token: string }> {
  const answer = await send({ method: "POST", path: PATH, body, secret: true });
  return readAnswer(answer, (fields, json) => ({
    ...readEntry(fields, json),
    token: fields.text("token"),
  }));
}

/** All tokens, the newest first. */
export function listTokens({ send }: BackbarClient): Promise<TokenEntry[]> {
  return readPages(send, { path: PATH, member: "tokens" }, readEntry);
}

/** @throws {ServerProblem} token_unknown */
export async function revokeToken({ send }: BackbarClient, id: string): Promise<TokenEntry> {
  const path = pathOf("v1", "tokens", id);
  return readAnswer(await send({ method: "DELETE", path }), readEntry);
}

/** Who the client's requests are from. */
export async function whoAmI({ send }: BackbarClient): Promise<WhoAmI> {
  return readAnswer(await send({ path: "/v1/whoami" }), (fields, json) => ({
    actor: fields.text("actor", { maxLength: 2000 }),
    grants: fields.texts("grants", MAX_GRANTS, GRANT),
    expiresAt: fields.optionalText("expiresAt"),
    json,
  }));
}

function readEntry(fields: StrictObject, json: JsonValue): TokenEntry {
  return {
    id: fields.text("id"),
    name: fields.text("name"),
    grants: fields.texts("grants", MAX_GRANTS, GRANT),
    createdBy: fields.text("createdBy", { maxLength: 2000 }),
    expiresAt: fields.text("expiresAt"),
    revokedAt: fields.optionalText("revokedAt"),
    lastUsedAt: fields.optionalText("lastUsedAt"),
    json,
  };
}
