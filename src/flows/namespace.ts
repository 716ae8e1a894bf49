/** Namespaces: who may publish where. */
import { checkNamespace, findLookAlikes } from "../core/recipe/names.js";
import { formatPublicKey, parsePublicKey } from "../core/trust/keys.js";
import type { Db, Tx } from "../store/db.js";
import { lockLogHead } from "../store/log.js";
import {
  listNamespaces,
  type PublisherKey,
  readPublisherKeys,
  writeNamespace,
} from "../store/namespaces.js";
import { FlowError } from "./error.js";
import { renewKeySet } from "./identity.js";
import { appendRecord, changeRegistry } from "./log.js";
import type { Registry } from "./registry.js";

export interface Namespace {
  readonly name: string;
  readonly publisherKeys: readonly PublisherKey[];
}

/** @throws {FlowError} namespace_unknown */
export async function readNamespace(db: Db | Tx, name: string): Promise<Namespace> {
  const publisherKeys = await readPublisherKeys(db, name);
  if (publisherKeys !== undefined) return { name, publisherKeys };
  throw new FlowError("namespace_unknown", `there is no namespace ${name}`, {
    hint: `an administrator makes it: PUT /v1/namespaces/${name}`,
  });
}

/** All namespaces, by name. */
export async function readNamespaces(registry: Registry): Promise<string[]> {
  return listNamespaces(registry.db);
}

/**
 * Makes a namespace, or replaces its publisher keys; the same keys again change nothing.
 * @throws {RecipeError} namespace_name
 * @throws {TrustError} key_form, key_algorithm
 * @throws {FlowError} namespace_look_alike
 */
export async function putNamespace(
  registry: Registry,
  input: { readonly name: string; readonly publicKeys: readonly string[]; readonly actor: string },
): Promise<{ readonly namespace: Namespace; readonly changed: boolean }> {
  const { name, actor } = input;
  checkNamespace(name);
  const keys = new Map(
    input.publicKeys.map((pem) => {
      const key = parsePublicKey(pem);
      return [key.fingerprint, { fingerprint: key.fingerprint, publicKey: formatPublicKey(key) }];
    }),
  );
  const publisherKeys = [...keys.values()].sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
  const fingerprints = publisherKeys.map(({ fingerprint }) => fingerprint);
  return changeRegistry(registry, async (tx) => {
    // The head's lock puts changes in a row: two look-alikes made at once would not see each other.
    await lockLogHead(tx);
    const known = await readPublisherKeys(tx, name);
    if (known !== undefined && sameKeys(known, publisherKeys)) {
      return { namespace: { name, publisherKeys }, changed: false };
    }
    if (known === undefined) await checkLookAlikes(name, await listNamespaces(tx));
    const details = { namespace: name, publisherKeys: fingerprints };
    const logIndex = await appendRecord(registry, tx, { kind: "namespace", actor, details });
    await writeNamespace(tx, name, publisherKeys, { at: registry.now(), logIndex });
    await renewKeySet(registry, tx);
    return { namespace: { name, publisherKeys }, changed: true };
  });
}

function sameKeys(a: readonly PublisherKey[], b: readonly PublisherKey[]): boolean {
  return a.length === b.length && a.every((key, i) => key.fingerprint === b[i]?.fingerprint);
}

async function checkLookAlikes(name: string, others: readonly string[]): Promise<void> {
  const [like] = findLookAlikes(name, others);
  if (like === undefined) return;
  throw new FlowError("namespace_look_alike", `${name} looks like the namespace ${like}`);
}
