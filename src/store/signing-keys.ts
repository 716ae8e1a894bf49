/** The registry's own public keys, past and present. */
import { asc, sql } from "drizzle-orm";
import type { Db, Tx } from "./db.js";
import { signingKeys } from "./schema.js";

export type SigningPurpose = "root" | "release" | "checkpoint";

export interface SigningKeyRow {
  readonly purpose: SigningPurpose;
  readonly fingerprint: string;
  /** SPKI as PEM. */
  readonly publicKey: string;
  readonly since: Date;
  /** Set once another took over: what it signs is accepted until then. */
  readonly until: Date | null;
  readonly revokedAt: Date | null;
  readonly revokedReason: string | null;
  /** The leaf that listed it; null for the first keys, which were there before the log. */
  readonly logIndex: number | null;
}

/** All of them, oldest first. */
export function listSigningKeys(db: Db | Tx): Promise<SigningKeyRow[]> {
  return db
    .select()
    .from(signingKeys)
    .orderBy(asc(signingKeys.since), sql`${signingKeys.logIndex} asc nulls first`);
}

/** Adds a key, or replaces what was said of it. */
export async function writeSigningKey(tx: Tx, row: SigningKeyRow): Promise<void> {
  const { purpose, fingerprint, ...said } = row;
  await tx
    .insert(signingKeys)
    .values({ purpose, fingerprint, ...said })
    .onConflictDoUpdate({ target: [signingKeys.purpose, signingKeys.fingerprint], set: said });
}
