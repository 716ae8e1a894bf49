import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatNoteKey, noteKey, parseNoteKey } from "../../../src/core/tlog/note-key.js";
import { makePrivateKey } from "../../../src/core/trust/keys.js";
import { ES256_SIGNER, signerOf } from "./signers.js";

const form = expect.objectContaining({ code: "tlog_note_key" });
/** The key of Go's checksum database, and the one in the documentation of Go's package note. */
const SUMDB = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
const NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

test.each([
  { text: SUMDB, name: "sum.golang.org", keyId: "033de0ae" },
  { text: NEUMANN, name: "PeterNeumann", keyId: "c74f20a3" },
])("reads the key of $name", ({ text, name, keyId }) => {
  expect(parseNoteKey(text)).toMatchObject({ name, keyId, type: "note" });
  expect(formatNoteKey(parseNoteKey(text))).toBe(text);
});

test("keys read back as they were written", () => {
  const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const types = fc.constantFrom("note" as const, "cosignature" as const);
  fc.assert(
    fc.property(seeds, types, fc.stringMatching(/^[!-*,-~]{1,30}$/), (seed, type, name) => {
      const key = noteKey(name, type, makePrivateKey("Ed25519", seed).publicKey);
      const read = parseNoteKey(formatNoteKey(key));
      expect(read).toMatchObject({ name, type, keyId: key.keyId });
      expect(read.publicKey.fingerprint).toBe(key.publicKey.fingerprint);
    }),
  );
});

test("one key has another id for each type and name", () => {
  const { publicKey } = signerOf(1);
  const ids = [
    noteKey("a", "note", publicKey),
    noteKey("a", "cosignature", publicKey),
    noteKey("b", "note", publicKey),
  ].map(({ keyId }) => keyId);
  expect(new Set(ids).size).toBe(3);
});

describe("refuses a key", () => {
  test.each([
    { name: "of nothing", text: "" },
    { name: "without a name", text: SUMDB.slice("sum.golang.org".length) },
    { name: "with another id", text: SUMDB.replace("033de0ae", "033de0af") },
    { name: "with an id in capitals", text: SUMDB.replace("033de0ae", "033DE0AE") },
    { name: "under another name", text: SUMDB.replace("sum", "sun") },
    { name: "with another type", text: "a+00000000+Bs4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8" },
    { name: "that is too short", text: "a+00000000+Ac4zctda0e5e" },
    { name: "without base64", text: "sum.golang.org+033de0ae" },
    { name: "with a line feed", text: `${SUMDB}\n` },
    { name: "of a megabyte", text: `${"a".repeat(1_000_000)}+00000000+AA==` },
  ])("$name", ({ text }) => {
    expect(() => parseNoteKey(text)).toThrow(form);
  });

  test.each(["", "a b", "a+b", "a\nb", "a\u2003b", "a\u0085"])("named %j", (name) => {
    expect(() => noteKey(name, "note", signerOf(1).publicKey)).toThrow(form);
  });

  test("of ECDSA", () => {
    expect(() => noteKey("a", "note", ES256_SIGNER.publicKey)).toThrow(form);
  });
});
