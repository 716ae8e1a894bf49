/** Formats of printf. */
import type { Random } from "../random.js";

/** Directives with flags, widths, precisions and argument indexes between other text. */
export function printfFormat(random: Random): string {
  return random
    .times(1, 4, () =>
      random.chance(65) ? directive(random) : random.pick(["", " ", "a", "-", "é", ":", "%%"]),
    )
    .join("");
}

/** Mostly one that can be; one in eight is odd in its order, its indexes or its numbers. */
function directive(random: Random): string {
  const flags = random.times(0, 3, () => random.pick(["+", "-", "#", " ", "0"])).join("");
  const width = random.pick(["", "", "", "1", "5", "8", "12", "*", "30"]);
  const precision = random.pick(["", "", "", ".", ".0", ".1", ".3", ".10", ".*"]);
  const verb = random.pick([..."vvvvvvsssqqqdddxxXobcUeEfFgGtTO"]);
  if (random.chance(87)) return `%${random.chance(50) ? flags : ""}${width}${precision}${verb}`;
  const odd = () =>
    random.pick([
      "[1]",
      "[2]",
      "[3]",
      "[0]",
      "[-1]",
      "[x]",
      "[",
      "[]",
      "[1",
      "[99999999]",
      "[1]*",
      "[2]*",
      "*",
      "**",
      ".[2]*",
      ".*",
      ".-3",
      "1000001",
      "-0",
      ".99999999",
      "é",
      flags,
    ]);
  const last = random.pick([verb, verb, ..."pwn!zñ日%\n\\", ""]);
  return `%${random.times(1, 3, odd).join("")}${last}`;
}
