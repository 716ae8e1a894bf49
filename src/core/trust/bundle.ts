/**
 * The signature of a version as a Sigstore bundle v0.3: a statement in a DSSE envelope, and the
 * hint of a public key. Stored as it came, as an OCI referrer of the version; `cosign verify --key`
 * reads it too.
 */
import { canonicalJsonBytes, type JsonValue } from "../codec/canonical-json.js";
import { BUNDLE_TYPE } from "../oci/media-types.js";
import {
  type JsonProblem,
  MAX_JSON_DEPTH,
  nestsDeeper,
  StrictObject,
} from "../recipe/strict-json.js";
import { preAuthEncoding } from "./dsse.js";
import { TrustError } from "./error.js";
import { type PrivateKey, type PublicKey, signMessage, verifyMessage } from "./keys.js";
import {
  formatStatement,
  type PublishStatement,
  parseStatement,
  STATEMENT_MEDIA_TYPE,
} from "./statement.js";

export interface OpenedBundle {
  /** As it came. */
  readonly bundle: Uint8Array;
  readonly statement: PublishStatement;
  /** The key, of those given, that signed. */
  readonly key: PublicKey;
}

interface Envelope {
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

/** States and signs that `version` is published; the bundle as canonical JSON. */
export function signVersion(version: PublishStatement, key: PrivateKey): Uint8Array {
  const payload = formatStatement(version);
  const signature = signMessage(key, preAuthEncoding(STATEMENT_MEDIA_TYPE, payload));
  return canonicalJsonBytes({
    mediaType: BUNDLE_TYPE,
    verificationMaterial: {
      publicKey: { hint: keyHint(key.publicKey) },
    },
    dsseEnvelope: {
      payload: toBase64(payload),
      payloadType: STATEMENT_MEDIA_TYPE,
      signatures: [{ sig: toBase64(signature) }],
    },
  });
}

/**
 * Opens a bundle that one of `keys` must have signed. The bundle's hint chooses nothing: every key
 * is tried.
 * @throws {TrustError} bundle_form, bundle_signature, bundle_statement
 */
export function openBundle(bundle: Uint8Array, keys: readonly PublicKey[]): OpenedBundle {
  const { payload, signature } = parseBundle(bundle);
  const message = preAuthEncoding(STATEMENT_MEDIA_TYPE, payload);
  const key = keys.find((candidate) => isSignedBy(candidate, message, signature));
  if (key === undefined) {
    const tried = keys.map(({ fingerprint }) => fingerprint).join(", ");
    throw new TrustError("bundle_signature", "the signature is by none of the accepted keys", {
      hint: tried === "" ? "no key is accepted" : `accepted are ${tried}`,
    });
  }
  return { bundle, statement: parseStatement(payload), key };
}

/**
 * Opens all `bundles` of a version, at least one: each must be signed by one of `keys` and be about
 * exactly `version`. One key may have signed several.
 * @throws {TrustError} bundle_form, bundle_signature, bundle_statement, bundle_subject
 */
export function openBundles(
  bundles: readonly Uint8Array[],
  keys: readonly PublicKey[],
  version: PublishStatement,
): OpenedBundle[] {
  const opened = bundles.map((bundle) => openBundle(bundle, keys));
  for (const { statement } of opened) checkSubject(statement, version);
  if (opened.length === 0) throw new TrustError("bundle_signature", "the version is not signed");
  return opened;
}

/** @throws {TrustError} bundle_subject where `statement` is about something else than `version` */
function checkSubject(statement: PublishStatement, version: PublishStatement): void {
  const parts = ["recipe", "version", "digest"] as const;
  for (const part of parts) {
    if (statement[part] === version[part]) continue;
    const message = `the signature is for the ${part} ${statement[part]}, not ${version[part]}`;
    throw new TrustError("bundle_subject", message);
  }
}

function isSignedBy(key: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    verifyMessage(key, message, signature);
    return true;
  } catch (error) {
    if (error instanceof TrustError) return false;
    throw error;
  }
}

function parseBundle(bundle: Uint8Array): Envelope {
  const problems: JsonProblem[] = [];
  const fields = new StrictObject(parseJson(bundle), [], problems);
  if (fields.raw("mediaType") !== BUNDLE_TYPE) {
    fields.fault(["mediaType"], `must be ${BUNDLE_TYPE}`);
  }
  checkMaterial(fields.object("verificationMaterial"));
  const envelope =
    fields.object("dsseEnvelope") ?? new StrictObject(null, ["dsseEnvelope"], problems);
  if (envelope.raw("payloadType") !== STATEMENT_MEDIA_TYPE) {
    envelope.fault(["payloadType"], `must be ${STATEMENT_MEDIA_TYPE}`);
  }
  const payload = readBase64(envelope, "payload");
  const signatures = envelope.objects("signatures", 1);
  const [signed] = signatures;
  if (signed === undefined) envelope.fault(["signatures"], "must hold one signature");
  signed?.optionalText("keyid");
  const signature = signed === undefined ? new Uint8Array() : readBase64(signed, "sig");
  signed?.done();
  envelope.done();
  fields.done();
  const [first] = problems;
  if (first !== undefined) {
    const message = `the bundle: ${first.path.join(".")} ${first.message}`;
    throw new TrustError("bundle_form", message);
  }
  return { payload, signature };
}

/** A public key's hint is the material; entries of foreign logs may stand beside it, unused. */
function checkMaterial(fields: StrictObject | undefined): void {
  fields?.raw("tlogEntries");
  fields?.raw("timestampVerificationData");
  const key = fields?.object("publicKey");
  key?.optionalText("hint");
  key?.done();
  fields?.done();
}

function parseJson(bundle: Uint8Array): JsonValue {
  let value: JsonValue;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bundle)) as JsonValue;
  } catch (cause) {
    throw new TrustError("bundle_form", "the bundle is no JSON", { cause });
  }
  if (!nestsDeeper(value, MAX_JSON_DEPTH)) return value;
  throw new TrustError("bundle_form", `the bundle nests deeper than ${MAX_JSON_DEPTH}`);
}

function readBase64(fields: StrictObject, key: string): Uint8Array {
  const text = fields.text(key, { maxLength: 32 * 1024 });
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) fields.fault([key], "must be padded base64");
  return new Uint8Array(bytes);
}

/** As cosign writes it: base64 of the SHA-256 of the SPKI. */
function keyHint({ fingerprint }: PublicKey): string {
  return Buffer.from(fingerprint.replace("sha256:", ""), "hex").toString("base64");
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
