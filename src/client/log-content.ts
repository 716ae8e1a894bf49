/**
 * The registry's log as it serves it: checkpoint, tiles, leaves and what lies behind them. Nothing
 * that comes from here is taken for true: hashes are proven by the checkpoint, leaves by the hashes,
 * envelopes by the leaves.
 */
import { MAX_BATCH_BYTES } from "../core/audit/usage-batch.js";
import type { OpenedCheckpoint } from "../core/tlog/checkpoint.js";
import { parseEntryBundle } from "../core/tlog/entry-bundle.js";
import { TlogError } from "../core/tlog/error.js";
import { type Leaf, parseLeaf } from "../core/tlog/leaf.js";
import { HASH_BYTES } from "../core/tlog/merkle.js";
import type { HashReader } from "../core/tlog/subtree.js";
import { TILE_WIDTH } from "../core/tlog/tile.js";
import { formatBundlePath, formatTilePath } from "../core/tlog/tile-path.js";
import { tileReader } from "../core/tlog/tile-reader.js";
import { MAX_SIGNED_LENGTH } from "../core/trust/signed-json.js";
import type { BackbarClient } from "./client.js";
import { ServerProblem } from "./error.js";
import { inTurns } from "./in-turns.js";
import { pathOf } from "./transport.js";

const MAX_CHECKPOINT_BYTES = 64 * 1024;
const MAX_TILE_BYTES = TILE_WIDTH * HASH_BYTES;
const MAX_BUNDLE_BYTES = TILE_WIDTH * 256;
const PLAIN = { accept: "text/plain" };
const BYTES = { accept: "application/octet-stream" };

/** The newest checkpoint: a signed note, not opened yet. */
export async function readCheckpointNote({ send }: BackbarClient): Promise<string> {
  const path = "/v1/log/checkpoint";
  const { body } = await send({ path, headers: PLAIN, maxAnswerBytes: MAX_CHECKPOINT_BYTES });
  return new TextDecoder().decode(body);
}

/** A reader of the log's hashes that proves each by `checkpoint`. */
export function logReader({ send }: BackbarClient, { checkpoint }: OpenedCheckpoint): HashReader {
  return tileReader(checkpoint, (tiles) =>
    inTurns(tiles, async (tile) => {
      const path = `/v1/log/${formatTilePath(tile)}`;
      return (await send({ path, headers: BYTES, maxAnswerBytes: MAX_TILE_BYTES })).body;
    }),
  );
}

/**
 * The leaves of a log of `size`, from leaf `start` on, as many as the registry gives; nobody vouches
 * for them yet.
 * @throws {TlogError} tlog_bundle_form, tlog_leaf
 */
export async function readLeaves(client: BackbarClient, size: number, start = 0): Promise<Leaf[]> {
  const first = Math.floor(start / TILE_WIDTH);
  const count = Math.max(0, Math.ceil(size / TILE_WIDTH) - first);
  const indexes = Array.from({ length: count }, (_, i) => first + i);
  const bundles = await inTurns(indexes, (index) =>
    readBundle(client, index, size).catch((error: unknown) => {
      if (error instanceof ServerProblem && error.status >= 500) return undefined;
      throw error;
    }),
  );
  const missing = bundles.indexOf(undefined);
  const given = bundles.slice(0, missing === -1 ? bundles.length : missing);
  return given.flatMap((one) => one ?? []).slice(start - first * TILE_WIDTH);
}

/** The leaf at `index`; `proveInclusion` has to bear it out. */
export async function readLeaf(client: BackbarClient, index: number, size: number): Promise<Leaf> {
  const leaves = await readBundle(client, Math.floor(index / TILE_WIDTH), size);
  const leaf = leaves[index % TILE_WIDTH];
  if (leaf !== undefined) return leaf;
  throw new TlogError("tlog_index_out_of_range", `a log of ${size} leaves has no leaf ${index}`);
}

/** The signed envelope with this digest; undefined where it is not shown. */
export async function readEnvelope(
  client: BackbarClient,
  digest: string,
): Promise<string | undefined> {
  const path = `/v1/log/envelopes/${digest}`;
  const body = await unlessHidden(client, path, "application/jose", MAX_SIGNED_LENGTH);
  return body && new TextDecoder().decode(body);
}

/** A batch of usage records; undefined where it is not shown. */
export function readBatch(client: BackbarClient, digest: string): Promise<Uint8Array | undefined> {
  const path = pathOf("v1", "usage", "batches", digest);
  return unlessHidden(client, path, "application/json", MAX_BATCH_BYTES);
}

async function readBundle({ send }: BackbarClient, index: number, size: number): Promise<Leaf[]> {
  const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH);
  const path = `/v1/log/${formatBundlePath({ index, width })}`;
  const { body } = await send({ path, headers: BYTES, maxAnswerBytes: MAX_BUNDLE_BYTES });
  return parseEntryBundle(body, width).map(parseLeaf);
}

async function unlessHidden(
  { send }: BackbarClient,
  path: string,
  accept: string,
  maxAnswerBytes: number,
): Promise<Uint8Array | undefined> {
  try {
    return (await send({ path, headers: { accept }, maxAnswerBytes })).body;
  } catch (error) {
    const hidden = error instanceof ServerProblem && [401, 403, 404].includes(error.status);
    if (hidden) return undefined;
    throw error;
  }
}
