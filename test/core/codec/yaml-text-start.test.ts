import { expect, test } from "vitest";
import { parseYaml } from "../../../src/core/codec/yaml.js";

const start = (line: number, column?: number) => ({ line, column, block: false });
const block = (line: number, column?: number) => ({ ...start(line, column), block: true });

test.each([
  ["a literal block", "k: |\n  a\n  b\n", block(2, 3)],
  ["a literal block that begins with empty lines", "k: |-\n\n\n    a\n", block(2, 5)],
  ["a literal block with an indentation of its own", "k: |2\n    a\n  b\n", block(2, 3)],
  ["a literal block with ends of line of another system", "k: |\r\n   a\r\n", block(2, 4)],
  ["a block with an anchor", "k: &a |\n  a\n", block(2, 3)],
  ["an alias", "j: &a |\n  a\nk: *a\n", block(2, 3)],
  ["an empty block", "k: |\n", block(2)],
  ["a folded block", "k: >\n  a\n  b\n", start(2)],
  ["a plain text", "k: a b\n", start(1, 4)],
  ["a plain text on its own line", "k:\n  a\n", start(2, 3)],
  ["a quoted text", "k: 'a b'\n", start(1, 5)],
  ["an escape", 'k: "a\\tb"\n', start(1)],
  ["a text over two lines", "k: 'a\n  b'\n", start(1)],
  ["a list", "k: [a]\n", undefined],
])("the text of %s stands where it begins", (_, yaml, expected) => {
  expect(parseYaml(yaml).textStart(["k"])).toEqual(expected);
});
