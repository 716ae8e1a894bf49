/**
 * The public keys of an OpenID Connect issuer, fetched from where the configuration says: the
 * issuer's discovery document (OpenID Connect Discovery 1.0, section 4) and the JWK set that it
 * names on the issuer's own origin, or a set that is configured. Nothing of a token says where keys
 * come from. Redirects are not followed; answers are bounded in size and time.
 */
import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from "jose";
import { readBytes } from "../core/codec/read-bytes.js";
import type { OidcIssuer } from "../core/trust/oidc-issuers.js";

export interface KeyTimes {
  /** Until a set that lacks a key is asked for again, or an issuer that did not answer. */
  readonly cooldownMs: number;
  /** Until a set is asked for again in any case: so long a removed key may still be accepted. */
  readonly maxAgeMs: number;
  readonly timeoutMs: number;
}

export const KEY_TIMES: KeyTimes = { cooldownMs: 30_000, maxAgeMs: 300_000, timeoutMs: 5_000 };

/** An issuer whose keys cannot be had now. */
export class KeysUnavailable extends Error {
  override readonly name = "KeysUnavailable";
}

const MAX_BYTES = 512 * 1024;
const RETRY_AFTER_FAILURE_MS = 2_000;

/** Finds the key of a token in the issuer's set. Throws KeysUnavailable, and what `jose` throws. */
export function issuerKeys(issuer: OidcIssuer, times: KeyTimes = KEY_TIMES): JWTVerifyGetKey {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;
  const fetchOnce = async (url: string, signal: AbortSignal) => {
    if (performance.now() - failedAt < RETRY_AFTER_FAILURE_MS) {
      throw new KeysUnavailable(`${issuer.issuer} did not answer a moment ago`);
    }
    try {
      return await fetchBounded(url, signal);
    } catch (cause) {
      failedAt = performance.now();
      throw new KeysUnavailable(`the keys of ${issuer.issuer} cannot be had`, { cause });
    }
  };
  const open = async () =>
    createRemoteJWKSet(new URL(await keysAddress(issuer, times, fetchOnce)), {
      timeoutDuration: times.timeoutMs,
      cooldownDuration: times.cooldownMs,
      cacheMaxAge: times.maxAgeMs,
      [customFetch]: (url, { signal }) => fetchOnce(url, signal),
    });
  return async (header, token) => {
    keys ??= open().catch((error: unknown) => {
      keys = undefined;
      throw error;
    });
    return (await keys)(header, token);
  };
}

type Fetch = (url: string, signal: AbortSignal) => Promise<Response>;

async function keysAddress(
  { issuer, jwksUri }: OidcIssuer,
  { timeoutMs }: KeyTimes,
  fetchOnce: Fetch,
): Promise<string> {
  if (jwksUri !== undefined) return jwksUri;
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const response = await fetchOnce(url, AbortSignal.timeout(timeoutMs));
  const document = (await response.json().catch(() => null)) as Record<string, unknown> | null;
  const address = document?.jwks_uri;
  if (document?.issuer !== issuer || typeof address !== "string" || !URL.canParse(address)) {
    throw new KeysUnavailable(`${url} is no discovery document of ${issuer}`);
  }
  if (new URL(address).origin === new URL(issuer).origin) return address;
  throw new KeysUnavailable(`${url} names keys at ${new URL(address).origin}: configure jwksUri`);
}

async function fetchBounded(url: string, signal: AbortSignal): Promise<Response> {
  const headers = { accept: "application/json", "user-agent": "backbar" };
  const response = await fetch(url, { headers, redirect: "error", signal });
  const bytes = await readBytes(response.body, MAX_BYTES);
  if (bytes === undefined) throw new Error(`${url}: more than ${MAX_BYTES} bytes`);
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
  return new Response(Buffer.from(bytes), { headers: { "content-type": "application/json" } });
}
