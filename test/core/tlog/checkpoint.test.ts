import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openCheckpoint } from "../../../src/core/tlog/checkpoint.js";
import { formatCheckpoint, parseCheckpoint } from "../../../src/core/tlog/checkpoint-text.js";
import { cosignedMessage, parseCosignature } from "../../../src/core/tlog/cosignature.js";
import { formatNote, type NoteSignature, parseNote } from "../../../src/core/tlog/note.js";
import { noteKey, parseNoteKey } from "../../../src/core/tlog/note-key.js";
import { cosignCheckpoint, signNote, verifyNote } from "../../../src/core/tlog/note-signature.js";
import { verifyMessage } from "../../../src/core/trust/keys.js";
import { ES256_SIGNER, signerOf } from "./signers.js";
import { leaves } from "./tree.js";

const code = (code: string) => expect.objectContaining({ code });
const [root = new Uint8Array()] = leaves(1);
const origin = "registry.example/log";
const text = formatCheckpoint({ origin, size: 7, root, extensions: [] });

const logKey = noteKey(origin, "note", signerOf(1).publicKey);
const timeKey = noteKey(origin, "cosignature", signerOf(1).publicKey);
const witnessKey = noteKey("witness.example/w1", "cosignature", signerOf(2).publicKey);
const bySigner = await signNote(text, origin, signerOf(1));
const byClock = await cosignCheckpoint(text, origin, signerOf(1), 1_700_000_000);
const byWitness = await cosignCheckpoint(text, witnessKey.name, signerOf(2), 1_700_000_001);
const policy = { origin, logKeys: [logKey], cosigners: [timeKey, witnessKey] };

const noteBy = (...signatures: NoteSignature[]) => formatNote({ text, signatures });
const broken = (signature: NoteSignature): NoteSignature => {
  const bytes = Uint8Array.from(signature.signature);
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  return { ...signature, signature: bytes };
};

