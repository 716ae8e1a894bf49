/**
 * Who this registry is: its own public keys, past and present, as the database lists them, and the
 * key set that the root signs. What is signed is put together from the database alone, so that a
 * process with older keys never undoes what another one changed.
 */
import { membersOf } from "../core/codec/members.js";
import { optional } from "../core/recipe/strict-json.js";
import type { DatedKey } from "../core/trust/dated-key.js";
import {
  type FormerOrigin,
  hasCurrentForm,
  type NamespaceKeys,
  signKeySet,
} from "../core/trust/key-set.js";
import { formatPublicKey, parsePublicKey } from "../core/trust/keys.js";
import { openRecord } from "../core/trust/record.js";
import type { SignedRootStep } from "../core/trust/root-chain.js";
import { getBlob } from "../store/blobs.js";
import { type Db, readSnapshot, type Tx } from "../store/db.js";
import { lockLogHead, readLogLeaves } from "../store/log.js";
import { ORIGIN_SETTING } from "../store/log-checkpoint.js";
import { listPublisherKeys, type PublisherKey } from "../store/namespaces.js";
import { deleteSetting, readSetting, settle, writeSetting } from "../store/settings.js";
import {
  listSigningKeys,
  type SigningKeyRow,
  type SigningPurpose,
  writeSigningKey,
} from "../store/signing-keys.js";
import { FlowError } from "./error.js";
import type { Registry } from "./registry.js";

const KEY_SET = "key_set";
const KEY_SET_NUMBER = "key_set_number";
const FORMER_ORIGINS = "log_former_origins";
const STATE_KEY = "key_state";
/** Holds the steps from one root to the next, as JSON. */
export const ROOT_CHAIN = "root_chain";
/** More changes of keys than come between two backups; clients accept such a jump. */
const SKIPPED_NUMBERS = 10_000;

const PURPOSES = ["root", "release", "checkpoint"] as const satisfies SigningPurpose[];

/** True where the database is bound to keys. */
export async function hasIdentity(db: Db): Promise<boolean> {
  return (await readSetting(db, STATE_KEY)) !== undefined;
}

/**
 * Binds an empty database to the keys at hand; checks that one in use belongs to them.
 * @throws {FlowError} registry_keys
 * @throws {BackbarError} signer_unavailable where the key set has to be signed, and cannot be
 */
export async function settleIdentity(registry: Registry): Promise<void> {
  await registry.db.transaction(async (tx) => {
    // Of processes that start at once, one does it.
    await lockLogHead(tx);
    const listed = await listSigningKeys(tx);
    if (listed.length === 0) await listFirstKeys(registry, tx);
    for (const purpose of listed.length === 0 ? [] : PURPOSES) {
      const known = listed.filter((row) => row.purpose === purpose);
      checkInUse(registry, purpose, known);
    }
    const stateId = Buffer.from(registry.keys.state.id).toString("hex");
    const settled = await settle(tx, STATE_KEY, stateId);
    if (settled !== stateId) throw otherKey("state", settled);
    const id = Buffer.from(registry.randomBytes(8)).toString("hex");
    await settle(tx, ORIGIN_SETTING, `backbar/${id}`);
    const keySet = await readSetting(tx, KEY_SET);
    if (keySet === undefined || !hasCurrentForm(keySet)) await renewKeySet(registry, tx);
  });
}

/** Fingerprints of the keys in use, by what they sign; none of a database that is new. */
export async function listKeysInUse(db: Db): Promise<ReadonlyMap<SigningPurpose, string>> {
  const rows = await listSigningKeys(db);
  return new Map(
    PURPOSES.flatMap((purpose) => {
      const key = keyInUse(rows.filter((row) => row.purpose === purpose));
      return key === undefined ? [] : [[purpose, key.fingerprint] as const];
    }),
  );
}

/** Signs the key set anew: call it in the transaction that changes any key, with the log's head locked. */
export async function renewKeySet(registry: Registry, tx: Tx): Promise<void> {
  const signing = await listSigningKeys(tx);
  const listed = (purpose: SigningPurpose) => signing.filter((row) => row.purpose === purpose);
  checkOwnRoot(registry, listed("root"));
  const number = Number((await readSetting(tx, KEY_SET_NUMBER)) ?? "0") + 1;
  const signed = await signKeySet(
    {
      number,
      time: registry.now().toISOString(),
      origin: await readOrigin(tx),
      formerOrigins: await readFormerOrigins(tx),
      release: listed("release").map(datedKey),
      checkpoint: listed("checkpoint").map(datedKey),
      namespaces: await namespaceKeys(tx),
    },
    registry.keys.root,
  );
  await writeSetting(tx, KEY_SET_NUMBER, String(number));
  await writeSetting(tx, KEY_SET, signed);
}

/** What clients know the registry by: all of one moment, whichever keys this process has. */
export interface RegistryIdentity {
  /** The log's name. */
  readonly origin: string;
  /** The key that signs the key set; SPKI as PEM. */
  readonly root: Pick<SigningKeyRow, "fingerprint" | "publicKey">;
  /** The steps from each root to the next, oldest first. */
  readonly rootChain: SignedRootStep[];
  /** Compact JWS by the root key. */
  readonly keySet: string;
}

export function readIdentity(registry: Registry): Promise<RegistryIdentity> {
  return readSnapshot(registry.db, async (tx) => {
    const roots = (await listSigningKeys(tx)).filter(({ purpose }) => purpose === "root");
    const { fingerprint = "", publicKey = "" } = keyInUse(roots) ?? {};
    return {
      origin: await readOrigin(tx),
      root: { fingerprint, publicKey },
      rootChain: await readRootChain(tx),
      keySet: (await readSetting(tx, KEY_SET)) ?? "",
    };
  });
}

