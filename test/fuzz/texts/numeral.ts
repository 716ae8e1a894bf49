/** Numbers as text. */
import type { Random } from "../random.js";
import { digits } from "./chars.js";

/** A number in any notation that a parser may know. */
export function numeral(random: Random): string {
  return random.weighted([
    [
      3,
      () =>
        random.pick([
          "0",
          "1",
          "-1",
          "010",
          "0x1F",
          "1e3",
          "1.5",
          "",
          "007",
          "08",
          "1_000",
          "9223372036854775807",
          "9223372036854775808",
          "0b11",
          "0o17",
          "+5",
          " 5",
          "99999999999999999999",
          "777",
        ]),
    ],
    [2, () => `${random.pick(["", "-", "+"])}${digits(random, 1, 6)}`],
    [
      1,
      () =>
        `${random.pick(["", "-"])}${digits(random, 1, 4)}.${digits(random, 0, 4)}${random.pick(["", "e3", "E-2"])}`,
    ],
  ]);
}
