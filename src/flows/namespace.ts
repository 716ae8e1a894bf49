/** Namespaces: who may publish where, and who sees what was published there. */
import { canonicalJson, type JsonValue } from "../core/codec/canonical-json.js";
import { sha256Digest } from "../core/codec/digest.js";
import { checkNamespace, findLookAlikes } from "../core/recipe/names.js";
import { TrustError } from "../core/trust/error.js";
import { formatPublicKey, parsePublicKey } from "../core/trust/keys.js";
import { asProblem, type Problem } from "../errors.js";
import type { Db, Tx } from "../store/db.js";
import { lockLogHead } from "../store/log.js";
import {
  findNamespaceWithKeys,
  listNamespaceNames,
  listNamespaces,
  type NamespaceRow,
  type PublisherKey,
  type Visibility,
  writeNamespace,
  writePublisherKeys,
} from "../store/namespaces.js";
import { type Caller, may } from "./caller.js";
import { FlowError } from "./error.js";
import type { ExpectedDigest } from "./expected.js";
import { renewKeySet } from "./identity.js";
import { appendRecord, changeRegistry } from "./log.js";
import type { Registry } from "./registry.js";

export interface NamespaceSummary extends Omit<NamespaceRow, "logIndex"> {}

export interface Namespace extends NamespaceSummary {
  /** Those that may sign, in order of fingerprint. */
  readonly publisherKeys: readonly PublisherKey[];
  /** Those that no longer may, in order of fingerprint; none of them comes back. */
  readonly revokedKeys: readonly RevokedKey[];
  /** Digest of all that may change; its ETag. */
  readonly digest: string;
}

export interface RevokedKey extends PublisherKey {
  readonly revokedAt: Date;
}

export interface KeyRevocation {
  readonly fingerprint: string;
  readonly reason: string;
  /** From when on nothing that it signed is accepted: now, or earlier where it was stolen. */
  readonly at?: Date | undefined;
}

/** What a change says; what it leaves out stays as it is. */
export interface NamespaceChange {
  readonly name: string;
  readonly owners?: readonly string[] | undefined;
  /** SPKI, PEM. */
  readonly publicKeys?: readonly string[] | undefined;
  readonly signatures?: number | undefined;
  readonly visibility?: Visibility | undefined;
  readonly commands?: boolean | undefined;
}

/** @throws {FlowError} namespace_unknown */
export async function readNamespace(db: Db | Tx, name: string): Promise<Namespace> {
  const namespace = await loadNamespace(db, name);
  if (namespace !== undefined) return namespace;
  throw new FlowError("namespace_unknown", `there is no namespace ${name}`, {
    hint: `an administrator makes it: PUT /v1/namespaces/${name}`,
  });
}

/**
 * A namespace that was not given up.
 * @throws {FlowError} namespace_unknown, namespace_tombstoned
 */
export async function readOpenNamespace(db: Db | Tx, name: string): Promise<Namespace> {
  const namespace = await readNamespace(db, name);
  checkOpen(namespace);
  return namespace;
}

/** Namespaces after `after` in order of name, those given up as well. */
export function readNamespaces(
  registry: Registry,
  page: { readonly after?: string; readonly limit: number },
): Promise<NamespaceSummary[]> {
  return listNamespaces(registry.db, page);
}

type Owned = Pick<NamespaceRow, "name" | "owners">;

/** Whether `caller` may publish in the namespace, and say things of its versions. */
export function mayPublish(namespace: Owned, caller: Caller): boolean {
  return mayChange(namespace, caller) || may(caller, "publisher", namespace.name);
}

/** @throws {FlowError} namespace_owner */
export function checkMayPublish(namespace: Owned, caller: Caller): void {
  if (mayPublish(namespace, caller)) return;
  throw new FlowError(
    "namespace_owner",
    `${caller.actor} is no owner of ${namespace.name} and does not have the role publisher:${namespace.name}`,
    { hint: "ask one of its owners, or an administrator for a token" },
  );
}

