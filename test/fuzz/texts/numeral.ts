/** Numbers as text. */
import type { Random } from "../random.js";
import { digits } from "./chars.js";

const NUMERALS = [
  "",
  " 5",
  "5 ",
  ..."0 1 -1 +5 00 010 -010 007 08 09 0x1F 0X1f -0x1f 0x 0b11 0B1 0b2 0o17 0O7 0o 1_000 1__0 _1 1_ 0_1 0x_1".split(
    " ",
  ),
  ..."1e3 1E3 -1e-3 1.5 1. .5 -.5 . 1.0 1.00 0.0 -0 -0.0 +1.5 1e400 1e-400 0x1p4 0x1.8p1 1_0.5 1.5.2 1e 1,5 1,000".split(
    " ",
  ),
  ..."NaN nan Inf +Inf -inf infinity true false null nil ١ ５ -- +-1 abc 1a é".split(" "),
  "9223372036854775807",
  "-9223372036854775808",
  "9223372036854775808",
  "18446744073709551616",
  "99999999999999999999",
  "9223372036854775807.0",
  "9223372036854775807.9",
  "9007199254740993",
  "9007199254740993.0",
  "0777777777777777777777",
  "01777777777777777777777",
  "0000000000000000000000000001",
  "1000000000000000000000000.5",
  "0.1",
  "123456.789",
  "1e21",
  "1e20",
] as const;

/** A number in any notation that a parser may know. */
export function numeral(random: Random): string {
  return random.weighted([
    [3, () => random.pick(NUMERALS)],
    [2, () => `${random.pick(["", "-", "+"])}${digits(random, 1, 6)}`],
    [
      1,
      () =>
        `${random.pick(["", "-"])}${digits(random, 1, 4)}.${digits(random, 0, 4)}${random.pick(["", "e3", "E-2"])}`,
    ],
    [1, () => random.pick(["", "-", "0x", "0", "0b"]) + digits(random, 1, 20)],
  ]);
}
