import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatCheckpoint } from "../../../src/core/tlog/checkpoint-text.js";
import { rootOfHashes } from "../../../src/core/tlog/merkle.js";
import { formatNote } from "../../../src/core/tlog/note.js";
import { noteKey } from "../../../src/core/tlog/note-key.js";
import { signNote } from "../../../src/core/tlog/note-signature.js";
import { proveInclusion } from "../../../src/core/tlog/proof.js";
import {
  formatTlogProof,
  parseTlogProof,
  verifyTlogProof,
} from "../../../src/core/tlog/tlog-proof.js";
import {
  formatWitnessRequest,
  parseWitnessRequest,
} from "../../../src/core/tlog/witness-request.js";
import { signerOf } from "./signers.js";
import { leaves, readerOf } from "./tree.js";

const code = (code: string) => expect.objectContaining({ code });
const origin = "registry.example/log";
const all = leaves(11);
const leaf = (index: number) => all[index] ?? new Uint8Array();
const text = formatCheckpoint({ origin, size: 11, root: rootOfHashes(all), extensions: [] });
const checkpoint = formatNote({ text, signatures: [await signNote(text, origin, signerOf(1))] });
const policy = { origin, logKeys: [noteKey(origin, "note", signerOf(1).publicKey)] };
const proof = { index: 5, hashes: await proveInclusion(5, 11, readerOf(all)), checkpoint };
const hashes = fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { maxLength: 63 });
const line = Buffer.from(leaf(0)).toString("base64");

describe("a proof", () => {
  test("is a head, an index, hashes, an empty line and a checkpoint", () => {
    const lines = proof.hashes.map((hash) => Buffer.from(hash).toString("base64"));
    const written = ["c2sp.org/tlog-proof@v1", "index 5", ...lines, "", checkpoint].join("\n");
    expect(formatTlogProof(proof)).toBe(written);
  });

  test("reads back", () => {
    const proofs = fc.record(
      {
        index: fc.maxSafeNat(),
        hashes,
        checkpoint: fc.constant(checkpoint),
        extra: fc.uint8Array({ maxLength: 40 }),
      },
      { requiredKeys: ["index", "hashes", "checkpoint"] },
    );
    fc.assert(
      fc.property(proofs, (one) => {
        expect(parseTlogProof(formatTlogProof(one))).toEqual(one);
        expect(parseTlogProof(Buffer.from(formatTlogProof(one)))).toEqual(one);
      }),
    );
  });

  test("leads to the checkpoint", () => {
    const opened = verifyTlogProof(parseTlogProof(formatTlogProof(proof)), leaf(5), policy);
    expect(opened.checkpoint.size).toBe(11);
  });

  test.each([
    { name: "another leaf", change: {}, of: 6, code: "tlog_root_mismatch" },
    { name: "another index", change: { index: 4 }, of: 5, code: "tlog_root_mismatch" },
    {
      name: "an index past the end",
      change: { index: 11 },
      of: 5,
      code: "tlog_index_out_of_range",
    },
    { name: "no hashes", change: { hashes: [] }, of: 5, code: "tlog_proof_length" },
    {
      name: "another checkpoint",
      change: { checkpoint: checkpoint.replace("\n11\n", "\n12\n") },
      of: 5,
      code: "tlog_note_signature",
    },
  ])("of $name is refused", ({ change, of, code: expected }) => {
    expect(() => verifyTlogProof({ ...proof, ...change }, leaf(of), policy)).toThrow(
      code(expected),
    );
  });

  const head = "c2sp.org/tlog-proof@v1";
  test.each([
    { name: "nothing", text: "" },
    { name: "a checkpoint alone", text: checkpoint },
    { name: "another version", text: `c2sp.org/tlog-proof@v2\nindex 5\n\n${checkpoint}` },
    { name: "no index", text: `${head}\n\n${checkpoint}` },
    { name: "a leading zero", text: `${head}\nindex 05\n\n${checkpoint}` },
    {
      name: "an index beyond exact integers",
      text: `${head}\nindex 9007199254740992\n\n${checkpoint}`,
    },
    { name: "two spaces", text: `${head}\nindex  5\n\n${checkpoint}` },
    { name: "extra data after the index", text: `${head}\nindex 5\nextra AA==\n\n${checkpoint}` },
    { name: "extra data twice", text: `${head}\nextra AA==\nextra AA==\nindex 5\n\n${checkpoint}` },
    { name: "extra data that is no base64", text: `${head}\nextra AB==\nindex 5\n\n${checkpoint}` },
    { name: "a short hash", text: `${head}\nindex 5\n${line.slice(4)}\n\n${checkpoint}` },
    { name: "64 hashes", text: `${head}\nindex 5\n${`${line}\n`.repeat(64)}\n${checkpoint}` },
    { name: "carriage returns", text: formatTlogProof(proof).replaceAll("\n", "\r\n") },
    {
      name: "more than a megabyte",
      text: `${head}\nindex 5\n${`${line}\n`.repeat(30_000)}\n${checkpoint}`,
    },
  ])("that is none is refused: $name", ({ text }) => {
    expect(() => parseTlogProof(text)).toThrow(code("tlog_proof_form"));
  });

  test("with a checkpoint that is no note is refused", () => {
    expect(() => parseTlogProof(`${head}\nindex 5\n\n\n${checkpoint}`)).not.toThrow();
    expect(() => parseTlogProof(`${head}\nindex 5\n\n${text}`)).toThrow(code("tlog_note_form"));
    expect(() => formatTlogProof({ ...proof, checkpoint: text })).toThrow(code("tlog_note_form"));
  });

  test.each([{ index: -1 }, { index: 0.5 }, { hashes: [Buffer.of(1)] }])(
    "does not write %o",
    (change) => {
      expect(() => formatTlogProof({ ...proof, ...change })).toThrow(code("tlog_proof_form"));
    },
  );
});

