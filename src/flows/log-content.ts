/** What the log serves (C2SP tlog-tiles, tlog-proof): tiles, entry bundles and proofs. */
import { formatEntryBundle } from "../core/tlog/entry-bundle.js";
import { formatLeaf } from "../core/tlog/leaf.js";
import { proveInclusion } from "../core/tlog/proof.js";
import { formatTile, levelWidth, nodesOfTile, TILE_WIDTH, type Tile } from "../core/tlog/tile.js";
import type { BundlePlace } from "../core/tlog/tile-path.js";
import { formatTlogProof } from "../core/tlog/tlog-proof.js";
import { RECORD_KINDS, type RecordKind } from "../core/trust/record.js";
import { readLogLeaves } from "../store/log.js";
import type { Caller } from "./caller.js";
import { publishCheckpoint } from "./checkpoint.js";
import { noteOf } from "./checkpoints.js";
import { FlowError } from "./error.js";
import { logReader, readHashes } from "./log-hashes.js";
import type { Registry } from "./registry.js";
import { requireRelease } from "./release-content.js";
import { visibleVersion } from "./visible.js";

/**
 * The bytes of a tile, full or of the width that is asked for.
 * @throws {FlowError} log_beyond_checkpoint, log_rows_missing
 */
export async function readTile(registry: Registry, tile: Tile): Promise<Uint8Array> {
  await checkPublished(registry, tile);
  const [hashes = []] = await readHashes(registry, [nodesOfTile(tile)]);
  return formatTile(hashes);
}

/**
 * The leaves under a tile of level 0, as an entry bundle.
 * @throws {FlowError} log_beyond_checkpoint, log_rows_missing
 */
export async function readBundle(
  registry: Registry,
  { index, width }: BundlePlace,
): Promise<Uint8Array> {
  await checkPublished(registry, { level: 0, index, width });
  const start = index * TILE_WIDTH;
  const leaves = await readLogLeaves(registry.db, start, start + width);
  if (leaves.length < width) {
    throw new FlowError("log_rows_missing", "the database lacks leaves of the log");
  }
  return formatEntryBundle(
    leaves.map(({ kind, envelope }) => formatLeaf({ kind: kindOf(kind), envelope })),
  );
}

/**
 * The proof that the publishing of a version is in the log, checked without the log.
 * @throws {FlowError} version_unknown, registry_read_only
 */
export async function proveVersion(
  registry: Registry,
  caller: Caller,
  recipe: string,
  version: string,
): Promise<string> {
  const { logIndex } = await visibleVersion(registry, caller, recipe, version);
  return prove(registry, logIndex);
}

/**
 * The proof that a release is in the log, checked without the log.
 * @throws {FlowError} environment_unknown, release_unknown, registry_read_only
 */
export async function proveRelease(
  registry: Registry,
  environment: string,
  number: number,
): Promise<string> {
  const { logIndex } = await requireRelease(registry.db, environment, number);
  return prove(registry, logIndex);
}

async function prove(registry: Registry, index: number): Promise<string> {
  const checkpoint = await publishCheckpoint(registry);
  const hashes = await proveInclusion(index, checkpoint.size, logReader(registry));
  return formatTlogProof({ index, hashes, checkpoint: noteOf(checkpoint) });
}

/** Another process may have published what is asked for: then it is published here first. */
async function checkPublished(registry: Registry, tile: Tile): Promise<void> {
  const has = (size = 0) => tile.index * TILE_WIDTH + tile.width <= levelWidth(tile.level, size);
  if (has(registry.checkpoints.published?.size)) return;
  const { size } = await publishCheckpoint(registry);
  if (has(size)) return;
  throw new FlowError(
    "log_beyond_checkpoint",
    `a log of ${size} leaves has no tile of level ${tile.level} and index ${tile.index} that is ${tile.width} wide`,
    { hint: "GET /v1/log/checkpoint tells the number of leaves" },
  );
}

function kindOf(name: string): RecordKind {
  const kind = RECORD_KINDS.find((one) => one === name);
  if (kind === undefined) throw new TypeError(`a leaf has the unknown kind ${name}`);
  return kind;
}
