/**
 * Signed JSON documents: compact JWS (RFC 7515) over canonical JSON. The reader names the key and
 * with it the algorithm, and the type that it expects (RFC 8725 §3.1, §3.11); `kid`, `jwk`, `jku`
 * and the like are refused, since no header chooses a key.
 */
import { compactVerify, errors } from "jose";
import { canonicalJsonBytes, type JsonValue } from "../codec/canonical-json.js";
import { type JsonProblem, parseCanonicalJson } from "../recipe/strict-json.js";
import { checkKeyAt, type DatedKey } from "./dated-key.js";
import { ecdsaFromDer } from "./ecdsa-signature.js";
import { TrustError } from "./error.js";
import type { PublicKey } from "./keys.js";
import type { Signer } from "./signer.js";

/** Longest JWS that is read; releases are the largest. */
export const MAX_SIGNED_LENGTH = 4 * 1024 * 1024;

/**
 * `payload` as a compact JWS with the given `typ` (RFC 7515 §5.1).
 * @throws {BackbarError} signer_unavailable
 */
export async function sign(payload: JsonValue, type: string, signer: Signer): Promise<string> {
  const { algorithm } = signer.publicKey;
  const header = canonicalJsonBytes({ alg: algorithm, typ: type });
  const signed = `${base64url(header)}.${base64url(canonicalJsonBytes(payload))}`;
  const signature = await signer.sign(new TextEncoder().encode(signed));
  return `${signed}.${base64url(algorithm === "ES256" ? ecdsaFromDer(signature) : signature)}`;
}

type AcceptedKey = PublicKey | DatedKey;

/** The key, or the keys of which one has to have signed; one with dates, while it held. */
export type AcceptedKeys = PublicKey | readonly AcceptedKey[];

export interface Opened {
  readonly payload: JsonValue;
  /** The key, of those given, that signed. Its dates are for `checkSignerAt` to hold against the document's own time. */
  readonly signer: AcceptedKey;
}

/**
 * The payload of `jws`, signed by one of `keys` and of type `type`.
 * @throws {TrustError} signed_form, signed_type, signed_signature, signed_payload
 */
export async function openSigned(jws: string, type: string, keys: AcceptedKeys): Promise<Opened> {
  const algorithm = checkHeader(jws, type);
  const accepted = [keys].flat().filter((key) => publicHalf(key).algorithm === algorithm);
  const { bytes, signer } = await verify(jws, accepted);
  const parsed = parseCanonicalJson(bytes);
  if ("value" in parsed) return { payload: parsed.value, signer };
  throw new TrustError("signed_payload", `the signed document is ${parsed.fault}`);
}

/**
 * Checks that the signer of a document held at the time that the document names.
 * @throws {TrustError} key_revoked, key_expired, key_not_yet
 */
export function checkSignerAt({ signer }: Opened, time: string): void {
  if ("since" in signer) checkKeyAt(signer, time);
}

/**
 * The type that `jws` says it is of, unverified.
 * @throws {TrustError} signed_form
 */
export function typeOf(jws: string): unknown {
  const [encoded] = splitCompact(jws);
  return parseHeader(encoded).typ;
}

/**
 * What `jws` says, unverified: for whom or what to ask next, never to be believed. Undefined where it
 * is no JSON.
 */
export function unverifiedPayload(jws: string): JsonValue | undefined {
  const [, payload = ""] = jws.split(".", 3);
  try {
    return JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as JsonValue;
  } catch {
    return undefined;
  }
}

/**
 * Reads an opened payload with `read`, which reports what is wrong.
 * @throws {TrustError} signed_payload
 */
export function readSigned<T>(
  what: string,
  payload: JsonValue,
  read: (value: JsonValue, problems: JsonProblem[]) => T,
): T {
  const problems: JsonProblem[] = [];
  const result = read(payload, problems);
  const [first] = problems;
  if (first === undefined) return result;
  const message = `the signed ${what}: ${first.path.join(".")} ${first.message}`;
  throw new TrustError("signed_payload", message);
}

export function publicHalf(key: AcceptedKey): PublicKey {
  return "publicKey" in key ? key.publicKey : key;
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}

/** The protected header must be one that `sign` writes for this type; gives its `alg`. */
function checkHeader(jws: string, type: string): unknown {
  const [encoded] = splitCompact(jws);
  const header = parseHeader(encoded);
  const unexpected = Object.keys(header).filter((name) => name !== "alg" && name !== "typ");
  if (unexpected.length > 0) {
    throw new TrustError("signed_form", `the JWS header has ${unexpected.join(", ")}`);
  }
  if (header.typ !== type) {
    throw new TrustError("signed_type", `the JWS is no ${type}`);
  }
  return header.alg;
}

function splitCompact(jws: string): [string, string, string] {
  const parts = jws.length > MAX_SIGNED_LENGTH ? [] : jws.split(".", 4);
  const [header = "", payload = "", signature = ""] = parts;
  if (parts.length !== 3 || !parts.every((part) => /^[A-Za-z0-9_-]+$/.test(part))) {
    throw new TrustError("signed_form", "this is no compact JWS");
  }
  return [header, payload, signature];
}

function parseHeader(encoded: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(encoded, "base64url").toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch (cause) {
    throw new TrustError("signed_form", "the JWS header is no JSON", { cause });
  }
  throw new TrustError("signed_form", "the JWS header is no object");
}

/** The header's `alg` has only narrowed the keys: each verifies by its own algorithm. */
async function verify(
  jws: string,
  keys: readonly AcceptedKey[],
): Promise<{ readonly bytes: Uint8Array; readonly signer: AcceptedKey }> {
  for (const signer of keys) {
    const { key, algorithm } = publicHalf(signer);
    try {
      const { payload } = await compactVerify(jws, key, { algorithms: [algorithm] });
      return { bytes: payload, signer };
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
    }
  }
  throw new TrustError("signed_signature", "the document is signed by none of the accepted keys");
}
