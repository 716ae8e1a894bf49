/**
 * Releases and pointers as signed documents. A release never expires; the pointer says for a few
 * hours which release is current, so that nobody can serve an old one for long.
 */
import { sha256Digest } from "../codec/digest.js";
import { checkEnvironmentName, refuseDigest } from "../recipe/names.js";
import {
  formatRelease,
  parseRelease,
  type ReleaseDocument,
  refuseTime,
} from "../recipe/release-document.js";
import { refuseWhere, StrictObject } from "../recipe/strict-json.js";
import { CLOCK_SKEW_MS } from "./dated-key.js";
import { TrustError } from "./error.js";
import { checkJump, MAX_NUMBER } from "./numbers.js";
import {
  type AcceptedKeys,
  checkSignerAt,
  openSigned,
  publicHalf,
  readSigned,
  sign,
} from "./signed-json.js";
import type { Signer } from "./signer.js";

export interface Pointer {
  readonly environment: string;
  /** Number of the current release. */
  readonly number: number;
  /** Digest of the current release as signed. */
  readonly release: string;
  /** RFC 3339, UTC. */
  readonly issued: string;
  /** RFC 3339, UTC; from then on the pointer is void. */
  readonly expires: string;
}

const RELEASE_TYPE = "vnd.backbar.release.v1+json";
const POINTER_TYPE = "vnd.backbar.pointer.v1+json";

/** The release as a compact JWS by the release key. */
export function signRelease(release: ReleaseDocument, signer: Signer): Promise<string> {
  return sign(formatRelease(release), RELEASE_TYPE, signer);
}

/** The digest by which pointers and following releases name a signed release. */
export function releaseDigest(jws: string): string {
  return sha256Digest(jws);
}

/**
 * The release in `jws`, signed by a key that held at the release's time.
 * @throws {TrustError} signed_*, key_revoked, key_expired, key_not_yet
 * @throws {RecipeError} release_document
 */
export async function openRelease(jws: string, keys: AcceptedKeys): Promise<ReleaseDocument> {
  const opened = await openSigned(jws, RELEASE_TYPE, keys);
  const release = parseRelease(opened.payload);
  checkSignerAt(opened, release.time);
  return release;
}

/** The pointer as a compact JWS by the release key. */
export function signPointer(pointer: Pointer, signer: Signer): Promise<string> {
  return sign({ ...pointer }, POINTER_TYPE, signer);
}

export interface OpenedPointer extends Pointer {
  /** Fingerprint of the key that signed. */
  readonly signedBy: string;
}

/**
 * The pointer in `jws`, signed by a key that held when it was issued and holds `now`; whether the
 * pointer itself still holds is for `checkPointer` to say.
 * @throws {TrustError} signed_*, key_revoked, key_expired, key_not_yet
 */
export async function openPointer(
  jws: string,
  keys: AcceptedKeys,
  now: Date,
): Promise<OpenedPointer> {
  const opened = await openSigned(jws, POINTER_TYPE, keys);
  const pointer = readSigned("pointer", opened.payload, (value, problems) => {
    const fields = new StrictObject(value, [], problems);
    const pointer = {
      environment: fields.text("environment", { refuse: refuseWhere(checkEnvironmentName) }),
      number: fields.integer("number", 1, MAX_NUMBER),
      release: fields.text("release", { refuse: refuseDigest }),
      issued: fields.text("issued", { refuse: refuseTime }),
      expires: fields.text("expires", { refuse: refuseTime }),
    };
    fields.done();
    return pointer;
  });
  checkSignerAt(opened, pointer.issued);
  checkSignerAt(opened, now.toISOString());
  return { ...pointer, signedBy: publicHalf(opened.signer).fingerprint };
}

export interface PointerExpectation {
  readonly environment: string;
  readonly now: Date;
  /** The highest release number that this client has seen; a lower one is a rollback. */
  readonly seenNumber?: number;
}

/**
 * Checks that a pointer is about the environment, holds now, and is not older than what was seen.
 * @throws {TrustError} pointer_environment, pointer_expired, pointer_rollback, number_jump
 */
export function checkPointer(pointer: Pointer, expected: PointerExpectation): void {
  const { environment, now, seenNumber = 0 } = expected;
  if (pointer.environment !== environment) {
    throw new TrustError(
      "pointer_environment",
      `the pointer is for the environment ${pointer.environment}, not ${environment}`,
    );
  }
  if (now.getTime() >= Date.parse(pointer.expires)) {
    throw new TrustError(
      "pointer_expired",
      `the pointer of ${environment} expired at ${pointer.expires}`,
    );
  }
  if (Date.parse(pointer.issued) > now.getTime() + CLOCK_SKEW_MS) {
    throw new TrustError(
      "pointer_expired",
      `the pointer of ${environment} was issued at ${pointer.issued}, which is not yet`,
    );
  }
  if (pointer.number < seenNumber) {
    throw new TrustError(
      "pointer_rollback",
      `the pointer of ${environment} names release ${pointer.number}; release ${seenNumber} has been seen`,
    );
  }
  checkJump(`the release that the pointer of ${environment} names`, pointer.number, seenNumber);
}

/**
 * Opens a release that `pointer` names.
 * @throws {TrustError} pointer_release where it is another one; signed_*
 */
export async function openPointedRelease(
  jws: string,
  pointer: Pointer,
  keys: AcceptedKeys,
): Promise<ReleaseDocument> {
  if (releaseDigest(jws) !== pointer.release) {
    throw new TrustError("pointer_release", "the release is not the one that the pointer names");
  }
  const release = await openRelease(jws, keys);
  if (release.number === pointer.number && release.environment === pointer.environment) {
    return release;
  }
  throw new TrustError(
    "pointer_release",
    `the pointer names release ${pointer.number} of ${pointer.environment}, the document is release ${release.number} of ${release.environment}`,
  );
}
