/** Trees for tests, by the definitions of RFC 9162 §2.1, and readers of them. */
import { hashLeaf, rootOfHashes, splitPoint } from "../../../src/core/tlog/merkle.js";
import { nodeReader } from "../../../src/core/tlog/node-reader.js";
import type { HashReader } from "../../../src/core/tlog/subtree.js";
import { formatTile, type NodeRange, nodesOfTile, type Tile } from "../../../src/core/tlog/tile.js";
import type { TileFetcher } from "../../../src/core/tlog/tile-reader.js";

/** Entries that every implementation of RFC 6962 is tested with (certificate-transparency). */
export const KNOWN_ENTRIES = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
].map((text) => Buffer.from(text, "hex"));

export const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** Leaf hashes of "leaf 0", "leaf 1" …. */
export function leaves(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => hashLeaf(Buffer.from(`leaf ${i}`)));
}

/** PATH(m, D[n]) of RFC 9162 §2.1.3.1. */
export function pathByDefinition(index: number, hashes: readonly Uint8Array[]): Uint8Array[] {
  if (hashes.length === 1) return [];
  const split = splitPoint(hashes.length);
  const [left, right] = [hashes.slice(0, split), hashes.slice(split)];
  return index < split
    ? [...pathByDefinition(index, left), rootOfHashes(right)]
    : [...pathByDefinition(index - split, right), rootOfHashes(left)];
}

/** PROOF(m, D[n]) of RFC 9162 §2.1.4.1, for 0 < m <= n. */
export function consistencyByDefinition(
  oldSize: number,
  hashes: readonly Uint8Array[],
  whole = true,
): Uint8Array[] {
  if (oldSize === hashes.length) return whole ? [] : [rootOfHashes(hashes)];
  const split = splitPoint(hashes.length);
  const [left, right] = [hashes.slice(0, split), hashes.slice(split)];
  return oldSize <= split
    ? [...consistencyByDefinition(oldSize, left, whole), rootOfHashes(right)]
    : [...consistencyByDefinition(oldSize - split, right, false), rootOfHashes(left)];
}

/** Reads from the leaf hashes alone; `calls` counts how often it was asked. */
export function readerOf(hashes: readonly Uint8Array[]): HashReader & { calls: number } {
  const reader = Object.assign(
    nodeReader(async (ranges) => {
      reader.calls++;
      return ranges.map((range) => nodesOfTree(hashes, range));
    }),
    { calls: 0 },
  );
  return reader;
}

/** Serves the tiles of a tree; `asked` has them all, `tamper` changes what is served. */
export function tileServer(
  hashes: readonly Uint8Array[],
  tamper: (bytes: Uint8Array, tile: Tile) => Uint8Array = (bytes) => bytes,
): TileFetcher & { asked: Tile[]; calls: number } {
  const fetch = async (tiles: readonly Tile[]) => {
    server.calls++;
    server.asked.push(...tiles);
    return tiles.map((tile) => {
      const nodes = nodesOfTree(hashes, nodesOfTile(tile));
      return tamper(formatTile(nodes), tile);
    });
  };
  const server = Object.assign(fetch, { asked: [] as Tile[], calls: 0 });
  return server;
}

export function nodesOfTree(hashes: readonly Uint8Array[], { level, start, count }: NodeRange) {
  const leavesPerNode = 256 ** level;
  return Array.from({ length: count }, (_, i) => {
    const first = (start + i) * leavesPerNode;
    if (first + leavesPerNode > hashes.length) throw new Error(`no node ${level}/${start + i}`);
    return rootOfHashes(hashes.slice(first, first + leavesPerNode));
  });
}