/** The key set as a compact JWS by the root key. */
export async function readKeySet(registry: Registry): Promise<string> {
  return (await readSetting(registry.db, KEY_SET)) ?? "";
}

/** The steps from each root to the next, oldest first. */
export async function readRootChain(db: Db | Tx): Promise<SignedRootStep[]> {
  return JSON.parse((await readSetting(db, ROOT_CHAIN)) ?? "[]") as SignedRootStep[];
}

/** The name of the log, as its checkpoints carry it. */
export async function readOrigin(db: Db | Tx): Promise<string> {
  return (await readSetting(db, ORIGIN_SETTING)) ?? "";
}

/** The names of logs that ended with a restored backup, oldest first. */
export async function readFormerOrigins(db: Db | Tx): Promise<FormerOrigin[]> {
  const stored: unknown = JSON.parse((await readSetting(db, FORMER_ORIGINS)) ?? "[]");
  return (Array.isArray(stored) ? stored : []).map((one) => {
    const { origin, size } = Object.fromEntries(membersOf(one));
    return { origin: String(origin), size: Number(size) };
  });
}

/**
 * Gives the log another name, after the first `size` leaves of the present one; the key set has to
 * be renewed in the same transaction.
 */
export async function replaceOrigin(tx: Tx, origin: string, size: number): Promise<void> {
  const former = [...(await readFormerOrigins(tx)), { origin: await readOrigin(tx), size }];
  await writeSetting(tx, FORMER_ORIGINS, JSON.stringify(former));
  await writeSetting(tx, ORIGIN_SETTING, origin);
}

/**
 * Goes past the numbers of key sets that may have been lost with a newer database: clients that saw
 * one refuse lower ones.
 */
export async function skipKeySetNumbers(tx: Tx): Promise<void> {
  const number = Number((await readSetting(tx, KEY_SET_NUMBER)) ?? "0");
  await writeSetting(tx, KEY_SET_NUMBER, String(number + SKIPPED_NUMBERS));
}

/** A key as the key set says it. */
export function datedKey(row: Omit<SigningKeyRow, "purpose" | "logIndex">): DatedKey {
  const { publicKey, since, until, revokedAt, revokedReason } = row;
  return {
    publicKey: parsePublicKey(publicKey),
    since: since.toISOString(),
    ...optional("until", until?.toISOString()),
    ...(revokedAt === null
      ? {}
      : {
          revoked: {
            at: revokedAt.toISOString(),
            ...optional("reason", revokedReason ?? undefined),
          },
        }),
  };
}

/** The key that signs, of those listed for one purpose. */
export function keyInUse(rows: readonly SigningKeyRow[]): SigningKeyRow | undefined {
  return rows.findLast(({ until, revokedAt }) => until === null && revokedAt === null);
}

/** @throws {FlowError} registry_keys where this process has another key than the database names */
function checkInUse(
  registry: Registry,
  purpose: SigningPurpose,
  rows: readonly SigningKeyRow[],
): void {
  const wanted = keyInUse(rows)?.fingerprint;
  if (wanted !== registry.keys[purpose].publicKey.fingerprint) throw otherKey(purpose, wanted);
}

/** @throws {FlowError} signing_key_replaced where another process has put another in its place */
function checkOwnRoot(registry: Registry, rows: readonly SigningKeyRow[]): void {
  const own = registry.keys.root.publicKey.fingerprint;
  if (keyInUse(rows)?.fingerprint !== own) throw keyReplaced("root", own);
}

/** What a process is refused that has another key than those which are in use. */
export function keyReplaced(purpose: SigningPurpose, fingerprint: string): FlowError {
  return new FlowError(
    "signing_key_replaced",
    `this process has the ${purpose} key ${fingerprint}, which is not in use`,
    { hint: "its operator restarts it with the key that is in use; reading goes on" },
  );
}

function otherKey(name: string, wanted: string | undefined): FlowError {
  return new FlowError(
    "registry_keys",
    `this database belongs to another ${name} key (${wanted})`,
    { hint: "set KEYS_DIR to the folder that holds its keys" },
  );
}

/** Earlier forms of the database kept the fingerprint of each key as a setting. */
async function listFirstKeys(registry: Registry, tx: Tx): Promise<void> {
  for (const purpose of PURPOSES) {
    const { fingerprint } = registry.keys[purpose].publicKey;
    const settled = await readSetting(tx, `key_${purpose}`);
    if (settled !== undefined && settled !== fingerprint) throw otherKey(purpose, settled);
    await deleteSetting(tx, `key_${purpose}`);
  }
  const since = await firstTime(registry, tx);
  for (const purpose of PURPOSES) {
    const { publicKey } = registry.keys[purpose];
    const { fingerprint } = publicKey;
    await writeSigningKey(tx, {
      ...{ purpose, fingerprint, publicKey: formatPublicKey(publicKey), since },
      ...{ until: null, revokedAt: null, revokedReason: null, logIndex: null },
    });
  }
}

/** When the log began; now for one that is empty. */
async function firstTime(registry: Registry, tx: Tx): Promise<Date> {
  const [leaf] = await readLogLeaves(tx, 0, 1);
  if (leaf === undefined) return registry.now();
  const envelope = new TextDecoder().decode(await getBlob(tx, leaf.envelope));
  return new Date((await openRecord(envelope, registry.keys.release.publicKey)).time);
}

async function namespaceKeys(tx: Tx): Promise<Map<string, NamespaceKeys>> {
  const stored = await listPublisherKeys(tx);
  const dated = (key: PublisherKey) => datedKey({ ...key, until: null });
  return new Map(
    [...stored].map(([name, { signatures, keys }]) => [
      name,
      { signatures, keys: keys.map(dated) },
    ]),
  );
}
