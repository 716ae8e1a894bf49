/**
 * Inclusion and consistency proofs made from complete subtrees (RFC 9162 §2.1.3.1, §2.1.4.1), in
 * one read each. Checking them is `verify-proof.ts`.
 */
import { TlogError } from "./error.js";
import { splitPoint } from "./merkle.js";
import { checkTreeSize, type HashReader, type LeafRange, readRanges } from "./subtree.js";

/**
 * The hashes that prove that leaf `index` is in the tree of `treeSize` leaves, the leaf's sibling
 * first.
 * @throws {TlogError} tlog_tree_size, tlog_index_out_of_range, and what `reader` throws
 */
export async function proveInclusion(
  index: number,
  treeSize: number,
  reader: HashReader,
): Promise<Uint8Array[]> {
  checkTreeSize(treeSize);
  checkLeafIndex(index, treeSize);
  const ranges: LeafRange[] = [];
  let [start, end] = [0, treeSize];
  while (end - start > 1) {
    const split = start + splitPoint(end - start);
    if (index < split) {
      ranges.push({ start: split, end });
      end = split;
    } else {
      ranges.push({ start, end: split });
      start = split;
    }
  }
  return readRanges(ranges.reverse(), reader);
}

/**
 * The hashes that prove that the tree of `oldSize` leaves is a prefix of that of `treeSize`. None
 * where the sizes are equal, or the old tree is empty.
 * @throws {TlogError} tlog_tree_size, and what `reader` throws
 */
export async function proveConsistency(
  oldSize: number,
  treeSize: number,
  reader: HashReader,
): Promise<Uint8Array[]> {
  checkTreeSize(treeSize);
  checkOldSize(oldSize, treeSize);
  if (oldSize === 0 || oldSize === treeSize) return [];
  const ranges: LeafRange[] = [];
  let [start, end] = [0, treeSize];
  while (end !== oldSize) {
    const split = start + splitPoint(end - start);
    if (oldSize <= split) {
      ranges.push({ start: split, end });
      end = split;
    } else {
      ranges.push({ start, end: split });
      start = split;
    }
  }
  // What starts at 0 is the old tree itself, whose root the verifier has.
  if (start > 0) ranges.push({ start, end });
  return readRanges(ranges.reverse(), reader);
}

/**
 * The root hash that the tree had when it had `size` leaves.
 * @throws {TlogError} tlog_tree_size, and what `reader` throws
 */
export async function rootAt(size: number, reader: HashReader): Promise<Uint8Array> {
  checkTreeSize(size);
  const [root] = await readRanges([{ start: 0, end: size }], reader);
  if (root === undefined) throw new TlogError("tlog_proof_length", "no hash came");
  return root;
}

/** @throws {TlogError} tlog_index_out_of_range */
export function checkLeafIndex(index: number, treeSize: number): void {
  if (Number.isSafeInteger(index) && index >= 0 && index < treeSize) return;
  throw new TlogError(
    "tlog_index_out_of_range",
    `a tree of ${treeSize} leaves has no leaf ${index}`,
  );
}

/** @throws {TlogError} tlog_tree_size */
export function checkOldSize(oldSize: number, size: number): void {
  checkTreeSize(oldSize);
  if (oldSize <= size) return;
  throw new TlogError("tlog_tree_size", `a tree of ${size} leaves never had ${oldSize}`);
}
