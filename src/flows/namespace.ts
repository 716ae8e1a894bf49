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
  /** In order of fingerprint. */
  readonly publisherKeys: readonly PublisherKey[];
  /** Digest of all that may change; its ETag. */
  readonly digest: string;
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
    `${caller.actor} is no owner of ${namespace.name} and has not the role publisher:${namespace.name}`,
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
 *   namespace_changed, namespace_tombstoned
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
      publisherKeys: keys ?? known?.publisherKeys ?? [],
      signatures: change.signatures ?? known?.signatures ?? 1,
      visibility: change.visibility ?? known?.visibility ?? "public",
      commands: change.commands ?? known?.commands ?? false,
      tombstonedAt: null,
    };
    checkSignatures(changed);
    return changed;
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
    const { publisherKeys, ...row } = content;
    const logIndex = await appendRecord(registry, tx, {
      kind: "namespace",
      actor: caller.actor,
      details: detailsOf(content),
    });
    const createdAt = known?.createdAt ?? registry.now();
    await writeNamespace(tx, { ...row, createdAt, logIndex });
    await writePublisherKeys(tx, name, publisherKeys, logIndex);
    await renewKeySet(registry, tx);
    return { ...content, createdAt, digest: digestOf(content) };
  });
}

async function loadNamespace(db: Db | Tx, name: string): Promise<Namespace | undefined> {
  const found = await findNamespaceWithKeys(db, name);
  if (found === undefined) return undefined;
  const { logIndex: _leaf, createdAt, ...content } = found.row;
  const whole = { ...content, publisherKeys: found.keys };
  return { ...whole, createdAt, digest: digestOf(whole) };
}

function digestOf(content: Content): string {
  return sha256Digest(canonicalJson(detailsOf(content)));
}

/** All fields, keys by fingerprint: what the log records. */
function detailsOf(content: Content): { readonly [key: string]: JsonValue } {
  const { name, owners, publisherKeys, signatures, visibility, commands, tombstonedAt } = content;
  return {
    namespace: name,
    owners,
    publisherKeys: publisherKeys.map(({ fingerprint }) => fingerprint),
    signatures,
    visibility,
    commands,
    ...(tombstonedAt === null ? {} : { tombstonedAt: tombstonedAt.toISOString() }),
  };
}

/** Without repetitions, in order of fingerprint. */
function parseKeys(publicKeys: readonly string[]): PublisherKey[] {
  const keys = new Map<string, PublisherKey>();
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
  return [...keys.values()].sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
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
