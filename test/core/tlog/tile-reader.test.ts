import { describe, expect, test } from "vitest";
import { rootOfHashes } from "../../../src/core/tlog/merkle.js";
import { proveConsistency, proveInclusion, rootAt } from "../../../src/core/tlog/proof.js";
import { edgeTiles, parseTile, type Tile } from "../../../src/core/tlog/tile.js";
import { formatTilePath } from "../../../src/core/tlog/tile-path.js";
import { tileReader } from "../../../src/core/tlog/tile-reader.js";
import { verifyConsistency, verifyInclusion } from "../../../src/core/tlog/verify-proof.js";
import { leaves, tileServer } from "./tree.js";

const ALL = leaves(1100);
const headOf = (size: number) => ({ size, root: rootOfHashes(ALL.slice(0, size)) });
const leafOf = (index: number) => ALL[index] ?? new Uint8Array();
const code = (code: string) => expect.objectContaining({ code });

describe("a tree read from tiles", () => {
  test.each([1, 2, 255, 256, 257, 511, 512, 513, 768, 1100])(
    "of %d leaves proves its leaves and its past",
    async (size) => {
      const head = headOf(size);
      const reader = tileReader(head, tileServer(ALL.slice(0, size)));
      for (const index of new Set([0, 1, 100, 255, 256, 300, 511, 512, size - 1])) {
        if (index >= size) continue;
        const hashes = await proveInclusion(index, size, reader);
        verifyInclusion(leafOf(index), { index, treeSize: size, hashes }, head.root);
        const proof = await proveConsistency(index + 1, size, reader);
        const oldRoot = await rootAt(index + 1, reader);
        expect(oldRoot).toEqual(headOf(index + 1).root);
        verifyConsistency({ oldSize: index + 1, oldRoot, ...head, hashes: proof });
      }
      expect(await rootAt(size, reader)).toEqual(head.root);
    },
  );

  test("asks once for what it needs, and never again for what it has", async () => {
    const server = tileServer(ALL);
    const reader = tileReader(headOf(1100), server);
    await proveInclusion(300, 1100, reader);
    expect(server.calls).toBe(1);
    expect(server.asked.map(formatTilePath).sort()).toEqual([
      "tile/0/001",
      "tile/0/004.p/76",
      "tile/1/000.p/4",
    ]);
    await proveInclusion(301, 1100, reader);
    expect(server.calls).toBe(1);
    await proveInclusion(600, 1100, reader);
    expect(server.asked.slice(3).map(formatTilePath)).toEqual(["tile/0/002"]);
  });

  test("does not have what the tree does not have", async () => {
    const reader = tileReader(headOf(300), tileServer(ALL.slice(0, 300)));
    await expect(reader([{ height: 0, index: 300 }])).rejects.toThrow(
      code("tlog_index_out_of_range"),
    );
    await expect(reader([{ height: 8, index: 1 }])).rejects.toThrow(
      code("tlog_index_out_of_range"),
    );
    await expect(reader([{ height: 4, index: 18 }])).rejects.toThrow(
      code("tlog_index_out_of_range"),
    );
  });

  test("an empty tree has the root of nothing, and is not asked for", async () => {
    const server = tileServer([]);
    await rootAt(0, tileReader(headOf(0), server));
    expect(server.calls).toBe(0);
  });
});

function flipByte(bytes: Uint8Array, at: number): void {
  bytes[at] = (bytes[at] ?? 0) ^ 1;
}

describe("a server of tiles that lies", () => {
  const size = 800;
  const tiles: Tile[] = [
    { level: 0, index: 0, width: 256 },
    { level: 0, index: 1, width: 256 },
    { level: 0, index: 2, width: 256 },
    { level: 0, index: 3, width: 32 },
    { level: 1, index: 0, width: 3 },
  ];

  test.each(tiles.map((tile) => ({ tile, path: formatTilePath(tile) })))(
    "is refused at every hash of $path",
    async ({ tile, path }) => {
      const subtrees = [{ height: 0, index: Math.min(tile.index * 256, size - 1) }];
      for (let hash = 0; hash < tile.width; hash++) {
        const server = tileServer(ALL.slice(0, size), (bytes, asked) => {
          if (formatTilePath(asked) === path) flipByte(bytes, hash * 32 + (hash % 32));
          return bytes;
        });
        const reader = tileReader(headOf(size), server);
        await expect(reader(subtrees)).rejects.toThrow(code("tlog_root_mismatch"));
        // What failed is not kept as if it had been proven.
        await expect(reader(subtrees)).rejects.toThrow(code("tlog_root_mismatch"));
      }
    },
  );

  test.each([
    { name: "an empty tile", tamper: () => new Uint8Array() },
    { name: "half a hash less", tamper: (bytes: Uint8Array) => bytes.slice(16) },
    { name: "a hash more", tamper: (bytes: Uint8Array) => Buffer.concat([bytes, leafOf(0)]) },
  ])("is refused for $name", async ({ tamper }) => {
    const reader = tileReader(headOf(size), tileServer(ALL.slice(0, size), tamper));
    await expect(proveInclusion(5, size, reader)).rejects.toThrow(code("tlog_tile_form"));
  });

  test("is refused where it serves another tile, another log, or too few", async () => {
    const other = tileServer(ALL.slice(100, 100 + size));
    await expect(proveInclusion(5, size, tileReader(headOf(size), other))).rejects.toThrow(
      code("tlog_root_mismatch"),
    );
    const swapped = tileServer(ALL.slice(0, size), (bytes, tile) =>
      tile.index === 1 ? Uint8Array.from(Buffer.concat(ALL.slice(0, 256))) : bytes,
    );
    await expect(proveInclusion(300, size, tileReader(headOf(size), swapped))).rejects.toThrow(
      code("tlog_root_mismatch"),
    );
    const reader = tileReader(headOf(size), async () => []);
    await expect(proveInclusion(300, size, reader)).rejects.toThrow(code("tlog_tile_form"));
  });
});

test.each([
  { size: 0, paths: [] },
  { size: 256, paths: ["tile/1/000.p/1"] },
  { size: 70_000, paths: ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"] },
  { size: 2 ** 40, paths: ["tile/5/000.p/1"] },
])("the edge of $size leaves", ({ size, paths }) => {
  expect(edgeTiles(size).map(formatTilePath)).toEqual(paths);
});

test("a tile is as long as it is wide", () => {
  const tile = { level: 0, index: 0, width: 2 };
  expect(parseTile(tile, new Uint8Array(64))).toHaveLength(2);
  expect(() => parseTile(tile, new Uint8Array(65))).toThrow(code("tlog_tile_form"));
});