describe("the text of a checkpoint", () => {
  test("is three lines", () => {
    expect(text).toBe(`registry.example/log\n7\n${Buffer.from(root).toString("base64")}\n`);
  });

  test("reads back", () => {
    const line = fc
      .string({ unit: "binary", minLength: 1, maxLength: 20 })
      .filter((one) => !one.includes("\n"));
    const checkpoints = fc.record({
      origin: line,
      size: fc.maxSafeNat(),
      root: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      extensions: fc.array(line, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(checkpoints, (checkpoint) => {
        expect(parseCheckpoint(formatCheckpoint(checkpoint))).toEqual(checkpoint);
      }),
    );
  });

  const hash = Buffer.from(root).toString("base64");
  test.each([
    { name: "nothing", text: "" },
    { name: "two lines", text: "log\n7\n" },
    { name: "no last line feed", text: `log\n7\n${hash}` },
    { name: "no origin", text: `\n7\n${hash}\n` },
    { name: "an empty line at the end", text: `log\n7\n${hash}\n\n` },
    { name: "an empty extension", text: `log\n7\n${hash}\n\nmore\n` },
    { name: "a leading zero", text: `log\n07\n${hash}\n` },
    { name: "a sign", text: `log\n+7\n${hash}\n` },
    { name: "an exponent", text: `log\n1e3\n${hash}\n` },
    { name: "a size beyond exact integers", text: `log\n9007199254740992\n${hash}\n` },
    { name: "a size with a space", text: `log\n7 \n${hash}\n` },
    { name: "a short hash", text: `log\n7\n${hash.slice(4)}\n` },
    { name: "a hash in hex", text: `log\n7\n${"0a".repeat(32)}\n` },
    { name: "a hash without padding", text: `log\n7\n${hash.slice(0, -1)}\n` },
  ])("refuses $name", ({ text }) => {
    expect(() => parseCheckpoint(text)).toThrow(code("tlog_checkpoint_form"));
  });

  test.each([
    { origin: "a\nb" },
    { origin: "" },
    { size: -1 },
    { size: 1.5 },
    { size: 2 ** 53 },
    { root: Buffer.of(1) },
    { extensions: [""] },
    { extensions: ["a\nb"] },
  ])("does not write %o", (change) => {
    expect(() => formatCheckpoint({ origin, size: 7, root, extensions: [], ...change })).toThrow(
      code("tlog_checkpoint_form"),
    );
  });
});

describe("a checkpoint", () => {
  test("is opened by its log's key", () => {
    const note = noteBy(bySigner);
    const opened = openCheckpoint(note, policy);
    expect(opened).toEqual({
      checkpoint: { origin, size: 7, root, extensions: [] },
      note,
      signatures: [{ key: logKey }],
    });
    expect(openCheckpoint(Buffer.from(note), policy)).toEqual(opened);
  });

  test("tells who cosigned, and when", () => {
    const { signatures } = openCheckpoint(noteBy(byWitness, bySigner, byClock), policy);
    expect(signatures).toEqual([
      { key: witnessKey, time: 1_700_000_001 },
      { key: logKey },
      { key: timeKey, time: 1_700_000_000 },
    ]);
  });

  test("counts a cosigner once, at the newest time", async () => {
    const later = await cosignCheckpoint(text, witnessKey.name, signerOf(2), 1_800_000_000);
    for (const signatures of [
      [bySigner, byWitness, later, byWitness],
      [bySigner, later, later, byWitness],
    ]) {
      const opened = openCheckpoint(noteBy(...signatures), policy);
      expect(opened.signatures).toContainEqual({ key: witnessKey, time: 1_800_000_000 });
      expect(opened.signatures).toHaveLength(2);
    }
  });

  test("passes over unknown keys, also of the same name or id, and other algorithms", async () => {
    const stranger = await signNote(text, origin, signerOf(5));
    const sameId = { ...broken(bySigner), name: "other.example" };
    const sameName = { ...broken(bySigner), keyId: "00000000" };
    const mldsa = { name: "w", keyId: "01020304", signature: new Uint8Array(2428) };
    const note = noteBy(stranger, sameId, sameName, mldsa, bySigner);
    expect(openCheckpoint(note, policy).signatures).toEqual([{ key: logKey }]);
  });

  test("keeps extension lines", async () => {
    const longer = formatCheckpoint({ origin, size: 7, root, extensions: ["more", "lines"] });
    const note = formatNote({
      text: longer,
      signatures: [await signNote(longer, origin, signerOf(1))],
    });
    expect(openCheckpoint(note, policy).checkpoint.extensions).toEqual(["more", "lines"]);
  });

  test.each([
    { name: "nobody known signed", signatures: [byWitness], cosigners: [] },
    { name: "only a witness signed", signatures: [byWitness], cosigners: [witnessKey] },
    { name: "only the log's clock signed", signatures: [byClock], cosigners: [timeKey] },
    { name: "the log's signature is bad", signatures: [broken(bySigner)], cosigners: [] },
    {
      name: "one of the log's signatures is bad",
      signatures: [bySigner, broken(bySigner)],
      cosigners: [],
    },
    {
      name: "one of the log's signatures is bad, the first",
      signatures: [broken(bySigner), bySigner],
      cosigners: [],
    },
    {
      name: "a known witness's signature is bad",
      signatures: [bySigner, broken(byWitness)],
      cosigners: [witnessKey],
    },
    {
      name: "a known witness's signature is short",
      signatures: [bySigner, { ...byWitness, signature: byWitness.signature.slice(1) }],
      cosigners: [witnessKey],
    },
    {
      name: "a cosignature's time was changed",
      signatures: [
        bySigner,
        { ...byWitness, signature: Uint8Array.from(byWitness.signature).with(7, 0) },
      ],
      cosigners: [witnessKey],
    },
    {
      name: "a cosignature's time is out of range",
      signatures: [
        bySigner,
        { ...byWitness, signature: Uint8Array.from(byWitness.signature).fill(255, 0, 8) },
      ],
      cosigners: [witnessKey],
    },
    {
      name: "a cosignature stands as the log's signature",
      signatures: [{ ...byClock, keyId: logKey.keyId }],
      cosigners: [],
    },
    {
      name: "the log's signature stands as a cosignature",
      signatures: [bySigner, { ...bySigner, keyId: timeKey.keyId }],
      cosigners: [timeKey],
    },
  ])("is refused where $name", ({ signatures, cosigners }) => {
    expect(() => openCheckpoint(noteBy(...signatures), { ...policy, cosigners })).toThrow(
      code("tlog_note_signature"),
    );
  });

  test("is refused with any bit of its text changed", () => {
    const note = noteBy(bySigner);
    const bytes = Buffer.from(note);
    const end = Buffer.byteLength(text);
    for (let bit = 0; bit < end * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => openCheckpoint(changed, policy)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^tlog_note_(form|signature)$/) }),
      );
    }
  });

  test("of another log is refused, though the key is the same", async () => {
    const other = formatCheckpoint({ origin: "other", size: 7, root, extensions: [] });
    const signatures = [await signNote(other, origin, signerOf(1))];
    expect(() => openCheckpoint(formatNote({ text: other, signatures }), policy)).toThrow(
      code("tlog_origin"),
    );
  });

  test("that is none is refused, though it is signed", async () => {
    const signatures = [await signNote("hello\n", origin, signerOf(1))];
    expect(() => openCheckpoint(formatNote({ text: "hello\n", signatures }), policy)).toThrow(
      code("tlog_checkpoint_form"),
    );
  });

  test("is verified by the key that fits where name and id are shared", () => {
    // Ids are 32 bits: whoever looks for it finds another key with the same.
    const collision = { ...noteKey(origin, "note", signerOf(6).publicKey), keyId: logKey.keyId };
    const logKeys = [collision, logKey];
    expect(openCheckpoint(noteBy(bySigner), { origin, logKeys }).signatures).toEqual([
      { key: logKey },
    ]);
  });
});

