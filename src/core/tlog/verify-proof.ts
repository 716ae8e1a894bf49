/** Checks inclusion and consistency proofs (RFC 9162 §2.1.3.2, §2.1.4.2): untrusted input. */
import { TlogError } from "./error.js";
import { emptyRoot, HASH_BYTES, hashNode } from "./merkle.js";
import { checkLeafIndex, checkOldSize } from "./proof.js";
import { checkTreeSize } from "./subtree.js";

export interface InclusionProof {
  /** Of the leaf, counted from 0. */
  readonly index: number;
  /** Number of leaves. */
  readonly treeSize: number;
  /** 32 raw bytes each, the leaf's sibling first. */
  readonly hashes: readonly Uint8Array[];
}

export interface ConsistencyProof {
  readonly oldSize: number;
  readonly oldRoot: Uint8Array;
  readonly size: number;
  readonly root: Uint8Array;
  /** 32 raw bytes each. */
  readonly hashes: readonly Uint8Array[];
}

/**
 * Checks that a leaf with hash `leafHash` is in the tree whose root hash is `root`.
 * @throws {TlogError} tlog_tree_size, tlog_index_out_of_range, tlog_proof_form, tlog_proof_length,
 *   tlog_root_mismatch
 */
export function verifyInclusion(
  leafHash: Uint8Array,
  { index, treeSize, hashes }: InclusionProof,
  root: Uint8Array,
): void {
  checkTreeSize(treeSize);
  checkLeafIndex(index, treeSize);
  checkHashes([leafHash, root, ...hashes]);
  const sides = sidesAbove(index, treeSize - 1);
  if (hashes.length !== sides.length) throw wrongLength(hashes);
  checkRoot(climb(leafHash, hashes, sides), root, treeSize);
}

/**
 * Checks that the tree of `oldSize` leaves with `oldRoot` is a prefix of that of `size` with `root`.
 * @throws {TlogError} tlog_tree_size, tlog_proof_form, tlog_proof_length, tlog_root_mismatch
 */
export function verifyConsistency({
  oldSize,
  oldRoot,
  size,
  root,
  hashes,
}: ConsistencyProof): void {
  checkTreeSize(size);
  checkOldSize(oldSize, size);
  checkHashes([oldRoot, root, ...hashes]);
  if (oldSize === 0 || oldSize === size) {
    if (hashes.length > 0) throw wrongLength(hashes);
    checkRoot(oldSize === 0 ? emptyRoot() : root, oldRoot, oldSize);
    if (size === 0) checkRoot(emptyRoot(), root, size);
    return;
  }
  let position = oldSize - 1;
  let last = size - 1;
  while (isOdd(position)) [position, last] = [parent(position), parent(last)];
  // A position of 0 here: the old tree is complete, and its root the first hash, which is not sent.
  const [first, ...rest] = position === 0 ? [oldRoot, ...hashes] : hashes;
  const sides = sidesAbove(position, last);
  if (first === undefined || rest.length !== sides.length) throw wrongLength(hashes);
  // What is right of the way up came after the old tree.
  const left = rest.filter((_, i) => sides[i] === "left");
  const oldComputed = left.reduce((below, hash) => hashNode(hash, below), first);
  checkRoot(oldComputed, oldRoot, oldSize);
  checkRoot(climb(first, rest, sides), root, size);
}

type Side = "left" | "right";

/** On which side each sibling is from a node up to the root; `last` is the last of the node's level. */
function sidesAbove(position: number, last: number): Side[] {
  const sides: Side[] = [];
  let [at, edge] = [position, last];
  while (edge > 0) {
    const isLeft = isOdd(at) || at === edge;
    sides.push(isLeft ? "left" : "right");
    // On the right edge a node without a sibling is its own parent: up to where it is a right child.
    while (isLeft && !isOdd(at)) [at, edge] = [parent(at), parent(edge)];
    [at, edge] = [parent(at), parent(edge)];
  }
  return sides;
}

/** The root that a node and its siblings on the way up come to. */
function climb(
  node: Uint8Array,
  siblings: readonly Uint8Array[],
  sides: readonly Side[],
): Uint8Array {
  return siblings.reduce(
    (below, hash, i) => (sides[i] === "left" ? hashNode(hash, below) : hashNode(below, hash)),
    node,
  );
}

function isOdd(position: number): boolean {
  return position % 2 === 1;
}

function parent(position: number): number {
  return Math.floor(position / 2);
}

function checkHashes(hashes: readonly Uint8Array[]): void {
  const wrong = hashes.find((hash) => hash.length !== HASH_BYTES);
  if (wrong === undefined) return;
  throw new TlogError(
    "tlog_proof_form",
    `a hash has ${HASH_BYTES} bytes, one here has ${wrong.length}`,
  );
}

function checkRoot(computed: Uint8Array, root: Uint8Array, size: number): void {
  if (Buffer.compare(computed, root) === 0) return;
  throw new TlogError(
    "tlog_root_mismatch",
    `the proof does not lead to the root hash of the tree of ${size} leaves`,
  );
}

function wrongLength(hashes: readonly Uint8Array[]): TlogError {
  return new TlogError(
    "tlog_proof_length",
    `${hashes.length} hashes are not as many as this proof has`,
  );
}
