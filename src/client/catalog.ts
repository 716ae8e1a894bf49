/**
 * The verifying way to an environment's files: the root's pinned fingerprint vouches for the key
 * set, that for the pointer and the release, and the release, by digest, for every file.
 */
import { sha256Digest } from "../core/codec/digest.js";
import { membersOf } from "../core/codec/members.js";
import { checkEnvironmentName } from "../core/recipe/names.js";
import type { ReleaseDocument } from "../core/recipe/release-document.js";
import type { Target } from "../core/score/project-state.js";
import { TrustError } from "../core/trust/error.js";
import { checkKeySetNumber, type KeySet, openKeySet } from "../core/trust/key-set.js";
import { type PublicKey, parsePublicKey } from "../core/trust/keys.js";
import {
  checkPointer,
  type OpenedPointer,
  openPointedRelease,
  openPointer,
  openRelease,
  releaseDigest,
} from "../core/trust/release-signature.js";
import { followRoots } from "../core/trust/root-chain.js";
import type { BackbarClient } from "./client.js";
import { ClientError } from "./error.js";
import { pathOf } from "./transport.js";

export interface RegistryTrust {
  readonly root: PublicKey;
  readonly keySet: KeySet;
  /** The service made its keys itself: they prove integrity, not origin. */
  readonly localKeys: boolean;
  /** Set where the root is a successor of the pinned one, signed by both; the pinned one's fingerprint. */
  readonly replacedRoot: string | undefined;
}

export interface TrustExpectation {
  /** Fingerprint of the root key, pinned at login; undefined accepts what the server shows. */
  readonly rootFingerprint?: string;
  /** The highest key set number that was seen, of sets by the pinned root. */
  readonly seenKeySet?: number;
}

export interface VerifiedRelease {
  readonly pointer: OpenedPointer;
  readonly release: ReleaseDocument;
}

/** The files of one target, each checked against the release. */
export interface VerifiedFiles {
  readonly provisioners: Uint8Array;
  readonly patches: readonly { readonly name: string; readonly content: Uint8Array }[];
}

/**
 * Reads and checks whom this registry trusts. Where its root follows the pinned one, that is a new
 * beginning: numbers that the old root signed are not held against it.
 * @throws {ClientError} client_root where the root is not the pinned one, nor its successor;
 *   {TrustError}
 */
export async function readTrust(
  client: BackbarClient,
  expected: TrustExpectation = {},
): Promise<RegistryTrust> {
  const discovery = membersOf(await client.getJson("/.well-known/backbar.json"));
  const root = parsePublicKey(textOf(membersOf(discovery.get("root")), "publicKey"));
  const { rootFingerprint = root.fingerprint, seenKeySet = 0 } = expected;
  const isPinned = root.fingerprint === rootFingerprint;
  if (!isPinned) await followPinned(discovery.get("rootChain"), rootFingerprint, root);
  const keySet = await openKeySet(textOf(discovery, "keySet"), root);
  checkKeySetNumber(keySet, isPinned ? seenKeySet : 0);
  const replacedRoot = isPinned ? undefined : rootFingerprint;
  return { root, keySet, localKeys: discovery.get("localKeys") === true, replacedRoot };
}

/** @throws {ClientError} client_root */
async function followPinned(chain: unknown, pinned: string, shown: PublicKey): Promise<void> {
  try {
    await followRoots(chain, pinned, shown);
  } catch (cause) {
    if (!(cause instanceof TrustError)) throw cause;
    throw new ClientError(
      "client_root",
      `the registry's root key is ${shown.fingerprint}, not ${pinned}`,
      {
        cause,
        hint: "this is another registry, or its root was lost and replaced: ask its operator; backbar login --root pins anew",
      },
    );
  }
}

/**
 * The current release of an environment, checked from the key set down.
 * @throws {TrustError} signed_*, pointer_*; {ClientError}; {ServerProblem}
 */
export async function readVerifiedRelease(
  client: BackbarClient,
  environment: string,
  trust: RegistryTrust,
  expected: { readonly now: Date; readonly seenNumber?: number },
): Promise<VerifiedRelease> {
  checkEnvironmentName(environment);
  const path = pathOf("v1", "environments", environment, "catalog");
  const catalog = membersOf(await client.getJson(path));
  const keys = trust.keySet.release;
  const pointer = await openPointer(textOf(catalog, "pointer"), keys, expected.now);
  checkPointer(pointer, { environment, ...expected });
  const release = await openPointedRelease(textOf(catalog, "release"), pointer, keys);
  return { pointer, release };
}

/**
 * One release of an environment by its number, checked from the key set down; `digest` is that of
 * the release as signed. Whether it is current, or ever was, is not asked.
 * @throws {TrustError} signed_*; {ClientError} client_release where it is another; {ServerProblem}
 */
export async function readNumberedRelease(
  client: BackbarClient,
  environment: string,
  number: number,
  trust: RegistryTrust,
): Promise<{ readonly release: ReleaseDocument; readonly digest: string }> {
  checkEnvironmentName(environment);
  const path = pathOf("v1", "environments", environment, "releases", number);
  const signed = textOf(membersOf(await client.getJson(path)), "signed");
  const release = await openRelease(signed, trust.keySet.release);
  if (release.number === number && release.environment === environment) {
    return { release, digest: releaseDigest(signed) };
  }
  const shown = `release ${release.number} of ${release.environment}`;
  throw new ClientError(
    "client_release",
    `the server gave ${shown}, not ${number} of ${environment}`,
  );
}

/**
 * The files that `release` names for `target`.
 * @throws {ClientError} client_answer where a file is not the one that was signed; {ServerProblem}
 */
export async function readVerifiedFiles(
  client: BackbarClient,
  release: ReleaseDocument,
  target: Target,
): Promise<VerifiedFiles> {
  const { environment, number } = release;
  const named = release.targets[target];
  const provisioners = await client.getProvisioners(environment, target, number);
  checkDigest("the provisioners file", provisioners, named.provisioners);
  const patches: { name: string; content: Uint8Array }[] = [];
  for (const { name, digest } of named.patches) {
    const content = await client.getPatchTemplate(environment, target, name, number);
    checkDigest(name, content, digest);
    patches.push({ name, content });
  }
  return { provisioners, patches };
}

function checkDigest(what: string, content: Uint8Array, digest: string): void {
  const actual = sha256Digest(content);
  if (actual === digest) return;
  throw new ClientError("client_answer", `${what} is ${actual}; the release names ${digest}`);
}

function textOf(fields: ReadonlyMap<string, unknown>, key: string): string {
  const value = fields.get(key);
  if (typeof value === "string") return value;
  throw new ClientError("client_answer", `the server's answer lacks ${key}`);
}
