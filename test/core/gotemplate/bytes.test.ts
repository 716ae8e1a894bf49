import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  byteLength,
  compareStrings,
  concat,
  fromBytes,
  fromRunes,
  runeCount,
  sliceBytes,
  toBytes,
  toRunes,
} from "../../../src/core/gotemplate/bytes.js";

const bytes = fc.uint8Array({ maxLength: 40 });
/** Bytes in which whole, cut and wrong sequences of UTF-8 are likely. */
const mixed = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 3 }),
      fc.constantFrom(
        [0xc3, 0xa9],
        [0xf0, 0x9f, 0x98, 0x80],
        [0xed, 0xa0, 0x80],
        [0xe2, 0x82],
        [0x41],
      ),
    ),
  )
  .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));

describe("escaped bytes", () => {
  test("come back as they were", () => {
    fc.assert(
      fc.property(fc.oneof(bytes, mixed), (raw) => {
        expect([...toBytes(fromBytes(raw))]).toEqual([...raw]);
      }),
    );
  });

  test("count, slice, join and compare like the bytes", () => {
    fc.assert(
      fc.property(mixed, mixed, fc.nat(10), (a, b, cut) => {
        const at = Math.min(cut, a.length);
        const text = fromBytes(a);
        expect(byteLength(text)).toBe(a.length);
        expect(sliceBytes(text, 0, at)).toBe(fromBytes(a.subarray(0, at)));
        expect(concat(sliceBytes(text, 0, at), sliceBytes(text, at))).toBe(text);
        expect(Math.sign(compareStrings(text, fromBytes(b)))).toBe(Buffer.compare(a, b));
      }),
    );
  });

  test("leave valid text as it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(fromBytes(Buffer.from(text, "utf8"))).toBe(text);
        expect(fromRunes(toRunes(text))).toBe(text);
        expect(runeCount(text)).toBe([...text].length);
      }),
    );
  });

  test.each([
    { name: "a byte that starts nothing", raw: [0xff], text: "\udcff" },
    { name: "a cut character", raw: [0xe6, 0x97], text: "\udce6\udc97" },
    { name: "an encoded surrogate", raw: [0xed, 0xa0, 0x80], text: "\udced\udca0\udc80" },
    { name: "an overlong form", raw: [0xc0, 0x80], text: "\udcc0\udc80" },
    {
      name: "beyond the last character",
      raw: [0xf4, 0x90, 0x80, 0x80],
      text: "\udcf4\udc90\udc80\udc80",
    },
    { name: "text around it", raw: [0x61, 0x80, 0xc3, 0xa9], text: "a\udc80é" },
  ])("escape $name", ({ raw, text }) => {
    expect(fromBytes(Uint8Array.from(raw))).toBe(text);
  });

  test("are the replacement character for range", () => {
    expect(toRunes("a\udc80😀")).toEqual([0x61, 0xfffd, 0x1f600]);
  });
});
