import { expect, test } from "vitest";
import { decodeUtf8 } from "../../../src/core/codec/utf8.js";

test.each([
  ["text", [0x61, 0xc3, 0xa9], "aé"],
  ["nothing", [], ""],
  ["a byte order mark, which stays", [0xef, 0xbb, 0xbf, 0x61], "\uFEFFa"],
  ["a byte that begins nothing", [0x61, 0xff], undefined],
  ["a character cut short", [0xc3], undefined],
  ["half a surrogate pair", [0xed, 0xa0, 0x80], undefined],
])("reads %s", (_, bytes, text) => {
  expect(decodeUtf8(Uint8Array.from(bytes))).toBe(text);
});
