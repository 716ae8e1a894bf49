/**
 * Stored state, encrypted whole with AES-256-GCM (NIST SP 800-38D). A sealed state is
 * `version (1) | key id (8) | nonce (12) | ciphertext | tag (16)`; version and key id are
 * authenticated together with what the caller says the state belongs to, so that one project's
 * state cannot be put in another's place.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  type KeyObject,
} from "node:crypto";
import { canonicalJsonBytes } from "../codec/canonical-json.js";
import { TrustError } from "./error.js";

export interface StateKey {
  readonly key: KeyObject;
  /** The first 8 bytes of the key's SHA-256: says which key sealed, not what it is. */
  readonly id: Uint8Array;
}

export const STATE_KEY_BYTES = 32;
export const NONCE_BYTES = 12;

const VERSION = 1;
const ID_BYTES = 8;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + ID_BYTES;
const CIPHER = "aes-256-gcm";

/** @throws {TrustError} state_key unless `bytes` are 32 */
export function makeStateKey(bytes: Uint8Array): StateKey {
  if (bytes.length !== STATE_KEY_BYTES) {
    throw new TrustError("state_key", `a state key has ${STATE_KEY_BYTES} bytes`);
  }
  const id = new Uint8Array(createHash("sha256").update(bytes).digest().subarray(0, ID_BYTES));
  return { key: createSecretKey(bytes), id };
}

/**
 * Reads a state key file: one line of base64.
 * @throws {TrustError} state_key
 */
export function parseStateKey(text: string): StateKey {
  const bytes = Buffer.from(text.trim(), "base64");
  if (bytes.toString("base64") !== text.trim()) {
    throw new TrustError("state_key", "a state key is 32 bytes in base64");
  }
  return makeStateKey(bytes);
}

/** The state key file of a key made from 32 random bytes. */
export function formatStateKey(bytes: Uint8Array): string {
  return `${Buffer.from(bytes).toString("base64")}\n`;
}

/** Associated data that ties a state to its project in an environment. */
export function stateContext(project: string, environment: string): Uint8Array {
  return canonicalJsonBytes(["backbar-state", project, environment]);
}

/**
 * Seals `plaintext`. `nonce` must be 12 fresh random bytes each time.
 * @throws {TrustError} state_key where the nonce has another size
 */
export function sealState(
  plaintext: Uint8Array,
  key: StateKey,
  context: Uint8Array,
  nonce: Uint8Array,
): Uint8Array {
  if (nonce.length !== NONCE_BYTES) {
    throw new TrustError("state_key", `a nonce has ${NONCE_BYTES} bytes`);
  }
  const head = Buffer.concat([Uint8Array.of(VERSION), key.id]);
  const cipher = createCipheriv(CIPHER, key.key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.concat([head, context]));
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return new Uint8Array(Buffer.concat([head, nonce, body, cipher.getAuthTag()]));
}

/**
 * Opens a sealed state with whichever of `keys` sealed it.
 * @throws {TrustError} state_sealed where it was changed or belongs elsewhere, state_key_unknown
 */
export function openState(
  sealed: Uint8Array,
  keys: readonly StateKey[],
  context: Uint8Array,
): Uint8Array {
  if (sealed.length < HEAD_BYTES + NONCE_BYTES + TAG_BYTES || sealed[0] !== VERSION) {
    throw new TrustError("state_sealed", "this is no sealed state");
  }
  const head = sealed.subarray(0, HEAD_BYTES);
  const id = Buffer.from(head.subarray(1));
  const key = keys.find((candidate) => id.equals(candidate.id));
  if (key === undefined) {
    throw new TrustError(
      "state_key_unknown",
      "the state was sealed with a key that is not at hand",
    );
  }
  const nonce = sealed.subarray(HEAD_BYTES, HEAD_BYTES + NONCE_BYTES);
  const body = sealed.subarray(HEAD_BYTES + NONCE_BYTES, sealed.length - TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, key.key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.concat([head, context]));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  try {
    return new Uint8Array(Buffer.concat([decipher.update(body), decipher.final()]));
  } catch (cause) {
    throw new TrustError("state_sealed", "the sealed state was changed or belongs elsewhere", {
      cause,
    });
  }
}