function mayChange({ owners }: Owned, caller: Caller): boolean {
  return may(caller, "admin") || owners.includes(caller.actor);
}

/** @throws {FlowError} namespace_owner */
function checkMayChange(namespace: Owned, caller: Caller): void {
  if (mayChange(namespace, caller)) return;
  throw new FlowError(
    "namespace_owner",
    `${caller.actor} is neither an owner of ${namespace.name} nor an administrator`,
    { hint: "ask one of its owners" },
  );
}

/**
 * Makes a namespace, which takes an administrator, or changes it; the same again changes nothing.
 * @throws {RecipeError} namespace_name
 * @throws {TrustError} key_form, key_algorithm, with every such key in `problems`
 * @throws {FlowError} namespace_look_alike, namespace_owner, namespace_signatures,
 *   namespace_changed, namespace_tombstoned, namespace_key_revoked
 */
export async function putNamespace(
  registry: Registry,
  change: NamespaceChange,
  options: { readonly expected?: ExpectedDigest; readonly caller: Caller },
): Promise<Namespace> {
  const { name } = change;
  checkNamespace(name);
  const keys = change.publicKeys === undefined ? undefined : parseKeys(change.publicKeys);
  return changeNamespace(registry, name, options, async (tx, known) => {
    if (known === undefined) checkLookAlikes(name, await listNamespaceNames(tx));
    else checkOpen(known);
    const owners = change.owners === undefined ? known?.owners : [...new Set(change.owners)].sort();
    const changed = {
      name,
      owners: owners ?? [],
      ...(keys === undefined ? keysOf(known) : listKeys(name, keysOf(known), keys, registry.now())),
      signatures: change.signatures ?? known?.signatures ?? 1,
      visibility: change.visibility ?? known?.visibility ?? "public",
      commands: change.commands ?? known?.commands ?? false,
      tombstonedAt: null,
    };
    // A key that was stolen is revoked in any case: it may have left too few.
    const sameRule = change.publicKeys === undefined && change.signatures === undefined;
    if (known === undefined || !sameRule) checkSignatures(changed);
    return changed;
  });
}

/**
 * Revokes a publisher key from a time on, which may lie in the past: what it signed and the log took
 * in since then is no longer accepted. Too few keys may be left. Revoked already, it takes an
 * earlier time, since more may come to light; the same again changes nothing.
 * @throws {FlowError} namespace_unknown, namespace_owner, namespace_changed, namespace_key_unknown,
 *   namespace_key_date
 */
export async function revokePublisherKey(
  registry: Registry,
  name: string,
  revocation: KeyRevocation,
  options: { readonly expected?: ExpectedDigest; readonly caller: Caller },
): Promise<Namespace> {
  const { fingerprint, reason } = revocation;
  return changeNamespace(registry, name, options, async (tx, known) => {
    const { digest: _digest, createdAt: _made, ...kept } = known ?? (await readNamespace(tx, name));
    const now = registry.now();
    const before = kept.revokedKeys.find((one) => one.fingerprint === fingerprint);
    const key = before ?? kept.publisherKeys.find((one) => one.fingerprint === fingerprint);
    if (key === undefined) throw unknownKey(name, fingerprint);
    const at = revocation.at ?? before?.revokedAt ?? now;
    checkRevocationDate(at, before?.revokedAt ?? now);
    // It never held before it was listed.
    const revokedAt = at < key.since ? key.since : at;
    const revoked = { ...key, revokedAt, revokedReason: reason };
    const others = <Key extends PublisherKey>(keys: readonly Key[]) =>
      keys.filter((one) => one.fingerprint !== fingerprint);
    return {
      ...kept,
      publisherKeys: others(kept.publisherKeys),
      revokedKeys: sortKeys([...others(kept.revokedKeys), revoked]),
    };
  });
}

/**
 * Gives a namespace up for good: its name stays taken and what was published stays, but nothing is
 * published in it again. A second time changes nothing.
 * @throws {FlowError} namespace_unknown, namespace_owner, namespace_changed
 */
