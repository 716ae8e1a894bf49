import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { parseYaml, parseYamlDocuments } from "../../../src/core/codec/yaml.js";
import { formatYaml, formatYamlDocuments, sortKeys } from "../../../src/core/codec/yaml-format.js";
import { Time } from "../../../src/core/gotemplate/time.js";
import { type Data, Int } from "../../../src/core/gotemplate/value.js";

describe("scalars", () => {
  test.each<{ value: Data; text: string }>([
    { value: 1, text: "1" },
    { value: 1e21, text: "1e+21" },
    { value: 1_000_000, text: "1e+06" },
    { value: 123_456, text: "123456" },
    { value: 1e-5, text: "1e-05" },
    { value: 2.5e-7, text: "2.5e-07" },
    { value: Number.NEGATIVE_INFINITY, text: "-.inf" },
    { value: 12n, text: "12" },
    { value: new Int("uint64", 2n ** 64n - 1n), text: "18446744073709551615" },
    { value: new Time(1_704_164_645_500_000_000n), text: "2024-01-02T03:04:05.5Z" },
    { value: new Time(1_704_164_645_000_000_000n, "", 7_200), text: "2024-01-02T05:04:05+02:00" },
    { value: null, text: "null" },
    { value: "yes", text: '"yes"' },
    { value: "n", text: '"n"' },
    { value: "1:30", text: '"1:30"' },
    { value: "0o17", text: '"0o17"' },
    { value: "2024-01-02", text: '"2024-01-02"' },
    { value: "2001-12-14 21:59:43.10 -5", text: '"2001-12-14 21:59:43.10 -5"' },
    { value: "1.", text: '"1."' },
    { value: "e1", text: '"e1"' },
    { value: "+_.E-2", text: '"+_.E-2"' },
    { value: "else1", text: "else1" },
    { value: "<<", text: '"<<"' },
    { value: "", text: '""' },
    { value: ".", text: '"."' },
    { value: "a: b", text: "'a: b'" },
    { value: " a", text: "' a'" },
    { value: "it's #1 ", text: "'it''s #1 '" },
    { value: "- a", text: "'- a'" },
    { value: "tab\there", text: '"tab\\there"' },
    { value: "\u{1F510}", text: '"\\U0001F510"' },
    { value: "\udcff", text: "!!binary /w==" },
  ])("$text", ({ value, text }) => {
    expect(formatYaml(value)).toBe(`${text}\n`);
  });
});

test.each([
  { name: "block", text: "a\n b\n", yaml: "k: |\n  a\n   b\n" },
  { name: "no line end", text: "a\nb", yaml: "k: |-\n  a\n  b\n" },
  { name: "several line ends", text: "a\n\n", yaml: "k: |+\n  a\n\n" },
  { name: "space in front", text: " a\nb\n", yaml: "k: |2\n   a\n  b\n" },
  { name: "space before a line end", text: "a \nb", yaml: 'k: "a \\nb"\n' },
  { name: "line end in front", text: "\na\n", yaml: "k: |2\n\n  a\n" },
])("text with line ends: $name", ({ text, yaml }) => {
  expect(formatYaml(new Map([["k", text]]))).toBe(yaml);
  expect(parseYaml(yaml).value).toEqual(new Map([["k", text]]));
});

test("likeGo repeats what yaml.v3 loses", () => {
  const data = new Map([
    ["k", "\na\n"],
    ["l", "a\u2028b"],
    ["m", "\n"],
  ]);
  expect(formatYaml(data, { likeGo: true })).toBe("k: |2\n  a\nl: 'a\u2028  b'\nm: |2+\n");
});

test("collections", () => {
  const data: Data = new Map<string, Data>([
    [
      "list",
      [
        1n,
        [2n, []],
        new Map<string, Data>([
          ["b", 1n],
          ["a", new Map()],
        ]),
      ],
    ],
    ["k".repeat(130), new Map([["a", 1n]])],
  ]);
  expect(formatYaml(data)).toBe(
    `? ${"k".repeat(130)}\n: a: 1\nlist:\n  - 1\n  - - 2\n    - []\n  - a: {}\n    b: 1\n`,
  );
});

test("keys sort naturally, or stay as built", () => {
  const data = new Map([
    ["a10", 1n],
    ["a2", 2n],
    ["_", 3n],
    ["B", 4n],
  ]);
  expect(formatYaml(data)).toBe("_: 3\nB: 4\na2: 2\na10: 1\n");
  expect(formatYaml(data, { sortKeys: false })).toBe("a10: 1\na2: 2\n_: 3\nB: 4\n");
  expect([...(sortKeys(data) as typeof data).keys()]).toEqual(["_", "B", "a2", "a10"]);
});

test("keys sort in maps with other keys than text too", () => {
  const data = parseYaml("{2: {b: 1, a: 2}, 1: [{d: 3, c: 4}]}").value;
  expect(formatYaml(sortKeys(data), { sortKeys: false })).toBe(
    "1:\n  - c: 4\n    d: 3\n2:\n  a: 2\n  b: 1\n",
  );
});

test("documents begin with a marker", () => {
  const text = formatYamlDocuments([new Map([["a", 1n]]), []]);
  expect(text).toBe("---\na: 1\n---\n[]\n");
  expect(parseYamlDocuments(text)).toHaveLength(2);
});

/** Any text of valid characters, with a preference for what YAML has a meaning for. */
const anyText = fc.oneof(
  fc.string({ unit: "binary" }).filter((text) => !/[\ufdd0-\ufdef]/.test(text)),
  fc
    .array(fc.constantFrom(..."a1 \n\t:#-?'\"&*!|>%@`{}[],=<~.+_eExo\u2028\u0085\ufeff"), {
      maxLength: 12,
    })
    .map((chars) => chars.join("")),
  fc.constantFrom("yes", "null", "0x1f", "1_0", "1e5", "---", "...", "2024-01-02", ".5", "-.inf"),
);
const anyData = fc.letrec<{ data: Data }>((tie) => ({
  data: fc.oneof(
    { maxDepth: 3 },
    anyText,
    fc.constant(null),
    fc.boolean(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.array(tie("data"), { maxLength: 4 }),
    fc.array(fc.tuple(anyText, tie("data")), { maxLength: 4 }).map((pairs) => new Map(pairs)),
  ),
})).data;

test("what is written reads back as it was", () => {
  fc.assert(
    fc.property(anyData, (data) => {
      expect(parseYaml(formatYaml(data, { sortKeys: false })).value).toEqual(data);
    }),
    { numRuns: 400 },
  );
});

test("readers of YAML 1.1 and 1.2 see text as text", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const yaml = formatYaml(new Map([["k", text]]));
      for (const version of ["1.1", "1.2"] as const) {
        expect(parseDocument(yaml, { version }).toJS()).toEqual({ k: text });
      }
    }),
    { numRuns: 400 },
  );
});
