/**
 * The service's keys as files under KEYS_DIR: PKCS #8 PEM for signing keys, base64 for the state
 * key. Where the folder holds none, a local set is made and marked so: it proves integrity, not
 * origin.
 */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import {
  formatPrivateKey,
  type KeyAlgorithm,
  makePrivateKey,
  type PrivateKey,
  type PublicKey,
  parsePrivateKey,
  parsePublicKey,
} from "./core/trust/keys.js";
import {
  formatStateKey,
  parseStateKey,
  STATE_KEY_BYTES,
  type StateKey,
} from "./core/trust/sealed-state.js";
import { localSigner, type Signer } from "./core/trust/signer.js";
import { BackbarError } from "./errors.js";
import type { ServerKeys } from "./flows/registry.js";

export type KeysErrorCode = "keys_missing" | "keys_invalid" | "keys_write";

export class KeysError extends BackbarError<KeysErrorCode> {
  override readonly name = "KeysError";
}

export interface KeyRing extends ServerKeys {
  /** Signs what is published from this machine's catalog. */
  readonly publisher: PrivateKey | undefined;
}

const SIGNING_KEYS = {
  root: "ES256",
  release: "ES256",
  checkpoint: "Ed25519",
  publisher: "ES256",
} as const satisfies Record<string, KeyAlgorithm>;
type SigningKey = keyof typeof SIGNING_KEYS;

/** Keys of which one can take over from another. */
export const ROTATED_KEYS = ["root", "release", "checkpoint"] as const;
export type RotatedKey = (typeof ROTATED_KEYS)[number];

const LOCAL_MARK = "LOCAL.txt";
const KEYS_DIR_HINT =
  "restore the key, or set KEYS_DIR to the folder that holds the keys of this database";

/**
 * True where `directory` is missing or empty.
 * @throws {KeysError} keys_missing where it cannot be read
 */
export async function hasNoKeys(directory: string): Promise<boolean> {
  const names = await readdir(directory).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT" || cause.code === "ENOTDIR") return [];
    throw new KeysError("keys_missing", `${directory}: ${cause.message}`, {
      cause,
      hint: KEYS_DIR_HINT,
    });
  });
  return names.length === 0;
}

/**
 * Makes a local set of keys as `directory`, whole or not at all. Keys that another process puts
 * there meanwhile stay.
 * @throws {KeysError} keys_write
 */
export async function makeLocalKeys(directory: string): Promise<void> {
  const draft = draftOf(directory);
  try {
    await writeLocalKeys(draft);
    await rename(draft, directory);
  } catch (error) {
    await rm(draft, { recursive: true, force: true }).catch(() => {});
    if (isThere(error) && !(await hasNoKeys(directory))) return;
    throw unwritable(directory, error);
  }
}

async function writeLocalKeys(draft: string): Promise<void> {
  await mkdir(draft, { recursive: true, mode: 0o700 });
  for (const [name, algorithm] of Object.entries(SIGNING_KEYS)) {
    const key = makePrivateKey(algorithm, new Uint8Array(randomBytes(32)));
    await writeSecret(path.join(draft, `${name}.pem`), formatPrivateKey(key));
  }
  await writeSecret(path.join(draft, "state.key"), formatStateKey(randomBytes(STATE_KEY_BYTES)));
  await writeFile(
    path.join(draft, LOCAL_MARK),
    "These keys were made by the service on its first start. They prove integrity, not origin.\n",
  );
}

/** Makes the signer of a key that is kept elsewhere. */
export type ExternalKey = (publicKey: PublicKey) => Signer;

/**
 * Reads the keys of `directory`; of those kept elsewhere, the public halves.
 * @throws {KeysError} keys_missing, keys_invalid, naming the file
 */
export async function readKeys(
  directory: string,
  external: { readonly [Name in "root" | "release"]?: ExternalKey | undefined } = {},
): Promise<KeyRing> {
  const file = (name: string) => path.join(directory, name);
  const publisher = file("publisher.pem");
  return {
    root: await readSigner(directory, "root", external.root),
    release: await readSigner(directory, "release", external.release),
    checkpoint: localSigner(await readSigningKey(file("checkpoint.pem"), "checkpoint")),
    publisher: existsSync(publisher) ? await readSigningKey(publisher, "publisher") : undefined,
    state: await readStateKey(file("state.key")),
    local: existsSync(file(LOCAL_MARK)),
  };
}

/**
 * Reads the key that is to follow: `NAME.next.pem`, made where it is missing, or `NAME.next.pub.pem`
 * for one kept elsewhere.
 * @throws {KeysError} keys_missing, keys_invalid, keys_write
 */
