/** Tokens: who acts with them, what they may, and until when; of the token itself only its hash. */
import { and, desc, eq, gt, isNull, lt, or } from "drizzle-orm";
import type { Db, Tx } from "./db.js";
import { tokens } from "./schema.js";

export interface TokenRow {
  readonly id: string;
  /** The actor. */
  readonly name: string;
  /** sha256 of the token. */
  readonly hash: Uint8Array;
  /** In text form. */
  readonly grants: readonly string[];
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  readonly revokedBy: string | null;
  /** To the hour. */
  readonly lastUsedAt: Date | null;
  readonly logIndex: number;
}

export async function findTokenByHash(
  db: Db | Tx,
  hash: Uint8Array,
): Promise<TokenRow | undefined> {
  const [row] = await db.select().from(tokens).where(eq(tokens.hash, hash));
  return row;
}

export async function findToken(db: Db | Tx, id: string): Promise<TokenRow | undefined> {
  const [row] = await db.select().from(tokens).where(eq(tokens.id, id));
  return row;
}

/** The token of that name which is neither revoked nor, at `now`, expired. */
export async function findLivingToken(
  db: Db | Tx,
  name: string,
  now: Date,
): Promise<TokenRow | undefined> {
  const [row] = await db
    .select()
    .from(tokens)
    .where(and(eq(tokens.name, name), isNull(tokens.revokedAt), gt(tokens.expiresAt, now)));
  return row;
}

/** Tokens made before the leaf `before`, the newest first. */
export function listTokens(
  db: Db | Tx,
  page: { readonly before?: number; readonly limit: number },
): Promise<TokenRow[]> {
  return db
    .select()
    .from(tokens)
    .where(page.before === undefined ? undefined : lt(tokens.logIndex, page.before))
    .orderBy(desc(tokens.logIndex))
    .limit(page.limit);
}

export async function insertToken(tx: Tx, row: TokenRow): Promise<void> {
  await tx.insert(tokens).values(row);
}

export async function revokeTokenRow(
  tx: Tx,
  id: string,
  { at, by }: { readonly at: Date; readonly by: string },
): Promise<void> {
  await tx.update(tokens).set({ revokedAt: at, revokedBy: by }).where(eq(tokens.id, id));
}

/** Notes that the token was used, unless a later use is noted. */
export async function touchToken(tx: Tx, id: string, at: Date): Promise<void> {
  const isOlder = or(isNull(tokens.lastUsedAt), lt(tokens.lastUsedAt, at));
  await tx
    .update(tokens)
    .set({ lastUsedAt: at })
    .where(and(eq(tokens.id, id), isOlder));
}
