/**
 * Signing keys: ECDSA on P-256 with SHA-256 (`ES256`) and Ed25519. A key has one algorithm, and no
 * header or document ever chooses another. PEM as everyone has it: SPKI for public halves, PKCS #8
 * for private ones (SEC 1 `EC PRIVATE KEY` is read as well).
 */
import {
  createECDH,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign as signBytes,
  verify as verifyBytes,
} from "node:crypto";
import { sha256Digest } from "../codec/digest.js";
import { TrustError } from "./error.js";

export type KeyAlgorithm = "ES256" | "Ed25519";

export interface PublicKey {
  readonly algorithm: KeyAlgorithm;
  /** `sha256:<hex>` of the SPKI DER. */
  readonly fingerprint: string;
  readonly key: KeyObject;
}

export interface PrivateKey {
  readonly key: KeyObject;
  readonly publicKey: PublicKey;
}

const MAX_PEM_LENGTH = 4096;
const PUBLIC_LABELS = ["PUBLIC KEY"];
const PRIVATE_LABELS = ["PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"];

/** @throws {TrustError} key_form, key_algorithm */
export function parsePublicKey(pem: string): PublicKey {
  const text = readPem(pem, PUBLIC_LABELS);
  return describeKey(read(() => createPublicKey({ key: text, format: "pem" })));
}

/** @throws {TrustError} key_form, key_algorithm */
export function parsePrivateKey(pem: string, passphrase?: string): PrivateKey {
  const text = readPem(pem, PRIVATE_LABELS);
  const options = { key: text, format: "pem" as const };
  const key = read(() =>
    createPrivateKey(passphrase === undefined ? options : { ...options, passphrase }),
  );
  return { key, publicKey: describeKey(createPublicKey(key)) };
}

/** SPKI PEM, ended by a line feed. */
export function formatPublicKey({ key }: PublicKey): string {
  return key.export({ type: "spki", format: "pem" }).toString();
}

/** PKCS #8 PEM, ended by a line feed. */
export function formatPrivateKey({ key }: PrivateKey): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

/**
 * The private key that 32 random bytes make. The bytes are the secret: forget them after use.
 * @throws {TrustError} key_form in the case, of odds 2^-32, that P-256 has no such scalar: draw again
 */
export function makePrivateKey(algorithm: KeyAlgorithm, seed: Uint8Array): PrivateKey {
  if (seed.length !== 32) throw new TrustError("key_form", "a key is made from 32 random bytes");
  const key = read(() => (algorithm === "ES256" ? p256Key(seed) : ed25519Key(seed)));
  return { key, publicKey: describeKey(createPublicKey(key)) };
}

/** The signature over `message`: ASN.1 DER for ES256, 64 bytes for Ed25519. */
export function signMessage({ key, publicKey }: PrivateKey, message: Uint8Array): Uint8Array {
  return new Uint8Array(signBytes(hashOf(publicKey), message, key));
}

/**
 * Checks a signature as `signMessage` makes it.
 * @throws {TrustError} bundle_signature
 */
export function verifyMessage(
  publicKey: PublicKey,
  message: Uint8Array,
  signature: Uint8Array,
): void {
  if (verifyBytes(hashOf(publicKey), message, publicKey.key, signature)) return;
  throw new TrustError("bundle_signature", `no signature by the key ${publicKey.fingerprint}`);
}

function hashOf({ algorithm }: PublicKey): "sha256" | null {
  return algorithm === "ES256" ? "sha256" : null;
}

function describeKey(key: KeyObject): PublicKey {
  const spki = key.export({ type: "spki", format: "der" });
  return { algorithm: algorithmOf(key), fingerprint: sha256Digest(spki), key };
}

function algorithmOf(key: KeyObject): KeyAlgorithm {
  if (key.asymmetricKeyType === "ed25519") return "Ed25519";
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (key.asymmetricKeyType === "ec" && curve === "prime256v1") return "ES256";
  const kind = [key.asymmetricKeyType, curve].filter((part) => part !== undefined).join(" ");
  throw new TrustError("key_algorithm", `a key of kind ${kind} is not accepted`, {
    hint: "use ECDSA on P-256, or Ed25519",
  });
}

/** One PEM block with one of `labels`, and nothing else: node would take a certificate just as well. */
function readPem(pem: string, labels: readonly string[]): string {
  const block = /^-----BEGIN ([A-Z0-9 ]+)-----\r?\n[A-Za-z0-9+/=\r\n:, -]+?\r?\n-----END \1-----$/;
  const single = pem.length <= MAX_PEM_LENGTH && pem.split("-----BEGIN ").length === 2;
  const text = single ? pem.trim() : "";
  const label = block.exec(text)?.[1];
  if (label !== undefined && labels.includes(label)) return text;
  const found = label === undefined ? "" : `, not ${label}`;
  throw new TrustError("key_form", `a PEM block ${labels[0]} is wanted${found}`);
}

function read(make: () => KeyObject): KeyObject {
  try {
    return make();
  } catch (cause) {
    throw new TrustError("key_form", "the key cannot be read", { cause });
  }
}

function p256Key(seed: Uint8Array): KeyObject {
  const ecdh = createECDH("prime256v1");
  ecdh.setPrivateKey(seed);
  const point = ecdh.getPublicKey();
  const part = (start: number, end: number) => point.subarray(start, end).toString("base64url");
  return createPrivateKey({
    format: "jwk",
    key: {
      kty: "EC",
      crv: "P-256",
      d: Buffer.from(seed).toString("base64url"),
      x: part(1, 33),
      y: part(33, 65),
    },
  });
}

function ed25519Key(seed: Uint8Array): KeyObject {
  // RFC 8410 §7: the PKCS #8 frame around the 32 bytes of a private key.
  const frame = Buffer.from("302e020100300506032b657004220420", "hex");
  return createPrivateKey({
    key: Buffer.concat([frame, seed]),
    format: "der",
    type: "pkcs8",
  });
}
