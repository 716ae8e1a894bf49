/**
 * The key set: which public keys this registry signs with and signed with, and which publishers may
 * sign, or might, versions of which namespace, and how many of them it takes. Signed by the root
 * key, whose fingerprint clients pin. Numbered, so that an older set is recognised. Keys that no
 * longer hold stay in it with their dates: so the root says whether a key held at the time that the
 * log gives.
 */
import type { JsonValue } from "../codec/canonical-json.js";
import { checkNamespace } from "../recipe/names.js";
import { refuseTime } from "../recipe/release-document.js";
import { optional, refuseWhere, StrictObject } from "../recipe/strict-json.js";
import type { DatedKey } from "./dated-key.js";
import { TrustError } from "./error.js";
import { formatPublicKey, type PublicKey, parsePublicKey } from "./keys.js";
import { checkJump, MAX_NUMBER } from "./numbers.js";
import { openSigned, readSigned, sign, typeOf } from "./signed-json.js";
import type { Signer } from "./signer.js";

export interface KeySet {
  /** Grows by one with every change; from 1. */
  readonly number: number;
  /** RFC 3339, UTC. */
  readonly time: string;
  /** The name of the log that checkpoints carry. */
  readonly origin: string;
  /** Logs that ended with a restored backup, oldest first. */
  readonly formerOrigins: readonly FormerOrigin[];
  /** Keys that sign releases, pointers and records, or did: the last one without an end is in use. */
  readonly release: readonly DatedKey[];
  /** Keys that sign the log's checkpoints, likewise. */
  readonly checkpoint: readonly DatedKey[];
  /** By name. */
  readonly namespaces: ReadonlyMap<string, NamespaceKeys>;
}

/** A log that another one took over from. */
export interface FormerOrigin {
  readonly origin: string;
  /** How many of its leaves the next log has. */
  readonly size: number;
}

export interface NamespaceKeys {
  /** How many different keys must sign a version; at least 1. */
  readonly signatures: number;
  /** Keys that may sign versions, or might. */
  readonly keys: readonly DatedKey[];
}

const KEY_SET_TYPE = "vnd.backbar.key-set.v2+json";

const MAX_KEYS = 1000;
const MAX_SIGNATURES = 50;
const MAX_NAMESPACES = 10_000;
const MAX_ORIGINS = 1000;

/**
 * The key set as a compact JWS by the root key.
 * @throws {BackbarError} signer_unavailable
 */
export function signKeySet(keySet: KeySet, root: Signer): Promise<string> {
  return sign(formatKeySet(keySet), KEY_SET_TYPE, root);
}

/** Whether `jws` is a key set of this form, and not of an earlier one. */
export function hasCurrentForm(jws: string): boolean {
  return typeOf(jws) === KEY_SET_TYPE;
}

/** @throws {TrustError} signed_*, key_form, key_algorithm */
export async function openKeySet(jws: string, root: PublicKey): Promise<KeySet> {
  const { payload } = await openSigned(jws, KEY_SET_TYPE, root);
  return parseKeySet(payload);
}

/** The JSON form: keys as SPKI PEM. */
export function formatKeySet(keySet: KeySet): JsonValue {
  const { number, time, origin, formerOrigins, release, checkpoint, namespaces } = keySet;
  return {
    number,
    time,
    origin,
    formerOrigins: formerOrigins.map((former) => ({ origin: former.origin, size: former.size })),
    release: release.map(formatKey),
    checkpoint: checkpoint.map(formatKey),
    namespaces: Object.fromEntries(
      [...namespaces].map(([name, { signatures, keys }]) => [
        name,
        { signatures, keys: keys.map(formatKey) },
      ]),
    ),
  };
}

/** @throws {TrustError} signed_payload, key_form, key_algorithm */
export function parseKeySet(value: JsonValue): KeySet {
  return readSigned("key set", value, (document, problems) => {
    const fields = new StrictObject(document, [], problems);
    const keySet = {
      number: fields.integer("number", 1, MAX_NUMBER),
      time: fields.text("time", { refuse: refuseTime }),
      origin: fields.text("origin"),
      formerOrigins: fields.objects("formerOrigins", MAX_ORIGINS).map((former) => {
        const read = { origin: former.text("origin"), size: former.integer("size", 0) };
        former.done();
        return read;
      }),
      release: readKeys(fields, "release"),
      checkpoint: readKeys(fields, "checkpoint"),
    };
    const namespaces = new Map<string, NamespaceKeys>();
    const lists = fields.object("namespaces") ?? new StrictObject(null, ["namespaces"], problems);
    const names = lists.keys();
    if (names.length > MAX_NAMESPACES) lists.fault([], `holds more than ${MAX_NAMESPACES}`);
    for (const name of names.slice(0, MAX_NAMESPACES)) {
      const reason = refuseWhere(checkNamespace)(name);
      if (reason !== undefined) lists.fault([name], reason);
      const list = lists.object(name) ?? new StrictObject(null, ["namespaces", name], problems);
      const signatures = list.integer("signatures", 1, MAX_SIGNATURES);
      namespaces.set(name, { signatures, keys: readKeys(list, "keys") });
      list.done();
    }
    fields.done();
    return { ...keySet, namespaces };
  });
}

/**
 * Accepts only a set that follows the one seen before; 0 where none was seen.
 * @throws {TrustError} key_set where `keySet` is older; number_jump where it is out of reason newer
 */
export function checkKeySetNumber(keySet: KeySet, seenNumber: number): void {
  checkJump("the key set", keySet.number, seenNumber);
  if (keySet.number >= seenNumber) return;
  throw new TrustError(
    "key_set",
    `this is key set ${keySet.number}; key set ${seenNumber} has been seen`,
  );
}

/**
 * Who may sign versions of `namespace`, or might.
 * @throws {TrustError} key_unknown where the set knows no key
 */
export function namespaceKeys(keySet: KeySet, namespace: string): NamespaceKeys {
  const listed = keySet.namespaces.get(namespace);
  if (listed !== undefined && listed.keys.length > 0) return listed;
  throw new TrustError("key_unknown", `no key may sign versions of the namespace '${namespace}'`);
}

function formatKey({ publicKey, since, until, revoked }: DatedKey): JsonValue {
  return {
    publicKey: formatPublicKey(publicKey),
    since,
    ...optional("until", until),
    ...(revoked === undefined ? {} : { revoked: { ...revoked } }),
  };
}

function readKeys(fields: StrictObject, name: string): DatedKey[] {
  const keys = fields.objects(name, MAX_KEYS).map((key): DatedKey => {
    const pem = key.text("publicKey", { maxLength: 4096 });
    const since = key.text("since", { refuse: refuseTime });
    const until = key.optionalText("until", { refuse: refuseTime });
    const revocation = key.object("revoked");
    const at = revocation?.text("at", { refuse: refuseTime });
    const reason = revocation?.optionalText("reason");
    revocation?.done();
    key.done();
    return {
      publicKey: parsePublicKey(pem),
      since,
      ...optional("until", until),
      ...(at === undefined ? {} : { revoked: { at, ...optional("reason", reason) } }),
    };
  });
  const fingerprints = new Set(keys.map(({ publicKey }) => publicKey.fingerprint));
  if (fingerprints.size < keys.length) fields.fault([name], "holds a key twice");
  return keys;
}
