import { describe, expect, test } from "vitest";
import { hashLeaf, rootOfHashes } from "../../../src/core/tlog/merkle.js";
import { proveConsistency, proveInclusion, rootAt } from "../../../src/core/tlog/proof.js";
import type { HashReader } from "../../../src/core/tlog/subtree.js";
import { verifyConsistency, verifyInclusion } from "../../../src/core/tlog/verify-proof.js";
import {
  consistencyByDefinition,
  hex,
  KNOWN_ENTRIES,
  leaves,
  pathByDefinition,
  readerOf,
} from "./tree.js";

/** The tree of eight leaves and the proofs that implementations of RFC 6962 are tested with. */
const EIGHT = KNOWN_ENTRIES.map(hashLeaf);
const INCLUSION = [
  { index: 0, treeSize: 1, hashes: [] },
  {
    index: 0,
    treeSize: 8,
    hashes: [
      "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
  },
  {
    index: 5,
    treeSize: 8,
    hashes: [
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
  },
  {
    index: 2,
    treeSize: 3,
    hashes: ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
  },
];
const CONSISTENCY = [
  { oldSize: 1, size: 1, hashes: [] },
  {
    oldSize: 1,
    size: 8,
    hashes: [
      "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
  },
  {
    oldSize: 6,
    size: 8,
    hashes: [
      "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
  },
  {
    oldSize: 2,
    size: 5,
    hashes: [
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
  },
];

describe("the known tree of eight leaves", () => {
  test.each(INCLUSION)("proves leaf $index of $treeSize", async ({ index, treeSize, hashes }) => {
    const proof = await proveInclusion(index, treeSize, readerOf(EIGHT));
    expect(proof.map(hex)).toEqual(hashes);
  });

  test.each(CONSISTENCY)("proves $oldSize in $size", async ({ oldSize, size, hashes }) => {
    const proof = await proveConsistency(oldSize, size, readerOf(EIGHT));
    expect(proof.map(hex)).toEqual(hashes);
  });
});

const LIMIT = 300;
const ALL = leaves(LIMIT);
const ROOTS = Array.from({ length: LIMIT + 1 }, (_, size) => rootOfHashes(ALL.slice(0, size)));
const rootOf = (size: number) => ROOTS[size] ?? new Uint8Array();
const leafOf = (index: number) => ALL[index] ?? new Uint8Array();
/** Of every complete subtree, so that each is hashed once. */
const NODES = [ALL];
for (let below = ALL; below.length > 1; ) {
  const row: Uint8Array[] = [];
  for (let i = 0; i + 1 < below.length; i += 2) row.push(rootOfHashes(below.slice(i, i + 2)));
  NODES.push(row);
  below = row;
}
const reader: HashReader = async (subtrees) =>
  subtrees.map(({ height, index }) => NODES[height]?.[index] ?? new Uint8Array());

/** Every size up to 40, and those around what tiles and powers of two make special. */
const SIZES = Array.from({ length: LIMIT + 1 }, (_, size) => size).filter(
  (size) =>
    size <= 40 || [63, 64, 65, 127, 128, 129, 254, 255, 256, 257, 258, 299, 300].includes(size),
);

describe("trees of every size up to 300", () => {
  test("have the root of the definition", async () => {
    for (let size = 0; size <= LIMIT; size++) {
      expect(await rootAt(size, reader)).toEqual(rootOf(size));
    }
  });

  test("prove every leaf, as the definition does", async () => {
    for (let treeSize = 1; treeSize <= LIMIT; treeSize++) {
      const exact = SIZES.includes(treeSize);
      for (let index = 0; index < treeSize; index += exact ? 1 : 7) {
        const hashes = await proveInclusion(index, treeSize, reader);
        if (exact) expect(hashes).toEqual(pathByDefinition(index, ALL.slice(0, treeSize)));
        verifyInclusion(leafOf(index), { index, treeSize, hashes }, rootOf(treeSize));
      }
    }
  });

  test("prove every size before, as the definition does", async () => {
    for (let size = 1; size <= LIMIT; size++) {
      const exact = SIZES.includes(size);
      for (let oldSize = 0; oldSize <= size; oldSize += exact ? 1 : 7) {
        const hashes = await proveConsistency(oldSize, size, reader);
        if (exact && oldSize > 0) {
          expect(hashes).toEqual(consistencyByDefinition(oldSize, ALL.slice(0, size)));
        }
        const [oldRoot, root] = [rootOf(oldSize), rootOf(size)];
        verifyConsistency({ oldSize, oldRoot, size, root, hashes });
      }
    }
  });

  test("are read in one call a proof", async () => {
    const reader = readerOf(ALL);
    await proveInclusion(123, 299, reader);
    await proveConsistency(123, 299, reader);
    await rootAt(299, reader);
    expect(reader.calls).toBe(3);
  });
});

const refusal = expect.objectContaining({
  code: expect.stringMatching(
    /^tlog_(proof_length|proof_form|root_mismatch|index_out_of_range|tree_size)$/,
  ),
});

/** Every way to be wrong by one: a bit, a hash less, one more, two swapped. */
function* tampered(hashes: readonly Uint8Array[]): Generator<Uint8Array[]> {
  for (const [i, hash] of hashes.entries()) {
    for (const bit of [0, 7, 100, 255]) yield hashes.with(i, flip(hash, bit));
    yield hashes.toSpliced(i, 1);
    yield hashes.toSpliced(i, 0, hash);
    yield hashes.with(i, hash.slice(1));
  }
  yield [...hashes, leafOf(0)];
  for (let i = 1; i < hashes.length; i++) {
    yield hashes.with(i, hashes[i - 1] ?? leafOf(0)).with(i - 1, hashes[i] ?? leafOf(0));
  }
}

function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return changed;
}

describe("a proof that was changed is refused", () => {
  test("of inclusion: in its hashes, its leaf, its root, its index", async () => {
    for (const treeSize of [1, 2, 3, 7, 8, 9, 21, 32, 33]) {
      const root = rootOf(treeSize);
      for (let index = 0; index < treeSize; index++) {
        const leaf = leafOf(index);
        const hashes = await proveInclusion(index, treeSize, reader);
        const proof = { index, treeSize, hashes };
        for (const wrong of tampered(hashes)) {
          expect(() => verifyInclusion(leaf, { ...proof, hashes: wrong }, root)).toThrow(refusal);
        }
        expect(() => verifyInclusion(flip(leaf, 3), proof, root)).toThrow(refusal);
        expect(() => verifyInclusion(leaf, proof, flip(root, 3))).toThrow(refusal);
        for (let other = -1; other <= treeSize; other++) {
          if (other === index) continue;
          expect(() => verifyInclusion(leaf, { ...proof, index: other }, root)).toThrow(refusal);
        }
      }
    }
  });

  test("of consistency: in its hashes, its roots", async () => {
    for (const size of [1, 2, 3, 7, 8, 9, 21, 32, 33]) {
      for (let oldSize = 0; oldSize <= size; oldSize++) {
        const hashes = await proveConsistency(oldSize, size, reader);
        const proof = { oldSize, oldRoot: rootOf(oldSize), size, root: rootOf(size), hashes };
        for (const wrong of tampered(hashes)) {
          expect(() => verifyConsistency({ ...proof, hashes: wrong })).toThrow(refusal);
        }
        expect(() => verifyConsistency({ ...proof, oldRoot: flip(proof.oldRoot, 9) })).toThrow(
          refusal,
        );
        // An empty old tree is a prefix of every tree.
        if (oldSize === 0) continue;
        expect(() => verifyConsistency({ ...proof, root: flip(proof.root, 9) })).toThrow(refusal);
      }
    }
  });

  test("of another tree's size, with that tree's roots", async () => {
    for (let size = 1; size <= 33; size++) {
      for (let oldSize = 1; oldSize < size; oldSize++) {
        const hashes = await proveConsistency(oldSize, size, reader);
        for (const [old, now] of [
          [oldSize - 1, size],
          [oldSize + 1, size],
          [oldSize, size + 1],
          [oldSize, size - 1],
        ] as const) {
          const proof = {
            oldSize: old,
            oldRoot: rootOf(old),
            size: now,
            root: rootOf(now),
            hashes,
          };
          expect(() => verifyConsistency(proof)).toThrow(refusal);
        }
        const index = oldSize - 1;
        const path = await proveInclusion(index, size, reader);
        const wrong = { index, treeSize: size + 1, hashes: path };
        expect(() => verifyInclusion(leafOf(index), wrong, rootOf(size + 1))).toThrow(refusal);
      }
    }
  });
});

describe("names what is wrong", () => {
  const proof3 = { index: 1, treeSize: 3, hashes: [leafOf(0), leafOf(2)] };
  test.each([
    { name: "an index past the end", change: { index: 3 }, code: "tlog_index_out_of_range" },
    { name: "a negative index", change: { index: -1 }, code: "tlog_index_out_of_range" },
    { name: "half an index", change: { index: 0.5 }, code: "tlog_index_out_of_range" },
    { name: "no size", change: { treeSize: Number.NaN }, code: "tlog_tree_size" },
    { name: "a size beyond exact integers", change: { treeSize: 2 ** 53 }, code: "tlog_tree_size" },
    { name: "a hash missing", change: { hashes: [leafOf(0)] }, code: "tlog_proof_length" },
    {
      name: "a hash too many",
      change: { hashes: [leafOf(0), leafOf(2), leafOf(2)] },
      code: "tlog_proof_length",
    },
    {
      name: "a short hash",
      change: { hashes: [leafOf(0), Buffer.of(1)] },
      code: "tlog_proof_form",
    },
    { name: "another leaf", change: { index: 0 }, code: "tlog_root_mismatch" },
  ])("in a proof of inclusion: $name", ({ change, code }) => {
    expect(() => verifyInclusion(leafOf(1), { ...proof3, ...change }, rootOf(3))).toThrow(
      expect.objectContaining({ code }),
    );
  });

  const grown = { oldSize: 2, oldRoot: rootOf(2), size: 3, root: rootOf(3), hashes: [leafOf(2)] };
  test.each([
    { name: "a tree that shrank", change: { oldSize: 4 }, code: "tlog_tree_size" },
    { name: "a negative size", change: { oldSize: -1 }, code: "tlog_tree_size" },
    { name: "no hash", change: { hashes: [] }, code: "tlog_proof_length" },
    {
      name: "a hash for nothing",
      change: { oldSize: 0, oldRoot: rootOf(0) },
      code: "tlog_proof_length",
    },
    { name: "hashes for no growth", change: { size: 2 }, code: "tlog_proof_length" },
    {
      name: "two roots of one size",
      change: { size: 2, hashes: [] },
      code: "tlog_root_mismatch",
    },
    {
      name: "a root of nothing that is none",
      change: { oldSize: 0, hashes: [] },
      code: "tlog_root_mismatch",
    },
    {
      name: "an old root of three bytes",
      change: { oldRoot: Buffer.of(1, 2, 3) },
      code: "tlog_proof_form",
    },
  ])("in a proof of consistency: $name", ({ change, code }) => {
    expect(() => verifyConsistency({ ...grown, ...change })).toThrow(
      expect.objectContaining({ code }),
    );
  });

  test("in what is asked for", async () => {
    const code = (code: string) => expect.objectContaining({ code });
    await expect(proveInclusion(3, 3, reader)).rejects.toThrow(code("tlog_index_out_of_range"));
    await expect(proveInclusion(0, -1, reader)).rejects.toThrow(code("tlog_tree_size"));
    await expect(proveConsistency(4, 3, reader)).rejects.toThrow(code("tlog_tree_size"));
    await expect(rootAt(0.5, reader)).rejects.toThrow(code("tlog_tree_size"));
    await expect(rootAt(3, async () => [])).rejects.toThrow(code("tlog_proof_length"));
  });
});

describe("a tree beyond 32 bits", () => {
  // All leaves are equal, so that a subtree's root depends on its height alone.
  const byHeight = [leafOf(0)];
  for (let height = 0; height < 53; height++) {
    const below = byHeight[height] ?? leafOf(0);
    byHeight.push(rootOfHashes([below, below]));
  }
  const equal: HashReader = async (subtrees) =>
    subtrees.map(({ height }) => byHeight[height] ?? leafOf(0));

  test.each([2 ** 32, 2 ** 32 + 1, 2 ** 40 - 1, 2 ** 45 + 2 ** 33 + 5, Number.MAX_SAFE_INTEGER])(
    "of %d leaves proves its leaves and its past",
    async (size) => {
      const root = await rootAt(size, equal);
      for (const index of [0, 1, 2 ** 31, 2 ** 32 - 1, Math.floor(size / 3), size - 1]) {
        const hashes = await proveInclusion(index, size, equal);
        verifyInclusion(leafOf(0), { index, treeSize: size, hashes }, root);
        const oldRoot = await rootAt(index + 1, equal);
        const proof = await proveConsistency(index + 1, size, equal);
        verifyConsistency({ oldSize: index + 1, oldRoot, size, root, hashes: proof });
        expect(hashes.length).toBeLessThanOrEqual(53);
        expect(() => verifyInclusion(leafOf(1), { index, treeSize: size, hashes }, root)).toThrow(
          refusal,
        );
      }
    },
  );
});
