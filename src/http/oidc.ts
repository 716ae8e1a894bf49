/**
 * Tokens of OpenID Connect issuers: JWTs (RFC 7519, checked as RFC 8725 advises) of issuers that the
 * configuration names. Who issued one is read before it is verified, to choose among those; one of
 * any other issuer is refused without asking anybody. A token's header chooses neither algorithm nor
 * where keys come from.
 */
import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from "jose";
import type { Grant } from "../core/trust/grants.js";
import { grantsOfClaims, type OidcIssuer } from "../core/trust/oidc-issuers.js";
import { HttpError } from "./error.js";
import { issuerKeys, KeysUnavailable, type KeyTimes } from "./oidc-keys.js";

export interface OidcHolder {
  /** `ISSUER:SUB` */
  readonly actor: string;
  /** Empty where no rule is for the token. */
  readonly grants: readonly Grant[];
  readonly expiresAt: Date;
}

/** Whom a token is of. */
export type OpenOidcToken = (token: string, now: Date) => Promise<OidcHolder>;

const ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"];
const CLOCK_TOLERANCE_SECONDS = 30;
/** Tokens of jobs live for minutes or hours; one that lives longer is a password. */
const MAX_LIFETIME_SECONDS = 24 * 60 * 60;
const REFUSED_HEADERS = ["jku", "jwk", "x5u", "x5c", "crit"];
const SUBJECT = /^[\x20-\x7e]{1,255}$/;

/** Whether `text` has the form of a JWT. */
export function isJwt(text: string): boolean {
  return /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/.test(text);
}

/** The function throws {HttpError} http_token_invalid, http_token_expired, oidc_unavailable. */
export function createOpenOidcToken(
  issuers: readonly OidcIssuer[],
  times?: KeyTimes,
): OpenOidcToken {
  const known = new Map(
    issuers.map((issuer) => [issuer.issuer, { issuer, keys: issuerKeys(issuer, times) }]),
  );
  return async (token, now) => {
    try {
      checkHeader(token);
      const found = known.get(decodeJwt(token).iss ?? "");
      if (found === undefined) throw invalid("its issuer is not one that is configured here");
      const { issuer, keys } = found;
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ALGORITHMS,
        issuer: issuer.issuer,
        audience: issuer.audience,
        requiredClaims: ["exp", "iat", "sub"],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        maxTokenAge: MAX_LIFETIME_SECONDS,
        currentDate: now,
      });
      return holderOf(issuer, payload);
    } catch (error) {
      throw explain(error);
    }
  };
}

/** @throws {HttpError} http_token_invalid */
function checkHeader(token: string): void {
  const header = decodeProtectedHeader(token);
  if (!ALGORITHMS.includes(header.alg ?? "")) {
    throw invalid(`its algorithm is none of ${ALGORITHMS.join(", ")}`);
  }
  const refused = REFUSED_HEADERS.find((name) => name in header);
  if (refused !== undefined) throw invalid(`its header has ${refused}`);
}

function holderOf(issuer: OidcIssuer, payload: JWTPayload): OidcHolder {
  const { sub = "", exp = 0, iat = 0 } = payload;
  if (!SUBJECT.test(sub)) throw invalid("its subject is no text of up to 255 printable characters");
  if (exp - iat > MAX_LIFETIME_SECONDS) {
    throw invalid(`it lives longer than ${MAX_LIFETIME_SECONDS} seconds`);
  }
  return {
    actor: `${issuer.name}:${sub}`,
    grants: grantsOfClaims(issuer, payload),
    expiresAt: new Date(exp * 1000),
  };
}

function explain(error: unknown): unknown {
  if (error instanceof HttpError) return error;
  if (error instanceof KeysUnavailable || error instanceof errors.JWKSTimeout) {
    return new HttpError("oidc_unavailable", `${error.message}: the token cannot be checked now`, {
      cause: error,
      hint: "try again; tokens of this registry work meanwhile",
    });
  }
  if (error instanceof errors.JWTExpired) {
    return new HttpError("http_token_expired", "the token has expired", { cause: error });
  }
  if (error instanceof errors.JWKSInvalid) {
    return new HttpError("oidc_unavailable", "the issuer's keys are no JWK set", { cause: error });
  }
  if (error instanceof errors.JOSEError || error instanceof TypeError) {
    return invalid(reasonOf(error), error);
  }
  return error;
}

/** What of `jose`'s reasons helps whoever sent the token. */
function reasonOf(error: Error): string {
  if (error instanceof errors.JWTClaimValidationFailed)
    return `its claim ${error.claim} is not right`;
  if (error instanceof errors.JWKSNoMatchingKey) return "its key is none of the issuer's";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "its signature is not right";
  return "it is no JWT that is taken here";
}

function invalid(reason: string, cause?: Error): HttpError {
  return new HttpError("http_token_invalid", `the token is refused: ${reason}`, { cause });
}
