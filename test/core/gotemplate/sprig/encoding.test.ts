import { Buffer } from "node:buffer";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromBytes } from "../../../../src/core/gotemplate/bytes.js";
import { call } from "./call.js";

test.each([
  { text: "", base64: "", base32: "" },
  { text: "f", base64: "Zg==", base32: "MY======" },
  { text: "fo", base64: "Zm8=", base32: "MZXQ====" },
  { text: "foo", base64: "Zm9v", base32: "MZXW6===" },
  { text: "foob", base64: "Zm9vYg==", base32: "MZXW6YQ=" },
  { text: "fooba", base64: "Zm9vYmE=", base32: "MZXW6YTB" },
  { text: "foobar", base64: "Zm9vYmFy", base32: "MZXW6YTBOI======" },
])("encodes and decodes $text (RFC 4648, section 10)", ({ text, base64, base32 }) => {
  expect(call("b64enc", [text])).toBe(base64);
  expect(call("b32enc", [text])).toBe(base32);
  expect(call("b64dec", [base64])).toBe(text);
  expect(call("b32dec", [base32])).toBe(text);
});

test.each([
  { name: "b64dec", text: "Zg=", result: "illegal base64 data at input byte 3" },
  { name: "b64dec", text: "Zg", result: "illegal base64 data at input byte 0" },
  { name: "b64dec", text: "Zm9v!", result: "illegal base64 data at input byte 4" },
  { name: "b64dec", text: "Zg==x", result: "illegal base64 data at input byte 4" },
  { name: "b64dec", text: "Z\n=", result: "illegal base64 data at input byte 2" },
  { name: "b64dec", text: "Z\nm9\r\nv", result: "foo" },
  { name: "b64dec", text: "é", result: "illegal base64 data at input byte 0" },
  { name: "b32dec", text: "MY=====", result: "illegal base32 data at input byte 7" },
  { name: "b32dec", text: "mY======", result: "illegal base32 data at input byte 0" },
  { name: "b32dec", text: "MZX=====", result: "illegal base32 data at input byte 3" },
  { name: "b32dec", text: "MY\n======", result: "f" },
])("$name of $text gives $result", ({ name, text, result }) => {
  expect(call(name, [text])).toBe(result);
});

test("decodes what it encodes, for any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const text = fromBytes(bytes);
      expect(call("b64enc", [text])).toBe(Buffer.from(bytes).toString("base64"));
      expect(call("b64dec", [call("b64enc", [text])])).toBe(text);
      expect(call("b32dec", [call("b32enc", [text])])).toBe(text);
    }),
  );
});
