/**
 * The right edge of a growing tree: the roots of its complete subtrees, left to right, one for each
 * one-bit of the size, the largest first. It is all that appending and the root need, so that a
 * log's head is one small row: 32 bytes per subtree, at most 53.
 */
import { TlogError } from "./error.js";
import { HASH_BYTES, hashNode } from "./merkle.js";
import { checkTreeSize, foldRoots } from "./subtree.js";
import { TILE_HEIGHT } from "./tile.js";

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
  const completed = completeSubtrees(frontier, leaf);
  const kept = frontier.roots.slice(0, frontier.roots.length - (completed.length - 1));
  return { size: frontier.size + 1, roots: [...kept, ...completed.slice(-1)] };
}

/** The root of a complete subtree of height 8, 16, 24 …: a hash of a tile of level 1, 2, 3 …. */
export interface LogNode {
  /** The tile's, 1 or more. */
  readonly level: number;
  /** Counted from 0 within the level. */
  readonly index: number;
  readonly hash: Uint8Array;
}

/**
 * The nodes that the tree has once a leaf with hash `leaf` is added, and had not before.
 * @throws {TlogError} tlog_tree_size where the tree cannot grow further
 */
export function completedNodes(frontier: Frontier, leaf: Uint8Array): LogNode[] {
  return completeSubtrees(frontier, leaf).flatMap((hash, height) => {
    if (height === 0 || height % TILE_HEIGHT !== 0) return [];
    const index = (frontier.size + 1) / 2 ** height - 1;
    return [{ level: height / TILE_HEIGHT, index, hash }];
  });
}

/** Roots of the complete subtrees that end with the added leaf, by their height: 0 is the leaf. */
function completeSubtrees(frontier: Frontier, leaf: Uint8Array): Uint8Array[] {
  if (frontier.size >= Number.MAX_SAFE_INTEGER) {
    throw new TlogError("tlog_tree_size", "the log is full");
  }
  const roots = [...frontier.roots];
  const completed = [leaf];
  let root = leaf;
  // Each trailing one-bit of the size is a subtree as large as the one that has just been completed.
  for (let rest = frontier.size; rest % 2 === 1; rest = (rest - 1) / 2) {
    root = hashNode(roots.pop() ?? root, root);
    completed.push(root);
  }
  return completed;
}

/** Root hash of the tree (RFC 6962 §2.1). */
export function rootOfFrontier(frontier: Frontier): Uint8Array {
  return foldRoots(frontier.roots);
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
  checkTreeSize(size);
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