export async function readNextKey(
  directory: string,
  name: RotatedKey,
  external: ExternalKey | undefined,
): Promise<Signer> {
  if (external !== undefined) {
    return external(await readPublicKey(path.join(directory, `${name}.next.pub.pem`), name));
  }
  const file = path.join(directory, `${name}.next.pem`);
  if (!existsSync(file)) {
    const key = makePrivateKey(SIGNING_KEYS[name], new Uint8Array(randomBytes(32)));
    await writeSecret(file, formatPrivateKey(key));
  }
  return localSigner(await readSigningKey(file, name));
}

/**
 * Puts each key that follows in its place where it is in use by now, as `isInUse` says of
 * fingerprints; the one before it is put aside as `NAME.replaced.pem`. Done twice, or by two
 * processes, it comes to the same.
 * @throws {KeysError} keys_invalid, keys_write
 */
export async function adoptNextKeys(
  directory: string,
  isInUse: (name: RotatedKey, fingerprint: string) => boolean,
): Promise<void> {
  for (const name of ROTATED_KEYS) {
    for (const half of ["pem", "pub.pem"] as const) {
      const next = path.join(directory, `${name}.next.${half}`);
      if (!existsSync(next)) continue;
      const key =
        half === "pem"
          ? (await readSigningKey(next, name)).publicKey
          : await readPublicKey(next, name);
      if (!isInUse(name, key.fingerprint)) continue;
      const present = path.join(directory, `${name}.${half}`);
      await moveAside(present, path.join(directory, `${name}.replaced.${half}`));
      await move(next, present);
    }
  }
}

/** A second hard link first: at no time is there neither. */
async function moveAside(file: string, aside: string): Promise<void> {
  if (!existsSync(file)) return;
  try {
    await rm(aside, { force: true });
    await link(file, aside);
  } catch (error) {
    if (!isGone(error) && !isThere(error)) throw unwritable(aside, error);
  }
}

/** Over what is there. Another process may have been first. */
async function move(from: string, to: string): Promise<void> {
  await rename(from, to).catch((error: unknown) => {
    if (!isGone(error)) throw unwritable(to, error);
  });
}

function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/**
 * Writes a file that only its owner may read, whole or not at all; one that exists stays.
 * @throws {KeysError} keys_write
 */
export async function writeSecret(file: string, text: string): Promise<void> {
  const draft = draftOf(file);
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(draft, text, { mode: 0o600 });
    await link(draft, file);
  } catch (error) {
    if (!isThere(error)) throw unwritable(file, error);
  } finally {
    await rm(draft, { force: true }).catch(() => {});
  }
}

/** Next to `target`, under a name that no other process takes. */
function draftOf(target: string): string {
  return `${target}.${randomBytes(6).toString("hex")}.new`;
}

function isThere(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "EEXIST" || code === "ENOTEMPTY";
}

function unwritable(target: string, cause: unknown): KeysError {
  if (cause instanceof KeysError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new KeysError("keys_write", `${target}: ${reason}`, {
    cause,
    hint: "set DATA_DIR and KEYS_DIR to directories that this user may write to",
  });
}

async function readSigner(
  directory: string,
  name: "root" | "release",
  external: ExternalKey | undefined,
): Promise<Signer> {
  const file = path.join(directory, `${name}.pem`);
  if (external === undefined) return localSigner(await readSigningKey(file, name));
  if (existsSync(file)) {
    throw new KeysError(
      "keys_invalid",
      `${file}: the ${name} key is kept elsewhere, and lies here`,
      {
        hint: `put the file away, or leave ${name.toUpperCase()}_SIGNER unset`,
      },
    );
  }
  return external(await readPublicKey(path.join(directory, `${name}.pub.pem`), name));
}

async function readPublicKey(file: string, name: SigningKey): Promise<PublicKey> {
  return readPem(file, name, parsePublicKey, (key) => key);
}

async function readSigningKey(file: string, name: SigningKey): Promise<PrivateKey> {
  return readPem(file, name, parsePrivateKey, ({ publicKey }) => publicKey);
}

async function readPem<Key>(
  file: string,
  name: SigningKey,
  parse: (pem: string) => Key,
  publicHalf: (key: Key) => PublicKey,
): Promise<Key> {
  const pem = await readRequired(file);
  try {
    const key = parse(pem);
    if (publicHalf(key).algorithm === SIGNING_KEYS[name]) return key;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new KeysError("keys_invalid", `${file}: ${reason}`, { cause });
  }
  throw new KeysError(
    "keys_invalid",
    `${file}: the ${name} key has to be for ${SIGNING_KEYS[name]}`,
  );
}

async function readStateKey(file: string): Promise<StateKey> {
  const text = await readRequired(file);
  try {
    return parseStateKey(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new KeysError("keys_invalid", `${file}: ${reason}`, { cause });
  }
}

async function readRequired(file: string): Promise<string> {
  return readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === "ENOENT" ? "there is no such file" : cause.message;
    throw new KeysError("keys_missing", `${file}: ${reason}`, { cause, hint: KEYS_DIR_HINT });
  });
}
