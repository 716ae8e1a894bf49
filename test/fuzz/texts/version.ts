/** Semantic versions and constraints on them. */
import type { Random } from "../random.js";

/** A version, strict or not. */
export function version(random: Random): string {
  const number = () => random.pick(["0", "1", "2", "3", "10", "01", "18446744073709551615", "4"]);
  const numbers = random.chance(80) ? [number(), number(), number()] : random.times(1, 4, number);
  const prerelease = random.pick([
    "",
    "",
    "",
    "-alpha",
    "-alpha.1",
    "-rc.1",
    "-beta-2",
    "-0",
    "-01",
    "-",
    "-a.b.c",
  ]);
  const metadata = random.pick(["", "", "", "+build", "+b.1", "+", "+é"]);
  return random.pick(["", "", "", "v", "V", " "]) + numbers.join(".") + prerelease + metadata;
}

/** A constraint, also of several alternatives. */
export function constraint(random: Random): string {
  const one = () => {
    const operator = random.pick(["", "=", "!=", ">", "<", ">=", "<=", "=>", "=<", "~", "~>", "^"]);
    const number = () => random.pick(["0", "1", "2", "3", "10", "x", "*", "X"]);
    const numbers = random.times(1, 3, number).join(".");
    const end = random.pick(["", "", "", "-0", "-alpha", "-rc.1", "+b", "-beta.x"]);
    return operator + random.pick(["", "", " "]) + random.pick(["", "", "v"]) + numbers + end;
  };
  const both = () => (random.chance(15) ? `${one()} - ${one()}` : one());
  return random.times(1, 3, both).join(random.pick([", ", ",", " ", " || ", "||"]));
}
