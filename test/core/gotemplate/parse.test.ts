import { describe, expect, test } from "vitest";
import { builtinFunctions } from "../../../src/core/gotemplate/builtins.js";
import { formatNode } from "../../../src/core/gotemplate/node-text.js";
import { parse } from "../../../src/core/gotemplate/parse.js";

function shown(text: string): string[] {
  const list = parse("t", text, builtinFunctions).get("t") ?? [];
  return list.map((node) => formatNode(node));
}

describe("parse", () => {
  test.each([
    { text: "{{ print  .a   $.b | len }}", nodes: ["{{print .a $.b | len}}"] },
    { text: "{{ $x := (index . 1).b.c }}", nodes: ["{{$x := (index . 1).b.c}}"] },
    { text: "{{ range $i, $e := .l }}{{ end }}", nodes: ["{{range $i, $e := .l}}…{{end}}"] },
    { text: '{{ template "x" . }}', nodes: ['{{template "x" .}}'] },
    { text: '{{ block "x" 1 }}{{ end }}', nodes: ['{{template "x" 1}}'] },
    { text: '{{ define "x" }}a{{ end }}b', nodes: ['"b"'] },
    { text: "{{ (print) | print }}", nodes: ["{{(print) | print}}"] },
    { text: "{{ print 1 | }}", nodes: ["{{print 1}}"] },
  ])("reads $text", ({ text, nodes }) => {
    expect(shown(text)).toEqual(nodes);
  });

  test("nests an else-if in the else list", () => {
    const [node] =
      parse("t", "{{if 1}}a{{else if 2}}b{{else}}c{{end}}", builtinFunctions).get("t") ?? [];
    expect(node).toMatchObject({
      type: "if",
      elseList: [{ type: "if", list: [{ text: "b" }], elseList: [{ text: "c" }] }],
    });
  });

  test.each([
    { text: "{{ nope }}", line: 1, column: 4 },
    { text: "a\n  {{ $x }}", line: 2, column: 6 },
    { text: "é{{ 1 | 2 }}", line: 1, column: 9 },
    { text: "{{ end }}", line: 1, column: 8 },
    { text: "{{ if 1 }}", line: 1, column: 11 },
    { text: "{{ if 1 }}{{ else }}{{ else }}{{ end }}", line: 1, column: 29 },
    { text: "{{ break }}", line: 1, column: 4 },
    { text: "{{ range 1 }}{{ else }}{{ continue }}{{ end }}", line: 1, column: 27 },
    { text: '{{ if 1 }}{{ define "x" }}{{ end }}{{ end }}', line: 1, column: 14 },
    { text: '{{ define "x" }}a{{ end }}{{ define "x" }}b{{ end }}', line: 1, column: 37 },
    { text: "{{ with 1 }}{{ else if 2 }}{{ end }}", line: 1, column: 21 },
    { text: "{{ $a, $b := 1 }}", line: 1, column: 6 },
    { text: "{{ 9223372036854775808000 }}", line: 1, column: 4 },
    { text: "{{ \n'ab' }}", line: 2, column: 1 },
    { text: "{{ 1.x }}", line: 1, column: 4 },
    { text: `{{ ${"(".repeat(10_001)}1${")".repeat(10_001)} }}`, line: 1, column: 10_004 },
  ])("refuses $text with its place", ({ text, line, column }) => {
    expect(() => parse("t", text, builtinFunctions)).toThrow(
      expect.objectContaining({ code: "template_parse", place: { file: "t", line, column } }),
    );
  });

  test.each([
    { name: "ten thousand parentheses", text: `{{ ${"(".repeat(9999)}1${")".repeat(9999)} }}` },
    { name: "fifty thousand ifs", text: "{{if 1}}".repeat(50_000) + "{{end}}".repeat(50_000) },
    { name: "fifty thousand else-ifs", text: `{{if 1}}${"{{else if 1}}".repeat(50_000)}{{end}}` },
  ])("takes $name without the host's stack", ({ text }) => {
    expect(parse("t", text, builtinFunctions).size).toBe(1);
  });

  // In quadratic time these would take hours.
  test.each([
    { name: "digits", text: `{{ ${"1".repeat(500_000)}i+1i }}` },
    { name: "hexadecimal digits", text: `{{ 0x${"1".repeat(500_000)}i+1i }}` },
  ])("refuses a complex number of many $name in linear time", ({ text }) => {
    expect(() => parse("t", text, builtinFunctions)).toThrow(
      expect.objectContaining({ code: "template_parse" }),
    );
  });

  test("lets a blank definition neither replace nor clash", () => {
    const trees = parse("t", '{{define "x"}}a{{end}}{{define "x"}} {{end}}', builtinFunctions);
    expect(trees.get("x")).toMatchObject([{ text: "a" }]);
  });
});
