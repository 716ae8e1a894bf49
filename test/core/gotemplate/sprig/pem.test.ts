import fc from "fast-check";
import { expect, test } from "vitest";
import { decodePem, encodePem } from "../../../../src/core/gotemplate/sprig/pem.js";

const block = encodePem(
  "EC PRIVATE KEY",
  Uint8Array.from({ length: 100 }, (_, i) => i),
);
const wanted = { type: "EC PRIVATE KEY", bytes: expect.objectContaining({ length: 100 }) };

test.each<[string, string]>([
  ["with text before and after it", `x\n${block}y`],
  ["with other line ends", block.replaceAll("\n", "\r\n")],
  ["without a last line end", block.trimEnd()],
  ["with spaces", block.replaceAll("\n", " \t\n")],
  ["with headers", block.replace("KEY-----\n", "KEY-----\nA: b\nC: d\n\n")],
  ["after a broken one", `-----BEGIN X-----\n!\n-----END X-----\n${block}`],
  ["after a beginning without end", `-----BEGIN X-----\n${block}`],
])("reads a block %s", (_, text) => {
  expect(decodePem(text)).toEqual(wanted);
});

test.each<[string, string]>([
  ["another end", block.replace("END EC", "END RSA")],
  ["text before the dashes", `x${block}`],
  ["text after the dashes", block.replace(/-----\n$/, "-----x\n")],
  ["four dashes", block.replace("KEY-----\n", "KEY----\n")],
  ["no end", block.slice(0, 80)],
  ["no base64", block.replace("AAEC", "A!EC")],
])("takes nothing with %s", (_, text) => {
  expect(decodePem(text)).toBeUndefined();
});

test("reads what it writes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const read = decodePem(encodePem("X", bytes));
      expect(Buffer.from(read?.bytes ?? [1]).equals(bytes)).toBe(true);
    }),
  );
});

test("passes over a line of many blanks in linear time", () => {
  // in quadratic time this would take hours
  expect(decodePem(`${" ".repeat(1_000_000)}x`)).toBeUndefined();
});
