import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lex } from "../../../src/core/gotemplate/lex.js";

const KEYWORDS = { breakKeyword: true, continueKeyword: true };

function shown(text: string, options = KEYWORDS): string {
  return lex(text, options)
    .map(({ type, value }) => (type === "eof" ? type : `${type}:${value}`))
    .join(" ");
}

describe("lex", () => {
  test.each([
    { text: "", tokens: "eof" },
    {
      text: "a {{.b}} c",
      tokens: "text:a  left-delimiter:{{ field:.b right-delimiter:}} text: c eof",
    },
    {
      text: "a \n{{- 3 -}}\t b",
      tokens: "text:a left-delimiter:{{ number:3 right-delimiter:}} text:b eof",
    },
    { text: "{{-3}}", tokens: "left-delimiter:{{ number:-3 right-delimiter:}} eof" },
    { text: "a{{/* c */}}b", tokens: "text:a text:b eof" },
    { text: "a {{- /* c */ -}} b", tokens: "text:a text:b eof" },
    {
      text: "{{$x := .a.b | f 1+2i 'c' `r`}}",
      tokens:
        "left-delimiter:{{ variable:$x space:  declare::= space:  field:.a field:.b space:  pipe:| space:  identifier:f space:  complex:1+2i space:  char-constant:'c' space:  raw-string:`r` right-delimiter:}} eof",
    },
    {
      text: "{{if true nil .}}",
      tokens:
        "left-delimiter:{{ if:if space:  bool:true space:  nil:nil space:  dot:. right-delimiter:}} eof",
    },
    { text: "{{3-}}", tokens: 'left-delimiter:{{ error:bad number syntax: "3-"' },
    {
      text: "{{ /* x */}}",
      tokens:
        "left-delimiter:{{ space:  char:/ char:* space:  identifier:x space:  char:* char:/ right-delimiter:}} eof",
    },
    { text: "{{/* x", tokens: "error:unclosed comment" },
    { text: "{{/* x */ }}", tokens: "error:comment ends before closing delimiter" },
    {
      text: "{{(a}}",
      tokens: "left-delimiter:{{ left-paren:( identifier:a error:unclosed left paren",
    },
    { text: "{{a)}}", tokens: "left-delimiter:{{ identifier:a error:unexpected right paren" },
    { text: '{{"a\n"}}', tokens: "left-delimiter:{{ error:unterminated quoted string" },
    {
      text: "{{\x01}}",
      tokens: "left-delimiter:{{ error:unrecognized character in action: U+0001",
    },
    { text: "{{a@}}", tokens: "left-delimiter:{{ error:bad character U+0040 '@'" },
    { text: "{{日本}}", tokens: "left-delimiter:{{ identifier:日本 right-delimiter:}} eof" },
    { text: "{{.x", tokens: "left-delimiter:{{ field:.x error:unclosed action" },
  ])("splits $text", ({ text, tokens }) => {
    expect(shown(text)).toBe(tokens);
  });

  test("leaves `break` to a function of that name", () => {
    expect(shown("{{break}}", { ...KEYWORDS, breakKeyword: false })).toContain("identifier:break");
    expect(shown("{{break}}")).toContain("break:break");
  });

  test("ends for any text, at its end or at one error", () => {
    const piece = fc.constantFrom(
      "{{",
      "}}",
      "{{-",
      "-}}",
      " ",
      "/*",
      "*/",
      '"',
      "`",
      "$",
      ".",
      "a",
      "1",
      "(",
      ")",
      "|",
      "é",
      "\n",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const tokens = lex(pieces.join(""), KEYWORDS);
        const ends = tokens.filter(({ type }) => type === "eof" || type === "error");
        expect(ends).toEqual([tokens.at(-1)]);
      }),
    );
  });
});
