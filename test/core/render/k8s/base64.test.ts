import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeBase64, encodeBase64 } from "../../../../src/core/render/k8s/base64.js";

test("reads line breaks anywhere", () => {
  expect(decodeBase64("aGV\nsbG8=\r\n")).toEqual(Buffer.from("hello"));
});

test.each(["aGk", "a", "aGk==", "aG k=", "a-_=", "=aGk", "not base64!"])("refuses '%s'", (text) => {
  expect(decodeBase64(text)).toBeUndefined();
});

test("reads large files", () => {
  expect(decodeBase64("A".repeat(20_000_000))).toHaveLength(15_000_000);
});

test("gives back the bytes that were encoded", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(decodeBase64(encodeBase64(bytes))).toEqual(Buffer.from(bytes));
    }),
  );
});
