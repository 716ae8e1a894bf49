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
          "-0.0",
          "1e-6",
          "1e-7",
          "9.99e20",
          "123456789012345678901234567890",
          "1.7976931348623157e308",
          "1e309",
          "-1e400",
          "4.9e-324",
          "1e-400",
          "0e5",
          "1e+2",
          "1e",
          "-",
          "0x10",
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
          '"\\ud83c"',
          '"\\udf89\\ud83c"',
          '"\\ud83cx\\udf89"',
          '"\\uD83C\\uDF89\\u0000"',
          '"\\/\\b\\f\\n\\r\\t\\""',
          '"\\u12"',
          '"\\u12G4"',
          '"\t"',
          '"\u007f\u2028<&>"',
          '"',
          "{}",
          "[]",
          "[1,]",
          "[,1]",
          '{"a":1,}',
          '{"a"}',
          "{1:2}",
          "[1 2]",
          "[[[[]]]]",
          "//",
          "1 2",
          "\ufeff1",
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
