/** The log as clients see it: checked whole, from its leaves to what is served of it. */
import { expect } from "vitest";
import { type OpenedCheckpoint, openCheckpoint } from "../../src/core/tlog/checkpoint.js";
import { parseEntryBundle } from "../../src/core/tlog/entry-bundle.js";
import { hashLeaf, rootOfHashes } from "../../src/core/tlog/merkle.js";
import { noteKey } from "../../src/core/tlog/note-key.js";
import { levelWidth, TILE_WIDTH } from "../../src/core/tlog/tile.js";
import { formatBundlePath, formatTilePath } from "../../src/core/tlog/tile-path.js";
import { readOrigin } from "../../src/flows/identity.js";
import { appendRecord, changeRegistry } from "../../src/flows/log.js";
import { readLogLeaves } from "../../src/store/log.js";
import type { TestServer } from "./server.js";

/** Appends so many records of no consequence. */
export async function grow(server: TestServer, leaves: number): Promise<void> {
  await changeRegistry(server.registry, async (tx) => {
    for (let i = 0; i < leaves; i++) {
      const details = { test: `${i} ${Math.random()}` };
      await appendRecord(server.registry, tx, { kind: "forced", actor: "test", details });
    }
  });
}

/** The keys that the log's checkpoints are signed with. */
export async function logKeys({ registry }: Pick<TestServer, "registry">) {
  const origin = await readOrigin(registry.db);
  const { publicKey } = registry.keys.checkpoint;
  return {
    origin,
    logKeys: [noteKey(origin, "note", publicKey)],
    cosigners: [noteKey(origin, "cosignature", publicKey)],
  };
}

/** The served checkpoint, signed and cosigned by the log. */
export async function servedCheckpoint(server: TestServer): Promise<OpenedCheckpoint> {
  const reply = await server.admin("/v1/log/checkpoint");
  expect([reply.status, reply.text]).toEqual([200, expect.any(String)]);
  const opened = openCheckpoint(reply.text, await logKeys(server));
  expect(opened.signatures.map(({ key }) => key.type)).toEqual(["note", "cosignature"]);
  return opened;
}

/**
 * Checks every bundle and tile that is served against the tree that the stored leaves make, and that
 * against the served checkpoint; returns the leaf hashes.
 */
export async function checkServedLog(server: TestServer): Promise<Uint8Array[]> {
  const { size, root } = (await servedCheckpoint(server)).checkpoint;
  const stored = await readLogLeaves(server.registry.db, 0, size + 1);
  const leaves = stored.map(({ hash }) => hash);
  expect(leaves).toHaveLength(size);
  expect(rootOfHashes(leaves)).toEqual(root);
  let nodes = leaves;
  for (let level = 0; levelWidth(level, size) > 0; level++) {
    for (let start = 0; start < nodes.length; start += TILE_WIDTH) {
      const hashes = nodes.slice(start, start + TILE_WIDTH);
      const place = { index: start / TILE_WIDTH, width: hashes.length };
      const tile = await server.admin(`/v1/log/${formatTilePath({ level, ...place })}`);
      expect([tile.status, tile.bytes.equals(Buffer.concat(hashes))]).toEqual([200, true]);
      if (level > 0) continue;
      const bundle = await server.admin(`/v1/log/${formatBundlePath(place)}`);
      expect(parseEntryBundle(bundle.bytes, place.width).map(hashLeaf)).toEqual(hashes);
    }
    nodes = Array.from({ length: levelWidth(level + 1, size) }, (_, i) =>
      rootOfHashes(nodes.slice(i * TILE_WIDTH, (i + 1) * TILE_WIDTH)),
    );
  }
  return leaves;
}
