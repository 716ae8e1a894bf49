/** Namespaces and the public keys that may sign their versions. */
import { asc, eq } from "drizzle-orm";
import type { Db, Tx } from "./db.js";
import { namespaces, publisherKeys } from "./schema.js";

export interface PublisherKey {
  readonly fingerprint: string;
  /** SPKI as PEM. */
  readonly publicKey: string;
}

export async function listNamespaces(db: Db | Tx): Promise<string[]> {
  const rows = await db
    .select({ name: namespaces.name })
    .from(namespaces)
    .orderBy(asc(namespaces.name));
  return rows.map((row) => row.name);
}

/** The keys of `namespace`, or undefined where there is no such namespace. */
export async function readPublisherKeys(
  db: Db | Tx,
  namespace: string,
): Promise<PublisherKey[] | undefined> {
  const rows = await db
    .select({ fingerprint: publisherKeys.fingerprint, publicKey: publisherKeys.publicKey })
    .from(namespaces)
    .leftJoin(publisherKeys, eq(publisherKeys.namespace, namespaces.name))
    .where(eq(namespaces.name, namespace))
    .orderBy(asc(publisherKeys.fingerprint));
  if (rows.length === 0) return undefined;
  return rows.flatMap(({ fingerprint, publicKey }) =>
    fingerprint === null || publicKey === null ? [] : [{ fingerprint, publicKey }],
  );
}

/** Makes the namespace where it is missing, and replaces its keys. */
export async function writeNamespace(
  tx: Tx,
  name: string,
  keys: readonly PublisherKey[],
  entry: { at: Date; logIndex: number },
): Promise<void> {
  await tx
    .insert(namespaces)
    .values({ name, createdAt: entry.at, logIndex: entry.logIndex })
    .onConflictDoNothing();
  await tx.delete(publisherKeys).where(eq(publisherKeys.namespace, name));
  if (keys.length === 0) return;
  await tx
    .insert(publisherKeys)
    .values(keys.map((key) => ({ ...key, namespace: name, logIndex: entry.logIndex })));
}
