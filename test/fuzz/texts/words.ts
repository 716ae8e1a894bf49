/** Texts in no language. */
import type { Random } from "../random.js";
import { anyOf, codePoint } from "./chars.js";

const WORDS = [
  "",
  "a",
  "foo",
  "bar",
  "Foo Bar",
  "fooBar",
  "foo-bar",
  "foo_bar",
  "FOO",
  "hello world",
  "x,y,z",
  "a.b.c",
  "A1b2",
  "ünïcödé",
  "日本語",
  "ß",
  "İı",
  "ǆ",
  "🎉",
  "e\u0301",
  "tab\there",
  "two\nlines",
  " padded ",
  "'single'",
  '"double"',
  "<b>&amp;</b>",
  "a/b/c",
  "42",
  "-7",
  "true",
  "null",
  "0",
  "%d",
  "$1",
  "\\",
  "\u00a0",
  "\u2028",
  "\u0000",
  "\u200b",
  "db-main.default#x",
  "It's",
  "ΑΣ ΣΑΣ",
] as const;

/** Words, their combinations and characters at random, mostly short. */
export function plainText(random: Random): string {
  return random.weighted([
    [8, () => random.pick(WORDS)],
    [3, () => random.times(2, 4, () => random.pick(WORDS)).join(random.pick(["", " ", "-", ","]))],
    [2, () => anyOf(random, "abcABC012 _-.,:/éΔж漢\t\n\"'<>&%$\\", 0, 12)],
    [1, () => random.times(1, 5, () => String.fromCodePoint(codePoint(random))).join("")],
  ]);
}
