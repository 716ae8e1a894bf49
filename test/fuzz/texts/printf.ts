/** Formats of printf. */
import type { Random } from "../random.js";

/** Directives with flags, widths, precisions and argument indexes between other text. */
export function printfFormat(random: Random): string {
  const directive = () => {
    const flags = random.times(0, 2, () => random.pick(["+", "-", "#", " ", "0"])).join("");
    const width = random.pick(["", "", "", "1", "5", "8", "12", "*", "[1]*"]);
    const precision = random.pick(["", "", "", ".", ".0", ".1", ".3", ".10", ".*"]);
    const index = random.pick(["", "", "", "", "", "[1]", "[2]", "[3]", "[0]", "[x]", "["]);
    const verb = random.pick([..."vvvvsssqqdddxXobcUeEfFgGtTpOw%!z日 "]);
    return `%${flags}${width}${precision}${index}${verb}`;
  };
  return random
    .times(1, 4, () =>
      random.chance(60) ? directive() : random.pick(["", " ", "a", "-", "é", ":"]),
    )
    .join("");
}
