/** Semantic versions and constraints on them, near enough to each other that the constraint decides. */
import type { Random } from "../random.js";

const NUMBERS = ["0", "0", "1", "1", "2", "2", "3", "10"] as const;
const ODD_NUMBERS = ["01", "00", "18446744073709551615", "18446744073709551616", "", "1a", "-1"];
const PRERELEASES =
  "-alpha -alpha.1 -alpha.beta -beta -beta.2 -beta.11 -rc.1 -0 -1 -a-b -10 -18446744073709551616 -18446744073709551617 -A -alpha-1 --".split(
    " ",
  );
const ODD_PRERELEASES = ["-01", "-", "-a..b", "-é", "-a.01", "-a_b", "-a.", "-.a", "-00"];
const METADATA = "+build +b.1 +001 +-".split(" ");
const ODD_METADATA = ["+", "+é", "+a+b", "+a..b", "+a_b"];

/** A version, strict or not. */
export function version(random: Random): string {
  const numbers = random.times(random.chance(85) ? 3 : 1, random.chance(98) ? 3 : 4, () =>
    number(random),
  );
  const prefix = random.chance(85)
    ? ""
    : random.pick(["v", "v", "v", "v", "v", "V", " ", "vv", "="]);
  const end = random.chance(1) ? random.pick([" ", "\n", ".", "x"]) : "";
  return prefix + numbers.join(".") + prerelease(random, 35) + metadata(random) + end;
}

/** A constraint, also of several alternatives. */
export function constraint(random: Random): string {
  const both = () => (random.chance(12) ? range(random) : comparison(random));
  const all = () => random.times(1, random.chance(70) ? 1 : 3, both).join(random.pick(AND));
  const whole = random.times(1, random.chance(70) ? 1 : 3, all).join(random.pick(OR));
  return random.chance(3) ? whole + random.pick([" ", ",", "||", " ||", "\n", ", "]) : whole;
}

const OPERATORS = [
  "",
  "",
  "=",
  "!=",
  ">",
  "<",
  ">=",
  "<=",
  "=>",
  "=<",
  "~",
  "~>",
  "^",
  "^",
  "~",
] as const;
const ODD_OPERATORS = ["==", "<>", "~=", "> =", "!", ">>", "^~", "|"];
const AND = [", ", ",", " ", "  ", " , ", " ,"] as const;
const OR = [" || ", "||", " ||", "|| "] as const;

function comparison(random: Random): string {
  const operator = random.chance(2) ? random.pick(ODD_OPERATORS) : random.pick(OPERATORS);
  return operator + random.pick(["", "", "", " ", "  "]) + partial(random);
}

function range(random: Random): string {
  const apart = random.pick([" - ", " - ", " - ", "- ", " -", "  -  ", "-"]);
  return random.pick(["", "", "", ">", "v"]) + partial(random) + apart + partial(random);
}

/** A version of which numbers may be open or left out. */
function partial(random: Random): string {
  const some = () =>
    random.weighted([
      [8, () => number(random)],
      [2, () => random.pick(["x", "X", "*"])],
      [random.chance(10) ? 1 : 0, () => random.pick(["xx", "1x", "1|2", "|"])],
    ]);
  const numbers = random.times(1, 3, some).join(".");
  return random.pick(["", "", "", "", "v"]) + numbers + prerelease(random, 25) + metadata(random);
}

function number(random: Random): string {
  return random.chance(2) ? random.pick(ODD_NUMBERS) : random.pick(NUMBERS);
}

function prerelease(random: Random, percent: number): string {
  if (!random.chance(percent)) return "";
  return random.chance(3) ? random.pick(ODD_PRERELEASES) : random.pick(PRERELEASES);
}

function metadata(random: Random): string {
  if (!random.chance(8)) return "";
  return random.chance(15) ? random.pick(ODD_METADATA) : random.pick(METADATA);
}