export async function tombstoneNamespace(
  registry: Registry,
  name: string,
  options: { readonly expected?: ExpectedDigest; readonly caller: Caller },
): Promise<Namespace> {
  return changeNamespace(registry, name, options, async (tx, known) => {
    const { digest: _digest, createdAt: _made, ...kept } = known ?? (await readNamespace(tx, name));
    return { ...kept, tombstonedAt: kept.tombstonedAt ?? registry.now() };
  });
}

/** What may change of a namespace. */
type Content = Omit<Namespace, "digest" | "createdAt">;

async function changeNamespace(
  registry: Registry,
  name: string,
  { expected, caller }: { readonly expected?: ExpectedDigest; readonly caller: Caller },
  change: (tx: Tx, known: Namespace | undefined) => Promise<Content>,
): Promise<Namespace> {
  return changeRegistry(registry, async (tx) => {
    // The head's lock puts changes in a row: two look-alikes made at once would not see each other.
    await lockLogHead(tx);
    const known = await loadNamespace(tx, name);
    checkMayChange(known ?? { name, owners: [] }, caller);
    checkExpected(name, known, expected);
    const content = await change(tx, known);
    if (known?.digest === digestOf(content)) return known;
    const { publisherKeys, revokedKeys, ...row } = content;
    const logIndex = await appendRecord(registry, tx, {
      kind: "namespace",
      actor: caller.actor,
      details: detailsOf(content),
    });
    const createdAt = known?.createdAt ?? registry.now();
    await writeNamespace(tx, { ...row, createdAt, logIndex });
    await writePublisherKeys(tx, name, [...publisherKeys, ...revokedKeys], logIndex);
    await renewKeySet(registry, tx);
    return { ...content, createdAt, digest: digestOf(content) };
  });
}

async function loadNamespace(db: Db | Tx, name: string): Promise<Namespace | undefined> {
  const found = await findNamespaceWithKeys(db, name);
  if (found === undefined) return undefined;
  const { logIndex: _leaf, createdAt, ...content } = found.row;
  const whole = {
    ...content,
    publisherKeys: found.keys.filter((key) => !isRevoked(key)),
    revokedKeys: found.keys.filter(isRevoked),
  };
  return { ...whole, createdAt, digest: digestOf(whole) };
}

function digestOf(content: Content): string {
  return sha256Digest(canonicalJson(detailsOf(content)));
}

/** All fields, keys by fingerprint: what the log records. */
function detailsOf(content: Content): { readonly [key: string]: JsonValue } {
  const { name, owners, publisherKeys, signatures, visibility, commands, tombstonedAt } = content;
  const revokedKeys = content.revokedKeys.map(({ fingerprint, revokedAt, revokedReason }) => ({
    ...{ fingerprint, at: revokedAt.toISOString() },
    ...(revokedReason === null ? {} : { reason: revokedReason }),
  }));
  return {
    namespace: name,
    owners,
    publisherKeys: publisherKeys.map(({ fingerprint }) => fingerprint),
    ...(revokedKeys.length === 0 ? {} : { revokedKeys }),
    signatures,
    visibility,
    commands,
    ...(tombstonedAt === null ? {} : { tombstonedAt: tombstonedAt.toISOString() }),
  };
}

type Keys = Pick<Namespace, "publisherKeys" | "revokedKeys">;

function keysOf(namespace: Namespace | undefined): Keys {
  const { publisherKeys = [], revokedKeys = [] } = namespace ?? {};
  return { publisherKeys, revokedKeys };
}

/**
 * Makes `wanted` the list of those that may sign; whichever is no longer on it is revoked.
 * @throws {FlowError} namespace_key_revoked
 */
