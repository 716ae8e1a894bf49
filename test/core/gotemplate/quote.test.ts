import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromBytes } from "../../../src/core/gotemplate/bytes.js";
import { canBackquote, quote, quoteRune } from "../../../src/core/gotemplate/quote.js";
import { unquote, unquoteRune } from "../../../src/core/gotemplate/unquote.js";

describe("quote", () => {
  test.each([
    { text: 'say "hi"', quoted: '"say \\"hi\\""' },
    { text: "back\\slash", quoted: '"back\\\\slash"' },
    { text: "tab\tbell\x07nul\0", quoted: '"tab\\tbell\\anul\\x00"' },
    { text: "é日😀", quoted: '"é日😀"' },
    { text: "\u2028\u200b\u00a0", quoted: '"\\u2028\\u200b\\u00a0"' },
    { text: "\u{e0001}", quoted: '"\\U000e0001"' },
    { text: "\udcff", quoted: '"\\xff"' },
    { text: "\x7f", quoted: '"\\x7f"' },
  ])("writes $quoted", ({ text, quoted }) => {
    expect(quote(text)).toBe(quoted);
  });

  test("can keep to ASCII", () => {
    expect(quote("é日😀", { ascii: true })).toBe('"\\u00e9\\u65e5\\U0001f600"');
    expect(quoteRune(0xe9, { ascii: true })).toBe("'\\u00e9'");
  });

  test("is undone by unquote", () => {
    const text = fc.uint8Array({ maxLength: 30 }).map(fromBytes);
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: "binary" })), fc.boolean(), (each, ascii) => {
        expect(unquote(quote(each, { ascii }))).toBe(each);
      }),
    );
  });
});

describe("unquote", () => {
  test.each([
    { literal: "`raw\\n\r\n`", text: "raw\\n\n" },
    { literal: '"\\x41\\101\\u00e9\\U0001F600"', text: "AAé😀" },
    { literal: '"\\xc3\\xa9"', text: "é" },
    { literal: '"\\xff"', text: "\udcff" },
    { literal: '"\\\'"', text: undefined },
    { literal: '"\\q"', text: undefined },
    { literal: '"\\x4"', text: undefined },
    { literal: '"\\400"', text: undefined },
    { literal: '"\\ud800"', text: undefined },
    { literal: '"\\U00110000"', text: undefined },
    { literal: '"a', text: undefined },
    { literal: '"', text: undefined },
  ])("reads $literal", ({ literal, text }) => {
    expect(unquote(literal)).toBe(text);
  });

  test.each([
    { literal: "'a'", rune: 0x61 },
    { literal: "'\\''", rune: 0x27 },
    { literal: "'\\n'", rune: 0x0a },
    { literal: "'😀'", rune: 0x1f600 },
    { literal: "'ab'", rune: "malformed character constant: 'ab'" },
    { literal: "''", rune: "invalid syntax" },
    { literal: "'\\\"'", rune: "invalid syntax" },
  ])("reads the character $literal, or says what is wrong with it", ({ literal, rune }) => {
    expect(unquoteRune(literal)).toBe(rune);
  });
});

test.each([
  { text: "plain\ttext", can: true },
  { text: "a`b", can: false },
  { text: "line\n", can: false },
  { text: "\udcff", can: false },
  { text: "\ufeff", can: false },
])("canBackquote($text)", ({ text, can }) => {
  expect(canBackquote(text)).toBe(can);
});
