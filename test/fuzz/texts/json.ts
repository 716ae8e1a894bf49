/** JSON. */
import type { Random } from "../random.js";
import { plainText } from "./words.js";

/** A JSON document, or almost. */
export function jsonText(random: Random, depth = 2): string {
  const space = () => random.pick(["", "", "", " ", "\n"]);
  return random.weighted([
    [
      3,
      () =>
        random.pick([
          "0",
          "1",
          "-1",
          "1.5",
          "1e3",
          "1E-7",
          "1e21",
          "-0",
          "12345678",
          "9007199254740993",
          "1e400",
          "01",
          "+1",
          ".5",
          "1.",
          "0.1",
        ]),
    ],
    [3, () => JSON.stringify(plainText(random))],
    [
      2,
      () =>
        random.pick([
          "true",
          "false",
          "null",
          "True",
          "nul",
          '"\\u00e9"',
          '"\\ud83c\\udf89"',
          '"\\ud800"',
          '"\\x"',
          "'a'",
          "{}",
          "[]",
          "",
          "NaN",
        ]),
    ],
    [
      depth > 0 ? 3 : 0,
      () =>
        `[${random.times(0, 3, () => space() + jsonText(random, depth - 1)).join(",")}${space()}]`,
    ],
    [
      depth > 0 ? 4 : 0,
      () =>
        `{${random.times(0, 3, () => `${space()}${JSON.stringify(random.pick(["a", "b", "c", "", "é", "a"]))}${space()}:${jsonText(random, depth - 1)}`).join(",")}${space()}}`,
    ],
  ]);
}
