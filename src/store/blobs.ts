/** Bytes by digest. Every read is checked against its digest, so an altered row is never served. */
import { createHash } from "node:crypto";
import { eq, inArray } from "drizzle-orm";
import type { Db, Tx } from "./db.js";
import { StoreError } from "./error.js";
import { blobs } from "./schema.js";

export interface Blob {
  readonly digest: string;
  readonly content: Uint8Array;
}

/**
 * Stores blobs; one that is there already stays as it is. Before the log's head is locked, where they
 * can be: who holds it keeps all others waiting.
 */
export async function putBlobs(db: Db | Tx, content: readonly Blob[]): Promise<void> {
  if (content.length > 0) await insertBlobs(db, content);
}

/** The statement of `putBlobs`, for at least one blob. */
export function insertBlobs(db: Db | Tx, content: readonly Blob[]) {
  return (
    db
      .insert(blobs)
      // In one order for all: two who store the same ones must not wait for each other.
      .values([...content].sort((a, b) => (a.digest < b.digest ? -1 : 1)))
      .onConflictDoNothing()
  );
}

/**
 * Reads one blob that has to be there.
 * @throws {StoreError} store_blob_missing, store_blob_corrupt
 */
export async function getBlob(db: Db | Tx, digest: string): Promise<Uint8Array> {
  const content = await findBlob(db, digest);
  if (content !== undefined) return content;
  throw new StoreError("store_blob_missing", `blob ${digest} is not stored`);
}

/** @throws {StoreError} store_blob_corrupt */
export async function findBlob(db: Db | Tx, digest: string): Promise<Uint8Array | undefined> {
  const [row] = await db.select().from(blobs).where(eq(blobs.digest, digest));
  return row && checked(row);
}

/**
 * Reads several blobs, by digest.
 * @throws {StoreError} store_blob_missing, store_blob_corrupt
 */
export async function getBlobs(
  db: Db | Tx,
  digests: readonly string[],
): Promise<Map<string, Uint8Array>> {
  if (digests.length === 0) return new Map();
  const rows = await db
    .select()
    .from(blobs)
    .where(inArray(blobs.digest, [...digests]));
  const found = new Map(rows.map((row) => [row.digest, checked(row)]));
  const missing = digests.find((digest) => !found.has(digest));
  if (missing !== undefined)
    throw new StoreError("store_blob_missing", `blob ${missing} is not stored`);
  return found;
}

function checked(row: Blob): Uint8Array {
  const actual = `sha256:${createHash("sha256").update(row.content).digest("hex")}`;
  if (actual !== row.digest) {
    throw new StoreError("store_blob_corrupt", `blob ${row.digest} holds other bytes (${actual})`);
  }
  return row.content;
}
