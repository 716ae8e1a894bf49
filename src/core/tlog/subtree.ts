/**
 * Complete subtrees: those over 2^height leaves, which never change once the log has grown past
 * them. Every range that a proof or a root needs is made of a few of them, so that reading them is
 * all that this room asks of a store or a server. Sizes go beyond 32 bits: no bitwise operators.
 */
import { TlogError } from "./error.js";
import { emptyRoot, hashNode } from "./merkle.js";

/** The complete subtree over the leaves `index * 2^height` to `(index + 1) * 2^height`. */
export interface Subtree {
  /** 0 is a leaf. */
  readonly height: number;
  readonly index: number;
}

/** Root hashes of complete subtrees, in the order they are asked for. A leaf's is its leaf hash. */
export type HashReader = (subtrees: readonly Subtree[]) => Promise<readonly Uint8Array[]>;

/** The leaves `start` (inclusive) to `end` (exclusive), as RFC 9162 splits a tree. */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Root hashes of `ranges`, all of whose subtrees are read at once.
 * @throws {TlogError} tlog_proof_length where the reader does not give what it is asked for
 */
export async function readRanges(
  ranges: readonly LeafRange[],
  reader: HashReader,
): Promise<Uint8Array[]> {
  const covers = ranges.map(coverRange);
  const subtrees = covers.flat();
  const hashes = subtrees.length === 0 ? [] : await reader(subtrees);
  if (hashes.length !== subtrees.length) {
    throw new TlogError(
      "tlog_proof_length",
      `${subtrees.length} hashes were asked for, ${hashes.length} came`,
    );
  }
  let at = 0;
  return covers.map((cover) => {
    const roots = hashes.slice(at, at + cover.length);
    at += cover.length;
    return foldRoots(roots);
  });
}

/** The complete subtrees of a range, left to right. */
export function coverRange({ start, end }: LeafRange): Subtree[] {
  const subtrees: Subtree[] = [];
  for (let at = start; at < end; ) {
    let height = 0;
    let leaves = 1;
    for (; leaves * 2 <= end - at; leaves *= 2) height++;
    subtrees.push({ height, index: at / leaves });
    at += leaves;
  }
  return subtrees;
}

/** Root over complete subtrees of falling height, left to right. */
export function foldRoots(roots: readonly Uint8Array[]): Uint8Array {
  const last = roots.at(-1);
  if (last === undefined) return emptyRoot();
  return roots.slice(0, -1).reduceRight((right, left) => hashNode(left, right), last);
}

/** @throws {TlogError} tlog_tree_size where `size` counts no leaves, or more than are exact */
export function checkTreeSize(size: number): void {
  if (Number.isSafeInteger(size) && size >= 0) return;
  throw new TlogError("tlog_tree_size", `${size} is no number of leaves`);
}
