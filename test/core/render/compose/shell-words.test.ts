import { expect, test } from "vitest";
import { FormError } from "../../../../src/core/render/compose/form.js";
import { splitShellWords } from "../../../../src/core/render/compose/shell-words.js";

test.each([
  { line: "a b  c", words: ["a", "b", "c"] },
  { line: "", words: [] },
  { line: "''", words: [""] },
  {
    line: `echo "two words" 'single $X' back\\ slash $HOME`,
    words: ["echo", "two words", "single $X", "back slash", "$HOME"],
  },
  { line: "a && b", words: ["a"] },
  { line: "a; b", words: ["a"] },
  { line: "echo x 2>&1", words: ["echo", "x"] },
  { line: "echo x >f", words: ["echo", "x"] },
  { line: "echo abc>f", words: ["echo", "abc"] },
  { line: "a $(b c) d", words: ["a", "$(b c)", "d"] },
  { line: "a `b c` d", words: ["a", "`b c`", "d"] },
  { line: "a '|' b", words: ["a", "|", "b"] },
])("splits $line", ({ line, words }) => {
  expect(splitShellWords(line, "x")).toEqual(words);
});

test.each(['"open', "'open", "a\\", "`a", "$(a", "(a)", "a $(b (c))"])("refuses %s", (line) => {
  expect(() => splitShellWords(line, "x")).toThrow(FormError);
});
