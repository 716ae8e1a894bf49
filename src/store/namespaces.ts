/** Namespaces, who may change them, and the public keys that may sign their versions. */
import { and, asc, eq, gt, inArray } from "drizzle-orm";
import type { Db, Tx } from "./db.js";
import { namespaces, publisherKeys } from "./schema.js";

export interface PublisherKey {
  readonly fingerprint: string;
  /** SPKI as PEM. */
  readonly publicKey: string;
}

export type Visibility = "public" | "private";

export interface NamespaceRow {
  readonly name: string;
  /** Actors that may change it, beside administrators. */
  readonly owners: readonly string[];
  /** How many different keys must sign a version. */
  readonly signatures: number;
  readonly visibility: Visibility;
  /** Whether its recipes may have `cmd://` provisioners. */
  readonly commands: boolean;
  readonly createdAt: Date;
  /** When it was given up. */
  readonly tombstonedAt: Date | null;
  readonly logIndex: number;
}

export async function findNamespace(db: Db | Tx, name: string): Promise<NamespaceRow | undefined> {
  const [row] = await db.select().from(namespaces).where(eq(namespaces.name, name));
  return row;
}

/** The namespace and its keys in order of fingerprint. */
export async function findNamespaceWithKeys(
  db: Db | Tx,
  name: string,
): Promise<{ readonly row: NamespaceRow; readonly keys: readonly PublisherKey[] } | undefined> {
  const { fingerprint, publicKey } = publisherKeys;
  const rows = await db
    .select({ row: namespaces, key: { fingerprint, publicKey } })
    .from(namespaces)
    .leftJoin(publisherKeys, eq(publisherKeys.namespace, namespaces.name))
    .where(eq(namespaces.name, name))
    .orderBy(asc(fingerprint));
  const keys = rows.flatMap(({ key }) => (key === null ? [] : [key]));
  return rows[0] && { row: rows[0].row, keys };
}

/** Namespaces after `after` in order of name. */
export function listNamespaces(
  db: Db | Tx,
  page: { readonly after?: string; readonly limit: number },
): Promise<NamespaceRow[]> {
  return db
    .select()
    .from(namespaces)
    .where(page.after === undefined ? undefined : gt(namespaces.name, page.after))
    .orderBy(asc(namespaces.name))
    .limit(page.limit);
}

/** The names of all namespaces, those given up as well. */
export async function listNamespaceNames(db: Db | Tx): Promise<string[]> {
  const rows = await db.select({ name: namespaces.name }).from(namespaces);
  return rows.map((row) => row.name);
}

/** The keys of one namespace or of all, by namespace, in order of fingerprint. */
export async function listPublisherKeys(
  db: Db | Tx,
  names?: readonly string[],
): Promise<Map<string, PublisherKey[]>> {
  const rows = await db
    .select({
      name: namespaces.name,
      fingerprint: publisherKeys.fingerprint,
      publicKey: publisherKeys.publicKey,
    })
    .from(namespaces)
    .leftJoin(publisherKeys, eq(publisherKeys.namespace, namespaces.name))
    .where(names === undefined ? undefined : inArray(namespaces.name, [...names]))
    .orderBy(asc(namespaces.name), asc(publisherKeys.fingerprint));
  const keys = new Map<string, PublisherKey[]>();
  for (const { name, fingerprint, publicKey } of rows) {
    const known = keys.get(name) ?? [];
    keys.set(name, known);
    if (fingerprint !== null && publicKey !== null) known.push({ fingerprint, publicKey });
  }
  return keys;
}

/** Makes the namespace or replaces what was said of it, but for the time it was made. */
export async function writeNamespace(tx: Tx, row: NamespaceRow): Promise<void> {
  const { createdAt: _made, ...changed } = row;
  await tx
    .insert(namespaces)
    .values(row)
    .onConflictDoUpdate({ target: namespaces.name, set: changed });
}

/** Replaces the keys of a namespace; those that stay keep the leaf that brought them. */
export async function writePublisherKeys(
  tx: Tx,
  namespace: string,
  keys: readonly PublisherKey[],
  logIndex: number,
): Promise<void> {
  const known = (await listPublisherKeys(tx, [namespace])).get(namespace) ?? [];
  const kept = new Set(keys.map(({ fingerprint }) => fingerprint));
  const gone = known.map(({ fingerprint }) => fingerprint).filter((one) => !kept.has(one));
  if (gone.length > 0) {
    await tx
      .delete(publisherKeys)
      .where(and(eq(publisherKeys.namespace, namespace), inArray(publisherKeys.fingerprint, gone)));
  }
  if (keys.length === 0) return;
  await tx
    .insert(publisherKeys)
    .values(keys.map((key) => ({ ...key, namespace, logIndex })))
    .onConflictDoNothing();
}
