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

/** What changes in length, has a case of its own or looks like another letter. */
const SPECIAL = [
  "İ",
  "ı",
  "ŉ",
  "ß",
  "ẞ",
  "ſ",
  "ﬁ",
  "Ǆ",
  "ǅ",
  "ǆ",
  "Ǳ",
  "ǲ",
  "ς",
  "ΑΣ",
  "Σ",
  "ΰ",
  "ᾳ",
  "ᾼ",
  "ῼ",
  "ὐ",
  "ა",
  "Ა",
  "Ꭰ",
  "ꭰ",
  "ᏸ",
  "Å",
  "K",
  "Ω",
  "ǰ",
  "ⅷ",
  "Ⓐ",
  "𐐀",
  "𐐨",
  "𞤀",
  "Ԥ",
  "ա",
  "և",
  "i̇",
  "e\u0301",
  "\u0345",
  "\u00ad",
  "\u1680",
  "\u2003",
  "\u3000",
  "\u0085",
  "\ufeff",
  "\ufffd",
  "\u0378",
  "\u{1f600}",
  "\u{10ffff}",
  "x",
  "A",
  "9",
  "_",
  "-",
  " ",
  "²",
  "٣",
  "ª",
] as const;

/** Words, their combinations and characters at random, mostly short. */
export function plainText(random: Random): string {
  return random.weighted([
    [8, () => random.pick(WORDS)],
    [3, () => random.times(2, 4, () => random.pick(WORDS)).join(random.pick(["", " ", "-", ","]))],
    [2, () => anyOf(random, "abcABC012 _-.,:/éΔж漢\t\n\"'<>&%$\\", 0, 12)],
    [1, () => random.times(1, 6, () => random.pick(SPECIAL)).join("")],
    [1, () => random.times(1, 5, () => String.fromCodePoint(codePoint(random))).join("")],
  ]);
}

/** Words of camel case, capitals, digits and connectors in a row. */
export function nameText(random: Random): string {
  return random
    .times(1, 7, () =>
      random.weighted([
        [3, () => anyOf(random, "abcdefg", 1, 4)],
        [3, () => anyOf(random, "ABCHT", 1, 3)],
        [2, () => anyOf(random, "0123456789", 1, 3)],
        [2, () => random.pick([..."-_ .,/:'+$\n\t", "--", "__", " - "])],
        [1, () => random.pick(SPECIAL)],
      ]),
    )
    .join("");
}

/** Up to `words` words in lines, some of them long. */
export function longText(random: Random, words: number): string {
  const word = () =>
    random.weighted([
      [8, () => anyOf(random, "abcdefghijk", 1, 9)],
      [2, () => anyOf(random, "éß漢🎉aB", 1, 12)],
      [1, () => anyOf(random, "abcdefghijk/", 20, 100)],
      [1, () => random.pick(["", "\n", "\t", "x\n\ny"])],
    ]);
  return random.times(1, words, word).join(random.chance(90) ? " " : "  ");
}
