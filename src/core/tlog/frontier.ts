/**
 * The right edge of a growing tree: the roots of its complete subtrees, left to right, one for each
 * one-bit of the size, the largest first. It is all that appending and the root need, so that a
 * log's head is one small row: 32 bytes per subtree, at most 53.
 */
import { TlogError } from "./error.js";
import { emptyRoot, HASH_BYTES, hashNode } from "./merkle.js";

export interface Frontier {
  /** Number of leaves. */
  readonly size: number;
  /** Roots of the complete subtrees, left to right. */
  readonly roots: readonly Uint8Array[];
}

export const EMPTY_FRONTIER: Frontier = { size: 0, roots: [] };

/**
 * The frontier after a leaf with hash `leaf` is added; its index is `frontier.size`.
 * @throws {TlogError} tlog_tree_size where the tree cannot grow further
 */
export function appendLeaf(frontier: Frontier, leaf: Uint8Array): Frontier {
  if (frontier.size >= Number.MAX_SAFE_INTEGER) {
    throw new TlogError("tlog_tree_size", "the log is full");
  }
  const roots = [...frontier.roots];
  let root = leaf;
  // Each trailing one-bit of the size is a subtree as large as the one that has just been completed.
  for (let rest = frontier.size; rest % 2 === 1; rest = (rest - 1) / 2) {
    root = hashNode(roots.pop() ?? root, root);
  }
  roots.push(root);
  return { size: frontier.size + 1, roots };
}

/** Root hash of the tree (RFC 6962 §2.1). */
export function rootOfFrontier(frontier: Frontier): Uint8Array {
  const last = frontier.roots.at(-1);
  if (last === undefined) return emptyRoot();
  return frontier.roots.slice(0, -1).reduceRight((right, left) => hashNode(left, right), last);
}

/** The roots as one piece of bytes, left to right. */
export function formatFrontier(frontier: Frontier): Uint8Array {
  const bytes = new Uint8Array(frontier.roots.length * HASH_BYTES);
  for (const [i, root] of frontier.roots.entries()) bytes.set(root, i * HASH_BYTES);
  return bytes;
}

/**
 * The frontier of a tree of `size` leaves from what `formatFrontier` wrote.
 * @throws {TlogError} tlog_tree_size, tlog_frontier where there are not as many roots as the size has
 */
export function parseFrontier(size: number, bytes: Uint8Array): Frontier {
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new TlogError("tlog_tree_size", `${size} is no number of leaves`);
  }
  const count = oneBits(size);
  if (bytes.length !== count * HASH_BYTES) {
    throw new TlogError(
      "tlog_frontier",
      `a tree of ${size} leaves has ${count} complete subtrees; ${bytes.length} bytes are not that many hashes`,
    );
  }
  const roots = Array.from({ length: count }, (_, i) =>
    bytes.slice(i * HASH_BYTES, (i + 1) * HASH_BYTES),
  );
  return { size, roots };
}

/** Sizes go beyond 32 bits, so bitwise operators do not do. */
function oneBits(size: number): number {
  let count = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2;
  return count;
}
