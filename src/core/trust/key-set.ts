/**
 * The key set: which public keys this registry signs with, and which publishers may sign versions
 * of which namespace. Signed by the root key, whose fingerprint clients pin. Numbered, so that an
 * older set is recognised.
 */
import type { JsonValue } from "../codec/canonical-json.js";
import { checkNamespace } from "../recipe/names.js";
import { refuseTime } from "../recipe/release-document.js";
import { refuseWhere, StrictObject } from "../recipe/strict-json.js";
import { TrustError } from "./error.js";
import { formatPublicKey, type PublicKey, parsePublicKey } from "./keys.js";
import { openSigned, readSigned, sign } from "./signed-json.js";
import type { Signer } from "./signer.js";

export interface KeySet {
  /** Grows by one with every change; from 1. */
  readonly number: number;
  /** RFC 3339, UTC. */
  readonly time: string;
  /** The name of the log that checkpoints carry. */
  readonly origin: string;
  /** Keys that sign releases, pointers and records: the first is in use, the others still hold. */
  readonly release: readonly PublicKey[];
  /** Keys that sign the log's checkpoints, likewise. */
  readonly checkpoint: readonly PublicKey[];
  /** Keys that may sign versions, by namespace. */
  readonly namespaces: ReadonlyMap<string, readonly PublicKey[]>;
}

const KEY_SET_TYPE = "vnd.backbar.key-set.v1+json";

const MAX_KEYS = 50;
const MAX_NAMESPACES = 10_000;

/** The key set as a compact JWS by the root key. */
export function signKeySet(keySet: KeySet, root: Signer): Promise<string> {
  return sign(formatKeySet(keySet), KEY_SET_TYPE, root);
}

/** @throws {TrustError} signed_*, key_form, key_algorithm */
export async function openKeySet(jws: string, root: PublicKey): Promise<KeySet> {
  return parseKeySet(await openSigned(jws, KEY_SET_TYPE, root));
}

/** The JSON form: keys as SPKI PEM. */
export function formatKeySet(keySet: KeySet): JsonValue {
  const { number, time, origin, release, checkpoint, namespaces } = keySet;
  return {
    number,
    time,
    origin,
    release: release.map(formatPublicKey),
    checkpoint: checkpoint.map(formatPublicKey),
    namespaces: Object.fromEntries(
      [...namespaces].map(([name, keys]) => [name, keys.map(formatPublicKey)]),
    ),
  };
}

/** @throws {TrustError} signed_payload, key_form, key_algorithm, key_set */
export function parseKeySet(value: JsonValue): KeySet {
  return readSigned("key set", value, (document, problems) => {
    const fields = new StrictObject(document, [], problems);
    const number = fields.integer("number", 1);
    const time = fields.text("time", { refuse: refuseTime });
    const origin = fields.text("origin");
    const release = readKeys(fields, "release");
    const checkpoint = readKeys(fields, "checkpoint");
    const namespaces = new Map<string, PublicKey[]>();
    const lists = fields.object("namespaces") ?? new StrictObject(null, ["namespaces"], problems);
    const names = lists.keys();
    if (names.length > MAX_NAMESPACES) lists.fault([], `holds more than ${MAX_NAMESPACES}`);
    for (const name of names.slice(0, MAX_NAMESPACES)) {
      const reason = refuseWhere(checkNamespace)(name);
      if (reason !== undefined) lists.fault([name], reason);
      namespaces.set(name, readKeys(lists, name));
    }
    fields.done();
    return { number, time, origin, release, checkpoint, namespaces };
  });
}

/**
 * Accepts only a set that follows the one seen before.
 * @throws {TrustError} key_set where `keySet` is older
 */
export function checkKeySetNumber(keySet: KeySet, seenNumber: number): void {
  if (keySet.number >= seenNumber) return;
  throw new TrustError(
    "key_set",
    `this is key set ${keySet.number}; key set ${seenNumber} has been seen`,
  );
}

/**
 * The keys that may sign versions of `namespace`.
 * @throws {TrustError} key_unknown where the set knows none
 */
export function publisherKeys(keySet: KeySet, namespace: string): readonly PublicKey[] {
  const keys = keySet.namespaces.get(namespace) ?? [];
  if (keys.length > 0) return keys;
  throw new TrustError("key_unknown", `no key may sign versions of the namespace '${namespace}'`);
}

function readKeys(fields: StrictObject, name: string): PublicKey[] {
  const keys = fields.texts(name, MAX_KEYS, { maxLength: 4096 }).map(parsePublicKey);
  const fingerprints = new Set(keys.map(({ fingerprint }) => fingerprint));
  if (fingerprints.size < keys.length) fields.fault([name], "holds a key twice");
  return keys;
}