function listKeys(name: string, known: Keys, wanted: readonly ParsedKey[], now: Date): Keys {
  const stays = new Set(wanted.map(({ fingerprint }) => fingerprint));
  const back = known.revokedKeys.find(({ fingerprint }) => stays.has(fingerprint));
  if (back !== undefined) {
    const since = back.revokedAt.toISOString();
    throw new FlowError(
      "namespace_key_revoked",
      `the key ${back.fingerprint} was taken off the list of ${name}: it is revoked since ${since}`,
      { hint: "a revoked key never comes back: make a new one with `backbar keys new`" },
    );
  }
  const listed = new Map(known.publisherKeys.map((key) => [key.fingerprint, key]));
  const gone = known.publisherKeys
    .filter(({ fingerprint }) => !stays.has(fingerprint))
    .map((key) => ({ ...key, revokedAt: now }));
  return {
    publisherKeys: wanted.map(
      (key) =>
        listed.get(key.fingerprint) ?? { ...key, since: now, revokedAt: null, revokedReason: null },
    ),
    revokedKeys: sortKeys([...known.revokedKeys, ...gone]),
  };
}

function isRevoked(key: PublisherKey): key is RevokedKey {
  return key.revokedAt !== null;
}

function sortKeys<Key extends { readonly fingerprint: string }>(keys: readonly Key[]): Key[] {
  return [...keys].sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
}

/** @throws {FlowError} namespace_key_date where `at` is later than `latest` */
function checkRevocationDate(at: Date, latest: Date): void {
  if (at <= latest) return;
  const given = Number.isNaN(at.getTime()) ? "a time that is none" : at.toISOString();
  throw new FlowError(
    "namespace_key_date",
    `a key is revoked from ${latest.toISOString()} on at the latest, not from ${given}`,
    { hint: "leave the time out to revoke it from now on" },
  );
}

function unknownKey(name: string, fingerprint: string): FlowError {
  return new FlowError(
    "namespace_key_unknown",
    `the key ${fingerprint} is not, and never was, on the list of ${name}`,
    { hint: `backbar keys list ${name} shows which are` },
  );
}

type ParsedKey = Pick<PublisherKey, "fingerprint" | "publicKey">;

/** Without repetitions, in order of fingerprint. */
function parseKeys(publicKeys: readonly string[]): ParsedKey[] {
  const keys = new Map<string, ParsedKey>();
  const faults: TrustError[] = [];
  const problems: Problem[] = [];
  for (const [index, pem] of publicKeys.entries()) {
    try {
      const key = parsePublicKey(pem);
      const { fingerprint } = key;
      keys.set(fingerprint, { fingerprint, publicKey: formatPublicKey(key) });
    } catch (error) {
      if (!(error instanceof TrustError)) throw error;
      faults.push(error);
      problems.push({ ...asProblem(error), place: { path: `publisherKeys.${index}` } });
    }
  }
  const [first] = faults;
  if (first !== undefined) {
    const { code, message, hint } = first;
    throw new TrustError(code, message, { ...(hint === undefined ? {} : { hint }), problems });
  }
  return sortKeys([...keys.values()]);
}

function checkExpected(name: string, known: Namespace | undefined, expected: ExpectedDigest): void {
  if (expected === undefined || expected === (known?.digest ?? null)) return;
  throw new FlowError("namespace_changed", `the namespace ${name} was changed by somebody else`, {
    hint: "read it again and repeat the change",
  });
}

function checkOpen({ name, tombstonedAt }: NamespaceSummary): void {
  if (tombstonedAt === null) return;
  throw new FlowError(
    "namespace_tombstoned",
    `the namespace ${name} was given up on ${tombstonedAt.toISOString()}`,
    { hint: "its name is never given again; what was published in it stays" },
  );
}

/** More signatures than keys, and nobody could publish; with no key at all nobody can yet. */
function checkSignatures({ name, signatures, publisherKeys }: Content): void {
  if (signatures >= 1 && signatures <= Math.max(1, publisherKeys.length)) return;
  throw new FlowError(
    "namespace_signatures",
    `${name} has ${publisherKeys.length} publisher keys: ${signatures} signatures cannot be asked for`,
    { hint: "signatures is at least 1 and at most the number of keys" },
  );
}

function checkLookAlikes(name: string, others: readonly string[]): void {
  const [like] = findLookAlikes(name, others);
  if (like === undefined) return;
  throw new FlowError("namespace_look_alike", `${name} looks like the namespace ${like}`);
}
