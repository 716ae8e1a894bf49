import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isPrint } from "../../../src/core/gotemplate/quote.js";
import * as runes from "../../../src/core/gotemplate/sprig/runes.js";

/** SHA-256 of what Go says of all runes but surrogates, four bytes each (scripts/unicode-data). */
const DIGESTS: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(new URL("../../vectors/gotemplate/unicode.json", import.meta.url), "utf8"),
);

const MAPPINGS = { toUpper: runes.toUpper, toLower: runes.toLower, toTitle: runes.toTitle };
const CLASSES = {
  isUpper: runes.isUpper,
  isLower: runes.isLower,
  isTitle: runes.isTitle,
  isLetter: runes.isLetter,
  isDigit: runes.isDigit,
  isNumber: runes.isNumber,
  isPunctuation: runes.isPunctuation,
  isSpace: runes.isSpace,
  isPrint: (rune: string) => isPrint(codeOf(rune)),
};

describe("every rune is what Go's Unicode tables say", () => {
  test.each(Object.entries(MAPPINGS))("%s", (name, change) => {
    expect(digest((rune) => codeOf(change(rune)))).toBe(DIGESTS[name]);
  });

  test.each(Object.entries(CLASSES))("%s", (name, holds) => {
    expect(digest((rune) => (holds(rune) ? 1 : 0))).toBe(DIGESTS[name]);
  });
});

function codeOf(rune: string): number {
  return rune.codePointAt(0) ?? -1;
}

function digest(of: (rune: string) => number): string {
  const results = Buffer.alloc(4 * (0x110000 - 0x800));
  let at = 0;
  for (let code = 0; code <= 0x10ffff; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    at = results.writeUInt32BE(of(String.fromCodePoint(code)), at);
  }
  return createHash("sha256").update(results).digest("hex");
}
