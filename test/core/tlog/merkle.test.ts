import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  emptyRoot,
  hashLeaf,
  hashNode,
  rootOfHashes,
  splitPoint,
  subtreeRoot,
} from "../../../src/core/tlog/merkle.js";
import { hex, KNOWN_ENTRIES } from "./tree.js";

/** Of trees of the known entries, by size. */
const ROOTS = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

describe("hashes of RFC 6962", () => {
  test.each(ROOTS.map((root, size) => ({ size, root })))(
    "root of $size leaves",
    ({ size, root }) => {
      expect(hex(rootOfHashes(KNOWN_ENTRIES.slice(0, size).map(hashLeaf)))).toBe(root);
    },
  );

  test("a leaf and a node over the same bytes differ", () => {
    const [left, right] = [hashLeaf(Buffer.of(1)), hashLeaf(Buffer.of(2))];
    expect(hashNode(left, right)).not.toEqual(hashLeaf(Buffer.concat([left, right])));
  });

  test("an empty range has the root of the empty tree", () => {
    expect(subtreeRoot([], 0, 0)).toEqual(emptyRoot());
  });

  test("the split point is the largest power of two below the size", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 2 ** 31 }), (size) => {
        const split = splitPoint(size);
        expect(Number.isInteger(Math.log2(split))).toBe(true);
        expect(split < size && split * 2 >= size).toBe(true);
      }),
    );
  });
});