describe("a request to a witness", () => {
  test("reads back", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), hashes, (oldSize, proven) => {
        const request = { oldSize, hashes: proven, checkpoint };
        expect(parseWitnessRequest(formatWitnessRequest(request))).toEqual(request);
      }),
    );
  });

  test("is an old size, hashes, an empty line and a checkpoint", () => {
    const request = formatWitnessRequest({ oldSize: 3, hashes: [leaf(0)], checkpoint });
    expect(request).toBe(`old 3\n${line}\n\n${checkpoint}`);
    const first = formatWitnessRequest({ oldSize: 0, hashes: [], checkpoint });
    expect(first).toBe(`old 0\n\n${checkpoint}`);
  });

  test.each([
    { name: "nothing", body: "" },
    { name: "a checkpoint alone", body: checkpoint },
    { name: "no empty line", body: "old 3\n" },
    { name: "a leading zero", body: `old 03\n\n${checkpoint}` },
    { name: "a size beyond exact integers", body: `old 9007199254740992\n\n${checkpoint}` },
    { name: "a line that is no hash", body: `old 3\n${line.slice(4)}\n\n${checkpoint}` },
    { name: "64 hashes", body: `old 3\n${`${line}\n`.repeat(64)}\n${checkpoint}` },
  ])("that is none is refused: $name", ({ body }) => {
    expect(() => parseWitnessRequest(body)).toThrow(code("tlog_witness_request"));
  });

  test("with a checkpoint that is no note is refused", () => {
    expect(() => parseWitnessRequest(`old 3\n\n${text}`)).toThrow(code("tlog_note_form"));
  });

  test("is not written with what is no size, or with too many hashes", () => {
    for (const change of [{ oldSize: -1 }, { hashes: Array.from({ length: 64 }, () => leaf(0)) }]) {
      const request = { oldSize: 3, hashes: [], checkpoint, ...change };
      expect(() => formatWitnessRequest(request)).toThrow(code("tlog_witness_request"));
    }
  });
});
