/** Hashes of the log's tree from its rows, and the rows of complete subtrees that are missing. */
import type { LogNode } from "../core/tlog/frontier.js";
import { rootOfHashes } from "../core/tlog/merkle.js";
import { nodeReader } from "../core/tlog/node-reader.js";
import type { HashReader } from "../core/tlog/subtree.js";
import { levelWidth, type NodeRange, TILE_WIDTH } from "../core/tlog/tile.js";
import { countLogNodes, putLogNodes, readLogHashes } from "../store/log.js";
import { FlowError } from "./error.js";
import type { Registry } from "./registry.js";

/** Nodes that are made at once, of 256 hashes each. */
const FILLED_AT_ONCE = 64;

/** Reads hashes of the tree: calls throw {FlowError} log_rows_missing. */
export function logReader(registry: Registry): HashReader {
  return nodeReader((ranges) => readHashes(registry, ranges));
}

/**
 * The hashes of each range.
 * @throws {FlowError} log_rows_missing
 */
export async function readHashes(
  { db }: Registry,
  ranges: readonly NodeRange[],
): Promise<Uint8Array[][]> {
  const found = await readLogHashes(db, ranges);
  for (const [i, { level, start, count }] of ranges.entries()) {
    if (found[i]?.length === count) continue;
    const message = `the database lacks hashes of the log: level ${level}, ${start} to ${start + count - 1}`;
    throw new FlowError("log_rows_missing", message);
  }
  return found;
}

/**
 * Makes the nodes of a tree of `size` leaves that are not stored: those of a database that was filled
 * before nodes were kept.
 */
export async function fillNodes(registry: Registry, size: number): Promise<void> {
  const stored = await countLogNodes(registry.db);
  for (let level = 1; levelWidth(level, size) > 0; level++) {
    const width = levelWidth(level, size);
    // Those that are appended meanwhile are stored by who appends: what is missing is before them.
    if ((stored.get(level) ?? 0) >= width) continue;
    for (let start = 0; start < width; start += FILLED_AT_ONCE) {
      const count = Math.min(FILLED_AT_ONCE, width - start);
      await putLogNodes(registry.db, await makeNodes(registry, { level, start, count }));
    }
  }
}

async function makeNodes(
  registry: Registry,
  { level, start, count }: NodeRange,
): Promise<LogNode[]> {
  const below = Array.from({ length: count }, (_, i) => ({
    level: level - 1,
    start: (start + i) * TILE_WIDTH,
    count: TILE_WIDTH,
  }));
  const hashes = await readHashes(registry, below);
  return hashes.map((children, i) => ({ level, index: start + i, hash: rootOfHashes(children) }));
}
