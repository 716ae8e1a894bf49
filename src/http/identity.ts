/** Who asks: known by a token, else anonymous, as far as requests without one are served. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { Grant } from "../core/trust/grants.js";
import { ANONYMOUS, type Caller } from "../flows/caller.js";
import type { Registry } from "../flows/registry.js";
import type { TokenUses } from "../flows/token-use.js";
import { isToken, openToken } from "../flows/tokens.js";
import { checkAnonymous } from "./anonymous.js";
import { HttpError } from "./error.js";

export interface Identity extends Caller {
  /** Until when; absent where there is no end. */
  readonly expiresAt?: Date;
}

/** Who may do everything, known by a token of the configuration. */
export interface Administrator {
  readonly actor: string;
  /** sha256 of the token, 32 bytes. */
  readonly tokenHash: Uint8Array;
}

export interface AccessPolicy {
  readonly administrators: readonly Administrator[];
  /** What whoever comes from this machine without a token may. */
  readonly anonymousGrants: readonly Grant[];
  /** Origin under which clients reach the service. */
  readonly publicUrl: string | undefined;
}

const ADMINISTRATOR: readonly Grant[] = [{ role: "admin" }];

/** What says who asks: at once where nothing has to be looked up. */
export type Identify = (request: FastifyRequest) => Identity | Promise<Identity>;

/**
 * Who is behind a request. The function throws http_token_invalid, http_token_expired,
 * http_token_required, http_host_refused, http_origin_refused.
 */
export function createIdentify(
  registry: Registry,
  policy: AccessPolicy,
  uses: TokenUses,
): Identify {
  const anonymous: Identity = { actor: ANONYMOUS, grants: policy.anonymousGrants };
  return (request) => {
    const shown = shownToken(request.headers.authorization);
    if (shown === undefined) {
      checkAnonymous(request, policy.publicUrl);
      return anonymous;
    }
    const administrator = administratorOf(shown, policy);
    if (administrator !== undefined) return { actor: administrator, grants: ADMINISTRATOR };
    if (isToken(shown)) return holderOf(registry, shown, uses);
    throw new HttpError("http_token_invalid", "the token is not known here");
  };
}

async function holderOf(registry: Registry, shown: string, uses: TokenUses): Promise<Identity> {
  const token = await openToken(registry, shown);
  uses.note(token);
  return { actor: token.name, grants: token.grants, expiresAt: token.expiresAt };
}

/** Compares with every token, so that the time taken tells nothing of any. */
function administratorOf(token: string, policy: AccessPolicy): string | undefined {
  const hash = createHash("sha256").update(token).digest();
  let actor: string | undefined;
  for (const administrator of policy.administrators) {
    if (timingSafeEqual(hash, administrator.tokenHash)) actor = administrator.actor;
  }
  return actor;
}

/** The token of a Bearer header, or the password of a Basic one. */
function shownToken(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const space = header.indexOf(" ");
  const scheme = header.slice(0, space).toLowerCase();
  const value = header.slice(space + 1).trim();
  if (scheme === "bearer" && value !== "") return value;
  if (scheme === "basic") {
    const pair = Buffer.from(value, "base64").toString("utf8");
    return pair.slice(pair.indexOf(":") + 1);
  }
  throw new HttpError(
    "http_token_invalid",
    "the Authorization header holds no Bearer or Basic token",
  );
}
