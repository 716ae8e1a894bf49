/**
 * Reads hashes from tiles that nobody vouches for, and proves each before it is used. The partial
 * tiles of a tree make its root, so they are true where it is the checkpoint's; a full tile is true
 * where the root over it is the hash that the level above has for it.
 */
import { TlogError } from "./error.js";
import { rootOfHashes } from "./merkle.js";
import { coverRange, foldRoots, type HashReader, type Subtree } from "./subtree.js";
import { edgeTiles, nodesOf, parseTile, TILE_WIDTH, type Tile, tileOf } from "./tile.js";
import { formatTilePath } from "./tile-path.js";

/** The bytes of tiles, in the order they are asked for; what they say is checked here. */
export type TileFetcher = (tiles: readonly Tile[]) => Promise<readonly Uint8Array[]>;

export interface TreeHead {
  /** Number of leaves. */
  readonly size: number;
  readonly root: Uint8Array;
}

/** Tiles that a reader keeps, 8 KiB each. */
const MAX_KEPT_TILES = 512;

type Tiles = Map<string, readonly Uint8Array[]>;

/**
 * A reader of the tree that `head` commits to, which has to be from a verified checkpoint. What a
 * call needs is fetched at once; tiles that were proven are kept.
 * Its calls throw, besides what `fetch` throws, {TlogError} tlog_index_out_of_range,
 * tlog_tile_form, tlog_root_mismatch.
 */
export function tileReader(head: TreeHead, fetch: TileFetcher): HashReader {
  const proven: Tiles = new Map();
  return async (subtrees) => {
    const wanted = subtrees.map((subtree) => tileOfSubtree(subtree, head.size));
    const needed = withParents([...edgeTiles(head.size), ...wanted], head.size);
    const missing = needed.filter((tile) => !proven.has(formatTilePath(tile)));
    const tiles: Tiles = new Map(proven);
    for (const [path, hashes] of await fetchTiles(missing, fetch)) tiles.set(path, hashes);
    if (missing.some(({ width }) => width < TILE_WIDTH)) checkEdge(head, tiles);
    for (const tile of missing) checkFullTile(tile, head.size, tiles);
    for (const tile of missing) keep(proven, tile, tiles);
    return subtrees.map((subtree) => rootIn(tiles, subtree, head.size));
  };
}

function tileOfSubtree(subtree: Subtree, treeSize: number): Tile {
  const { level, start, count } = nodesOf(subtree);
  tileOf(level, start + count - 1, treeSize);
  return tileOf(level, start, treeSize);
}

/** `tiles` and those above that prove them, each once. */
function withParents(tiles: readonly Tile[], treeSize: number): Tile[] {
  const all = new Map<string, Tile>();
  for (const tile of tiles) {
    let at: Tile | undefined = tile;
    while (at !== undefined && !all.has(formatTilePath(at))) {
      all.set(formatTilePath(at), at);
      at = parentOf(at, treeSize);
    }
  }
  return [...all.values()];
}

/** The tile that has the root over `tile`; none has that over a partial one. */
function parentOf({ level, index, width }: Tile, treeSize: number): Tile | undefined {
  return width < TILE_WIDTH ? undefined : tileOf(level + 1, index, treeSize);
}

async function fetchTiles(tiles: readonly Tile[], fetch: TileFetcher): Promise<Tiles> {
  const fetched = tiles.length === 0 ? [] : await fetch(tiles);
  return new Map(
    tiles.map((tile, i) => [formatTilePath(tile), parseTile(tile, fetched[i] ?? new Uint8Array())]),
  );
}

/** @throws {TlogError} tlog_root_mismatch where the partial tiles do not make the tree's root */
function checkEdge({ size, root }: TreeHead, tiles: Tiles): void {
  const roots = coverRange({ start: 0, end: size }).map((subtree) => rootIn(tiles, subtree, size));
  if (Buffer.compare(foldRoots(roots), root) === 0) return;
  const paths = edgeTiles(size).map(formatTilePath).join(", ");
  throw new TlogError(
    "tlog_root_mismatch",
    `the tiles ${paths} do not make the root hash of the tree of ${size} leaves`,
  );
}

/** @throws {TlogError} tlog_root_mismatch where the tile above has another hash for `tile` */
function checkFullTile(tile: Tile, treeSize: number, tiles: Tiles): void {
  const parent = parentOf(tile, treeSize);
  if (parent === undefined) return;
  const expected = tiles.get(formatTilePath(parent))?.[tile.index % TILE_WIDTH];
  const hashes = tiles.get(formatTilePath(tile)) ?? [];
  if (expected !== undefined && Buffer.compare(rootOfHashes(hashes), expected) === 0) return;
  throw new TlogError(
    "tlog_root_mismatch",
    `${formatTilePath(tile)} is not the tile that ${formatTilePath(parent)} has the root hash of`,
  );
}

/** Drops the oldest of level 0 beyond the limit: it is fetched and proven again where it is needed. */
function keep(proven: Tiles, tile: Tile, tiles: Tiles): void {
  const path = formatTilePath(tile);
  proven.set(path, tiles.get(path) ?? []);
  if (proven.size <= MAX_KEPT_TILES) return;
  for (const kept of proven.keys()) {
    if (!kept.startsWith("tile/0/")) continue;
    proven.delete(kept);
    return;
  }
}

function rootIn(tiles: Tiles, subtree: Subtree, treeSize: number): Uint8Array {
  const { level, start, count } = nodesOf(subtree);
  const tile = tileOf(level, start, treeSize);
  const hashes = tiles.get(formatTilePath(tile)) ?? [];
  const first = start - tile.index * TILE_WIDTH;
  return rootOfHashes(hashes.slice(first, first + count));
}
