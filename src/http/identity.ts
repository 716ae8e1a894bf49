/** Who shows a token: an administrator of the configuration, the holder of a token or of a JWT. */
import { timingSafeEqual } from "node:crypto";
import type { Grant } from "../core/trust/grants.js";
import type { OidcIssuer } from "../core/trust/oidc-issuers.js";
import type { Caller } from "../flows/caller.js";
import type { Registry } from "../flows/registry.js";
import type { TokenUses } from "../flows/token-use.js";
import { hashToken, isToken, openToken } from "../flows/tokens.js";
import { HttpError } from "./error.js";
import type { RateLimits } from "./limits.js";
import { createOpenOidcToken, isJwt } from "./oidc.js";
import type { KeyTimes } from "./oidc-keys.js";

export interface Identity extends Caller {
  /** Until when; absent where there is no end. */
  readonly expiresAt?: Date;
  /** Under what its requests are counted; absent where they are not. */
  readonly key?: string;
}

/** Who may do everything, known by a token of the configuration. */
export interface Administrator {
  readonly actor: string;
  /** sha256 of the token, 32 bytes. */
  readonly tokenHash: Uint8Array;
  /** The service itself: its requests are not counted. */
  readonly isService?: boolean;
}

export interface AccessPolicy {
  readonly administrators: readonly Administrator[];
  /** What whoever comes from this machine without a token may. */
  readonly anonymousGrants: readonly Grant[];
  readonly oidc: readonly OidcIssuer[];
  /** How long the issuers' keys are kept; absent: as long as is sensible. */
  readonly oidcKeyTimes?: KeyTimes;
  readonly limits: RateLimits;
  /** Origin under which clients reach the service. */
  readonly publicUrl: string | undefined;
}

const ADMINISTRATOR: readonly Grant[] = [{ role: "admin" }];

/** Says whose a token is. */
export type Identify = (shown: string) => Promise<Identity>;

/** The function throws http_token_invalid, http_token_expired, oidc_unavailable. */
export function createIdentify(
  registry: Registry,
  policy: AccessPolicy,
  uses: TokenUses,
): Identify {
  const openOidcToken = createOpenOidcToken(policy.oidc, policy.oidcKeyTimes);
  return async (shown) => {
    const administrator = administratorOf(shown, policy);
    if (administrator !== undefined) {
      const { actor, isService = false } = administrator;
      return { actor, grants: ADMINISTRATOR, ...(isService ? {} : { key: `admin ${actor}` }) };
    }
    if (isToken(shown)) {
      const token = await openToken(registry, shown);
      uses.note(token);
      const { id, name: actor, grants, expiresAt } = token;
      return { actor, grants, expiresAt, key: `token ${id}` };
    }
    if (policy.oidc.length > 0 && isJwt(shown)) {
      const holder = await openOidcToken(shown, registry.now());
      return { ...holder, key: `oidc ${holder.actor}` };
    }
    throw new HttpError("http_token_invalid", "the token is not known here");
  };
}

/** Compares with every token, so that the time taken tells nothing of any. */
function administratorOf(token: string, policy: AccessPolicy): Administrator | undefined {
  const hash = hashToken(token);
  let found: Administrator | undefined;
  for (const administrator of policy.administrators) {
    if (timingSafeEqual(hash, administrator.tokenHash)) found = administrator;
  }
  return found;
}

/**
 * The token of a Bearer header, or the password of a Basic one (RFC 6750 §2.1, RFC 7617).
 * @throws {HttpError} http_token_invalid
 */
export function shownToken(header: string | undefined): string | undefined {
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
