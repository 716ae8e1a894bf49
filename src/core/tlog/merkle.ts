/** Hashes of the Merkle tree: RFC 6962 §2.1, the same in RFC 9162 §2.1.1, with SHA-256. */
import { createHash } from "node:crypto";

/** Bytes of every hash. */
export const HASH_BYTES = 32;

const LEAF = Uint8Array.of(0x00);
const NODE = Uint8Array.of(0x01);

export function hashLeaf(entry: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(LEAF).update(entry).digest());
}

export function hashNode(left: Uint8Array, right: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(NODE).update(left).update(right).digest());
}

/** Root of the tree without leaves: the hash of nothing. */
export function emptyRoot(): Uint8Array {
  return new Uint8Array(createHash("sha256").digest());
}

/** Root of the tree over `hashes`, the leaf hashes in order. */
export function rootOfHashes(hashes: readonly Uint8Array[]): Uint8Array {
  return subtreeRoot(hashes, 0, hashes.length);
}

/** Root of the tree over the leaf hashes `start` (inclusive) to `end` (exclusive). */
export function subtreeRoot(hashes: readonly Uint8Array[], start: number, end: number): Uint8Array {
  const size = end - start;
  if (size <= 0) return emptyRoot();
  if (size === 1) return hashes[start] ?? emptyRoot();
  const split = start + splitPoint(size);
  return hashNode(subtreeRoot(hashes, start, split), subtreeRoot(hashes, split, end));
}

/** The largest power of two smaller than `size`, which is at least 2. */
export function splitPoint(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}
