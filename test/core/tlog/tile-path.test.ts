import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatBundlePath,
  formatTilePath,
  parseBundlePath,
  parseTilePath,
} from "../../../src/core/tlog/tile-path.js";

const places = fc.record({
  index: fc.maxSafeNat(),
  width: fc.integer({ min: 1, max: 256 }),
});

test.each([
  { tile: { level: 0, index: 0, width: 256 }, path: "tile/0/000" },
  { tile: { level: 0, index: 1234067, width: 256 }, path: "tile/0/x001/x234/067" },
  { tile: { level: 1, index: 999, width: 1 }, path: "tile/1/999.p/1" },
  { tile: { level: 63, index: 1000, width: 255 }, path: "tile/63/x001/000.p/255" },
  {
    tile: { level: 0, index: Number.MAX_SAFE_INTEGER, width: 256 },
    path: "tile/0/x009/x007/x199/x254/x740/991",
  },
])("$path", ({ tile, path }) => {
  expect(formatTilePath(tile)).toBe(path);
  expect(parseTilePath(path)).toEqual(tile);
});

describe("reads what it wrote", () => {
  test("of tiles", () => {
    fc.assert(
      fc.property(places, fc.integer({ min: 0, max: 63 }), (place, level) => {
        expect(parseTilePath(formatTilePath({ level, ...place }))).toEqual({ level, ...place });
      }),
    );
  });

  test("of entry bundles", () => {
    fc.assert(
      fc.property(places, (place) => {
        expect(parseBundlePath(formatBundlePath(place))).toEqual(place);
      }),
    );
  });

  test("and nothing else: what is read is written again", () => {
    const piece = fc.constantFrom(
      "tile",
      "entries",
      "0",
      "x001",
      "x000",
      "234",
      "000",
      ".p",
      "256",
      "7",
      "63",
      "64",
      "",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 7 }), (pieces) => {
        const path = pieces.join("/").replaceAll("/.p", ".p");
        let tile: ReturnType<typeof parseTilePath>;
        try {
          tile = parseTilePath(path);
        } catch {
          return;
        }
        expect(formatTilePath(tile)).toBe(path);
      }),
      { numRuns: 2000 },
    );
  });
});

test.each([
  "",
  "tile/0/0",
  "tile/0/00",
  "tile/0/0000",
  "tile/00/000",
  "tile/01/000",
  "tile/64/000",
  "tile/-1/000",
  "tile/x/000",
  "tile/0/x000/001",
  "tile/0/001/002",
  "tile/0/x001",
  "tile/0/x001/",
  "tile/0/X001/002",
  "tile/0/000.p/0",
  "tile/0/000.p/01",
  "tile/0/000.p/256",
  "tile/0/000.p/999",
  "tile/0/000.p/",
  "tile/0/000.p",
  "tile/0/000.p/1/",
  "tile/0/000\n",
  "tile/0/000.p/1\n",
  "tile/0/٠٠٠",
  "tile/0/+01",
  "/tile/0/000",
  "tile/entries/000",
  "tile/0/x009/x007/x199/x254/x740/992",
  "tile/0/x001/x000/x000/x000/x000/x000/000",
  `tile/0/${"x001/".repeat(100_000)}001`,
])("refuses the tile path %j", (path) => {
  expect(() => parseTilePath(path)).toThrow(expect.objectContaining({ code: "tlog_tile_path" }));
});

test.each(["", "tile/entries/", "tile/0/000", "tile/entries/x000/001", "tile/entries/000.p/256"])(
  "refuses the bundle path %j",
  (path) => {
    expect(() => parseBundlePath(path)).toThrow(
      expect.objectContaining({ code: "tlog_tile_path" }),
    );
  },
);