describe("what is signed", () => {
  test("is the text itself, or the text after header and time", () => {
    verifyMessage(logKey.publicKey, Buffer.from(text), bySigner.signature);
    const { time, signature } = parseCosignature(byWitness.signature);
    const message = `cosignature/v1\ntime 1700000001\n${text}`;
    expect(Buffer.from(cosignedMessage(text, time)).toString()).toBe(message);
    verifyMessage(witnessKey.publicKey, Buffer.from(message), signature);
  });

  test("is never a note that a cosignature could stand for", async () => {
    const message = Buffer.from(cosignedMessage(text, 5)).toString();
    await expect(signNote(message, origin, signerOf(1))).rejects.toThrow(code("tlog_note_form"));
  });

  test("is well formed", async () => {
    const signer = signerOf(1);
    await expect(signNote("no line feed", origin, signer)).rejects.toThrow(code("tlog_note_form"));
    await expect(signNote(text, "two words", signer)).rejects.toThrow(code("tlog_note_key"));
    await expect(signNote(text, origin, ES256_SIGNER)).rejects.toThrow(code("tlog_note_key"));
    await expect(cosignCheckpoint("hello\n", origin, signer, 1)).rejects.toThrow(
      code("tlog_checkpoint_form"),
    );
    await expect(cosignCheckpoint(text, origin, signer, -1)).rejects.toThrow(
      code("tlog_note_signature"),
    );
  });
});

test("verifies the note in the documentation of Go's package note", () => {
  const key = parseNoteKey("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  const note = parseNote(
    "If you think cryptography is the answer to your problem,\n" +
      "then you don't know what your problem is.\n\n" +
      "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
  );
  expect(verifyNote(note, [key])).toEqual([{ key }]);
});
