import { expect, test } from "vitest";
import { parseYaml } from "../../../src/core/codec/yaml.js";

test.each([
  { name: "a literal block", yaml: "k: |\n  a\n  b\n", start: { line: 2, column: 3, block: true } },
  {
    name: "a literal block that begins with empty lines",
    yaml: "k: |-\n\n\n    a\n",
    start: { line: 2, column: 5, block: true },
  },
  {
    name: "a literal block with an indentation of its own",
    yaml: "k: |2\n    a\n  b\n",
    start: { line: 2, column: 3, block: true },
  },
  {
    name: "a literal block with ends of line of another system",
    yaml: "k: |\r\n   a\r\n",
    start: { line: 2, column: 4, block: true },
  },
  {
    name: "a block with an anchor",
    yaml: "k: &a |\n  a\n",
    start: { line: 2, column: 3, block: true },
  },
  { name: "an alias", yaml: "j: &a |\n  a\nk: *a\n", start: { line: 2, column: 3, block: true } },
  { name: "an empty block", yaml: "k: |\n", start: { line: 2, block: true } },
  { name: "a folded block", yaml: "k: >\n  a\n  b\n", start: { line: 2, block: false } },
  { name: "a plain text", yaml: "k: a b\n", start: { line: 1, column: 4, block: false } },
  {
    name: "a plain text on its own line",
    yaml: "k:\n  a\n",
    start: { line: 2, column: 3, block: false },
  },
  { name: "a quoted text", yaml: "k: 'a b'\n", start: { line: 1, column: 5, block: false } },
  { name: "an escape", yaml: 'k: "a\\tb"\n', start: { line: 1, block: false } },
  { name: "a text over two lines", yaml: "k: 'a\n  b'\n", start: { line: 1, block: false } },
  { name: "a list", yaml: "k: [a]\n", start: undefined },
])("the text of $name stands where it begins", ({ yaml, start }) => {
  expect(parseYaml(yaml).textStart(["k"])).toEqual(start);
});
