/** Namespaces, who may change them, and the public keys that may sign their versions. */
import { asc, eq, gt, sql } from "drizzle-orm";
import type { Db, Tx } from "./db.js";
import { namespaces, publisherKeys } from "./schema.js";

export interface PublisherKey {
  readonly fingerprint: string;
  /** SPKI as PEM. */
  readonly publicKey: string;
  /** When it was listed. */
  readonly since: Date;
  /** From then on nothing that it signed is accepted; null while it is on the list. */
  readonly revokedAt: Date | null;
  readonly revokedReason: string | null;
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

const KEY = {
  fingerprint: publisherKeys.fingerprint,
  publicKey: publisherKeys.publicKey,
  since: publisherKeys.since,
  revokedAt: publisherKeys.revokedAt,
  revokedReason: publisherKeys.revokedReason,
};

/** The namespace and its keys, revoked ones too, in order of fingerprint. */
export async function findNamespaceWithKeys(
  db: Db | Tx,
  name: string,
): Promise<{ readonly row: NamespaceRow; readonly keys: readonly PublisherKey[] } | undefined> {
  const rows = await db
    .select({ row: namespaces, key: KEY })
    .from(namespaces)
    .leftJoin(publisherKeys, eq(publisherKeys.namespace, namespaces.name))
    .where(eq(namespaces.name, name))
    .orderBy(asc(publisherKeys.fingerprint));
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

/** How many signatures each namespace wants, and its keys, revoked ones too, in order of fingerprint. */
export async function listPublisherKeys(
  db: Db | Tx,
): Promise<Map<string, { readonly signatures: number; readonly keys: PublisherKey[] }>> {
  const rows = await db
    .select({ name: namespaces.name, signatures: namespaces.signatures, key: KEY })
    .from(namespaces)
    .leftJoin(publisherKeys, eq(publisherKeys.namespace, namespaces.name))
    .orderBy(asc(namespaces.name), asc(publisherKeys.fingerprint));
  const listed = new Map<string, { readonly signatures: number; readonly keys: PublisherKey[] }>();
  for (const { name, signatures, key } of rows) {
    const known = listed.get(name) ?? { signatures, keys: [] };
    listed.set(name, known);
    if (key !== null) known.keys.push(key);
  }
  return listed;
}

/** Makes the namespace or replaces what was said of it, but for the time it was made. */
export async function writeNamespace(tx: Tx, row: NamespaceRow): Promise<void> {
  const { createdAt: _made, ...changed } = row;
  await tx
    .insert(namespaces)
    .values(row)
    .onConflictDoUpdate({ target: namespaces.name, set: changed });
}

/** Adds keys to a namespace, or says of those that it has whether they are revoked; none ever goes. */
export async function writePublisherKeys(
  tx: Tx,
  namespace: string,
  keys: readonly PublisherKey[],
  logIndex: number,
): Promise<void> {
  if (keys.length === 0) return;
  await tx
    .insert(publisherKeys)
    .values(keys.map((key) => ({ ...key, namespace, logIndex })))
    .onConflictDoUpdate({
      target: [publisherKeys.namespace, publisherKeys.fingerprint],
      set: {
        revokedAt: sql`excluded.revoked_at`,
        revokedReason: sql`excluded.revoked_reason`,
      },
    });
}
