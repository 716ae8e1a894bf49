import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  appendLeaf,
  completedNodes,
  EMPTY_FRONTIER,
  type Frontier,
  formatFrontier,
  parseFrontier,
  rootOfFrontier,
} from "../../../src/core/tlog/frontier.js";
import { hashLeaf, rootOfHashes } from "../../../src/core/tlog/merkle.js";

const leafOf = (index: number) => hashLeaf(Buffer.from(`leaf ${index}`));

function grow(size: number): Frontier {
  let frontier = EMPTY_FRONTIER;
  for (let i = 0; i < size; i++) frontier = appendLeaf(frontier, leafOf(i));
  return frontier;
}

describe("a growing tree", () => {
  test("has the root of the definition at every size", () => {
    const leaves: Uint8Array[] = [];
    let frontier = EMPTY_FRONTIER;
    for (let size = 0; size <= 300; size++) {
      expect(rootOfFrontier(frontier)).toEqual(rootOfHashes(leaves));
      expect(frontier.size).toBe(size);
      leaves.push(leafOf(size));
      frontier = appendLeaf(frontier, leafOf(size));
    }
  });

  test("goes on after it was stored and read back", () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(40), (stored, more) => {
        let frontier = parseFrontier(stored, formatFrontier(grow(stored)));
        for (let i = stored; i < stored + more; i++) frontier = appendLeaf(frontier, leafOf(i));
        expect(frontier).toEqual(grow(stored + more));
      }),
      { numRuns: 50 },
    );
  });

  test("keeps one root for each one-bit of the size", () => {
    expect([0, 1, 2, 3, 4, 7, 8, 255, 256].map((size) => grow(size).roots.length)).toEqual([
      0, 1, 1, 2, 1, 3, 1, 8, 1,
    ]);
  });

  test("sizes beyond 32 bits keep their subtrees", () => {
    const size = 2 ** 40 + 1;
    const bytes = new Uint8Array(64).fill(7);
    const frontier = appendLeaf(parseFrontier(size, bytes), leafOf(0));
    expect(frontier.size).toBe(2 ** 40 + 2);
    expect(frontier.roots.length).toBe(2);
  });
});

describe("nodes of the levels of tiles", () => {
  test("are told by the leaf that completes them, and by no other", () => {
    const leaves = Array.from({ length: 770 }, (_, i) => leafOf(i));
    let frontier = EMPTY_FRONTIER;
    const completed = leaves.flatMap((leaf) => {
      const nodes = completedNodes(frontier, leaf);
      frontier = appendLeaf(frontier, leaf);
      return nodes.map((node) => ({ ...node, size: frontier.size }));
    });
    expect(completed).toEqual(
      [0, 1, 2].map((index) => ({
        level: 1,
        index,
        size: (index + 1) * 256,
        hash: rootOfHashes(leaves.slice(index * 256, (index + 1) * 256)),
      })),
    );
  });

  test.each([
    { size: 2 ** 16, nodes: ["1/255", "2/0"] },
    { size: 2 ** 16 * 3, nodes: ["1/767", "2/2"] },
    { size: 2 ** 24, nodes: ["1/65535", "2/255", "3/0"] },
    { size: 2 ** 40, nodes: ["1/4294967295", "2/16777215", "3/65535", "4/255", "5/0"] },
    { size: 2 ** 40 + 128, nodes: [] },
  ])("leaf number $size completes $nodes", ({ size, nodes }) => {
    const ones = [...(size - 1).toString(2)].filter((digit) => digit === "1").length;
    const before = parseFrontier(size - 1, new Uint8Array(ones * 32));
    const told = completedNodes(before, leafOf(0)).map(({ level, index }) => `${level}/${index}`);
    expect(told).toEqual(nodes);
  });
});

test.each([
  { name: "a hash missing", size: 3, bytes: 32, code: "tlog_frontier" },
  { name: "a hash too many", size: 4, bytes: 64, code: "tlog_frontier" },
  { name: "half a hash", size: 1, bytes: 16, code: "tlog_frontier" },
  { name: "a negative size", size: -1, bytes: 32, code: "tlog_tree_size" },
  { name: "a size that is no integer", size: 1.5, bytes: 32, code: "tlog_tree_size" },
  { name: "a size beyond exact integers", size: 2 ** 53, bytes: 32, code: "tlog_tree_size" },
])("refuses a stored frontier with $name", ({ size, bytes, code }) => {
  expect(() => parseFrontier(size, new Uint8Array(bytes))).toThrow(
    expect.objectContaining({ code }),
  );
});

test("a full log takes no more", () => {
  const full = { size: Number.MAX_SAFE_INTEGER, roots: [] };
  expect(() => appendLeaf(full, leafOf(0))).toThrow(
    expect.objectContaining({ code: "tlog_tree_size" }),
  );
});
