/** Reads hashes of complete subtrees from a store of one's own, which has the hashes of each level. */
import { rootOfHashes } from "./merkle.js";
import type { HashReader } from "./subtree.js";
import { type NodeRange, nodesOf } from "./tile.js";

/**
 * The hashes of ranges, in the order they are asked for: leaf hashes for level 0, and for level 1,
 * 2, 3 … roots of complete subtrees of height 8, 16, 24 ….
 */
export type NodeReader = (
  ranges: readonly NodeRange[],
) => Promise<readonly (readonly Uint8Array[])[]>;

/** A reader over `readNodes`, which it trusts and calls once for all that is asked at once. */
export function nodeReader(readNodes: NodeReader): HashReader {
  return async (subtrees) => {
    const nodes = await readNodes(subtrees.map(nodesOf));
    return nodes.map(rootOfHashes);
  };
}
