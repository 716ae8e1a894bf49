/**
 * Tiles of C2SP tlog-tiles: the tree in pieces of 256 hashes. Level 0 has the leaf hashes, each
 * hash of level L the root over 256^L leaves. A full tile is 256 hashes wide; the last one of a
 * level is a partial tile until it is full, and none is empty.
 */
import { TlogError } from "./error.js";
import { HASH_BYTES } from "./merkle.js";
import type { Subtree } from "./subtree.js";

/** Levels of the tree that a tile spans. */
export const TILE_HEIGHT = 8;
/** Hashes of a full tile. */
export const TILE_WIDTH = 256;

export interface Tile {
  readonly level: number;
  /** Counted from 0 within the level. */
  readonly index: number;
  /** Number of hashes, 1 to 256; 256 is a full tile. */
  readonly width: number;
}

/** A range of hashes of one level: those of a tile, or of a subtree in it. */
export interface NodeRange {
  readonly level: number;
  /** Of the first hash, counted from 0 within the level. */
  readonly start: number;
  readonly count: number;
}

/** Number of hashes of `level` in a tree of `treeSize` leaves. */
export function levelWidth(level: number, treeSize: number): number {
  return Math.floor(treeSize / TILE_WIDTH ** level);
}

/**
 * The tile that holds hash `index` of `level`, as wide as it is in a tree of `treeSize` leaves.
 * @throws {TlogError} tlog_index_out_of_range where the tree does not have the hash
 */
export function tileOf(level: number, index: number, treeSize: number): Tile {
  const nodes = levelWidth(level, treeSize);
  if (index >= nodes) {
    throw new TlogError(
      "tlog_index_out_of_range",
      `a tree of ${treeSize} leaves has ${nodes} hashes of level ${level}, none ${index}`,
    );
  }
  const tile = Math.floor(index / TILE_WIDTH);
  return { level, index: tile, width: Math.min(TILE_WIDTH, nodes - tile * TILE_WIDTH) };
}

/** The hashes whose root is that of `subtree`: at most 128 of one tile. */
export function nodesOf({ height, index }: Subtree): NodeRange {
  const level = Math.floor(height / TILE_HEIGHT);
  const count = 2 ** (height - level * TILE_HEIGHT);
  return { level, start: index * count, count };
}

/** The hashes of `tile`. */
export function nodesOfTile({ level, index, width }: Tile): NodeRange {
  return { level, start: index * TILE_WIDTH, count: width };
}

/** The partial tiles of a tree, the lowest first: the right edge, which makes the root. */
export function edgeTiles(treeSize: number): Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0; levelWidth(level, treeSize) > 0; level++) {
    const width = levelWidth(level, treeSize) % TILE_WIDTH;
    const index = Math.floor(levelWidth(level, treeSize) / TILE_WIDTH);
    if (width > 0) tiles.push({ level, index, width });
  }
  return tiles;
}

/** The bytes of a tile: its hashes one after the other. */
export function formatTile(hashes: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(hashes));
}

/**
 * The hashes of `tile`, untrusted.
 * @throws {TlogError} tlog_tile_form where there are not as many as it is wide
 */
export function parseTile(tile: Tile, bytes: Uint8Array): Uint8Array[] {
  if (bytes.length !== tile.width * HASH_BYTES) {
    throw new TlogError(
      "tlog_tile_form",
      `a tile of ${tile.width} hashes has ${tile.width * HASH_BYTES} bytes, this one of level ` +
        `${tile.level} and index ${tile.index} has ${bytes.length}`,
    );
  }
  return Array.from({ length: tile.width }, (_, i) =>
    bytes.slice(i * HASH_BYTES, (i + 1) * HASH_BYTES),
  );
}
