/** Durations. */
import type { Random } from "../random.js";
import { digits } from "./chars.js";

/** A duration as Go writes it, or almost. */
export function duration(random: Random): string {
  return random.weighted([
    [
      3,
      () =>
        random.pick([
          "1h",
          "24h",
          "25h",
          "90s",
          "1.5h",
          "-2h45m",
          "1ms",
          "100ns",
          "0",
          "",
          "8760h",
          "1d",
        ]),
    ],
    [
      3,
      () =>
        random
          .times(
            1,
            3,
            () => `${digits(random, 1, 3)}${random.pick(["h", "m", "s", "ms", "us", "µs", "ns"])}`,
          )
          .join(""),
    ],
    [2, () => digits(random, 1, 12)],
    [
      1,
      () =>
        `${random.pick(["-", "+", "."])}${digits(random, 1, 2)}.${digits(random, 0, 3)}${random.pick(["h", "m", "s"])}`,
    ],
  ]);
}
