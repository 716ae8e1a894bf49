import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatNote, type Note, parseNote, parseSignatures } from "../../../src/core/tlog/note.js";

const LINE = "— log.example AAAAAAE=";
const form = expect.objectContaining({ code: "tlog_note_form" });

const textWithout = (unwanted: RegExp) =>
  fc.string({ unit: "binary", maxLength: 20 }).filter((text) => !unwanted.test(text));

test("a note is its text and who signed", () => {
  expect(parseNote(`one\n\ntwo\n\n${LINE}\n— other gICAgAECAw==\n`)).toEqual({
    text: "one\n\ntwo\n",
    signatures: [
      { name: "log.example", keyId: "00000000", signature: Uint8Array.of(1) },
      { name: "other", keyId: "80808080", signature: Uint8Array.of(1, 2, 3) },
    ],
  });
});

test("notes read back as they were written", () => {
  const line = textWithout(/\p{Cc}/u);
  const text = fc
    .array(line, { minLength: 1, maxLength: 6 })
    .map((lines) => `${lines.join("\n")}\n`);
  const signature = fc.record({
    name: textWithout(/[\p{White_Space}\p{Cc}+]/u).filter((name) => name !== ""),
    keyId: fc.stringMatching(/^[0-9a-f]{8}$/),
    signature: fc.uint8Array({ minLength: 1, maxLength: 80 }),
  });
  const notes: fc.Arbitrary<Note> = fc.record({
    text,
    signatures: fc.array(signature, { minLength: 1, maxLength: 5 }),
  });
  fc.assert(
    fc.property(notes, (note) => {
      expect(parseNote(formatNote(note))).toEqual(note);
      expect(parseNote(Buffer.from(formatNote(note)))).toEqual(note);
    }),
  );
});

test("whatever is read is written again, byte for byte", () => {
  const piece = fc.constantFrom(
    "a",
    "\n",
    "\n\n",
    "— ",
    LINE,
    " ",
    "AAAAAAE=",
    "+",
    "\t",
    "\u0085",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join("");
      let note: Note;
      try {
        note = parseNote(text);
      } catch (error) {
        expect(error).toEqual(form);
        return;
      }
      expect(formatNote(note)).toBe(text);
    }),
    { numRuns: 3000 },
  );
});

describe("refuses a note", () => {
  test.each([
    { name: "of nothing", note: "" },
    { name: "without signatures", note: "text\n" },
    { name: "with an empty line and no signature", note: "text\n\n" },
    { name: "without an empty line", note: `text\n${LINE}\n` },
    { name: "with two empty lines before the signatures' end", note: `text\n\n${LINE}\n\n` },
    { name: "whose last line is not ended", note: `text\n\n${LINE}` },
    { name: "with carriage returns", note: `text\r\n\r\n${LINE}\r\n` },
    { name: "with a tab", note: `te\txt\n\n${LINE}\n` },
    { name: "with a null", note: `te\u0000xt\n\n${LINE}\n` },
    { name: "with a hyphen for the dash", note: "text\n\n- log.example AAAAAAE=\n" },
    { name: "with an en dash", note: "text\n\n– log.example AAAAAAE=\n" },
    { name: "with two spaces", note: "text\n\n—  log.example AAAAAAE=\n" },
    { name: "with a space at the end", note: "text\n\n— log.example AAAAAAE= \n" },
    { name: "with a plus in the name", note: "text\n\n— log+example AAAAAAE=\n" },
    { name: "with a no-break space in the name", note: "text\n\n— log\u00a0example AAAAAAE=\n" },
    { name: "with a next line in the name", note: "text\n\n— log\u0085example AAAAAAE=\n" },
    { name: "without a name", note: "text\n\n— AAAAAAE=\n" },
    { name: "with an empty name", note: "text\n\n—  AAAAAAE=\n" },
    { name: "with a signature of nothing", note: "text\n\n— log.example AAAAAA==\n" },
    { name: "with base64 without padding", note: "text\n\n— log.example AAAAAAE\n" },
    { name: "with base64 of a second spelling", note: "text\n\n— log.example AAAAAAF=\n" },
    { name: "with base64 for URLs", note: "text\n\n— log.example gICAgP__\n" },
    { name: "with a text after the signatures", note: `text\n\n${LINE}\nmore\n` },
    { name: "with half a character", note: `te\ud800xt\n\n${LINE}\n` },
    { name: "with 101 signatures", note: `text\n\n${`${LINE}\n`.repeat(101)}` },
    { name: "beyond a megabyte", note: `${"text\n".repeat(200_000)}\n${LINE}\n` },
  ])("$name", ({ note }) => {
    expect(() => parseNote(note)).toThrow(form);
  });

  test("that is no UTF-8", () => {
    const bytes = Buffer.from(`text\n\n${LINE}\n`);
    bytes[0] = 0xff;
    expect(() => parseNote(bytes)).toThrow(form);
  });
});

test("reads 100 signatures", () => {
  expect(parseNote(`text\n\n${`${LINE}\n`.repeat(100)}`).signatures).toHaveLength(100);
});

test("reads signature lines that witnesses answer", () => {
  expect(parseSignatures(`${LINE}\n`).map(({ name }) => name)).toEqual(["log.example"]);
  expect(() => parseSignatures("")).toThrow(form);
  expect(() => parseSignatures("\n")).toThrow(form);
  expect(() => parseSignatures(`text\n\n${LINE}\n`)).toThrow(form);
});

describe("does not write what it would not read", () => {
  const signature = { name: "log.example", keyId: "00000000", signature: Uint8Array.of(1) };
  test.each([
    { name: "a text that is not ended", note: { text: "text", signatures: [signature] } },
    { name: "no text", note: { text: "", signatures: [signature] } },
    { name: "nobody's signature", note: { text: "text\n", signatures: [] } },
    {
      name: "a name of two lines",
      note: { text: "text\n", signatures: [{ ...signature, name: "a\n— b" }] },
    },
    {
      name: "a key id of three bytes",
      note: { text: "text\n", signatures: [{ ...signature, keyId: "000000" }] },
    },
    { name: "a tab", note: { text: "te\txt\n", signatures: [signature] } },
    {
      name: "101 signatures",
      note: { text: "text\n", signatures: Array.from({ length: 101 }, () => signature) },
    },
  ])("$name", ({ note }) => {
    expect(() => formatNote(note)).toThrow(form);
  });
});
