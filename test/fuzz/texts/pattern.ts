/** Regular expressions and what replaces their matches. */
import type { Random } from "../random.js";

/** A pattern of RE2, or almost. */
export function pattern(random: Random, depth = 2): string {
  const atom = (): string =>
    random.weighted([
      [4, () => random.pick(["a", "b", "o", "x", "1", " ", "é", "語", "foo", "ba", "-"])],
      [
        3,
        () =>
          random.pick([
            ".",
            "\\d",
            "\\w",
            "\\s",
            "\\D",
            "\\W",
            "\\S",
            "\\b",
            "\\B",
            "^",
            "$",
            "\\pL",
            "\\p{Greek}",
            "\\PN",
            "\\A",
            "\\z",
            "\\Q.\\E",
            "\\x41",
            "\\x{e9}",
            "\\n",
            "\\C",
            "\\Z",
            "\\1",
            "\\.",
          ]),
      ],
      [
        2,
        () =>
          `[${random.pick(["", "^"])}${random.times(1, 3, () => random.pick(["a-z", "A-Z", "0-9", "_", "é", "[:alpha:]", "[:^digit:]", "\\d", "\\s", "\\]", "z-a", "-", "\\pL", "^", "]"])).join("")}]`,
      ],
      [
        depth > 0 ? 3 : 0,
        () =>
          `(${random.pick(["", "", "?:", "?i:", "?P<name>", "?<n>", "?s:", "?U:", "?=", "?-i:", "?m)^("])}${pattern(random, depth - 1)})`,
      ],
      [1, () => random.pick(["(?i)", "(?s)", "(?m)", "(?U)", "(?i-s)"])],
    ]);
  const repeated = () =>
    atom() +
    random.pick([
      "",
      "",
      "",
      "",
      "*",
      "+",
      "?",
      "*?",
      "+?",
      "??",
      "{2}",
      "{1,3}",
      "{0}",
      "{2,}",
      "{1,2}?",
      "**",
      "{,2}",
      "{1001}",
      "{a}",
    ]);
  return random
    .times(1, 3, () => random.times(0, 3, repeated).join(""))
    .slice(0, random.chance(70) ? 1 : 3)
    .join("|");
}

/** A template for the replacement of a match. */
export function replacement(random: Random): string {
  return random
    .times(0, 3, () =>
      random.pick([
        "",
        "x",
        "$1",
        "${1}",
        "$0",
        "$name",
        "${name}",
        "$1x",
        "$$",
        "$",
        "${",
        "é",
        "-",
        "${2}b",
      ]),
    )
    .join("");
}
