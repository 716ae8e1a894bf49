/** Calls of the functions of numbers on everything that counts as one. */
import type { Random } from "./random.js";
import { numeral } from "./texts/numeral.js";
import { literalOf } from "./texts.js";

/** A template that computes a few numbers and shows them with their types. */
export function numberCalls(random: Random): string {
  return random
    .times(1, 4, () => `{{ ${random.pick(MAKERS)(random)} | printf "%v %T" }}`)
    .join("\n");
}

type Maker = (random: Random) => string;

const MAKERS: readonly Maker[] = [
  (random) =>
    `${random.pick("int int64 float64 add1 add1f floor ceil toDecimal".split(" "))} ${number(random)}`,
  (random) => `${random.pick("add addf".split(" "))} ${several(random, 0)}`,
  (random) => `${random.pick("sub div mod".split(" "))} ${number(random)} ${number(random)}`,
  (random) =>
    `${random.pick("mul max min biggest maxf minf subf mulf divf".split(" "))} ${several(random, 2)}`,
  (random) =>
    `${random.pick("addf subf mulf divf".split(" "))} ${float(random)} ${float(random)} ${float(random)}`,
  (random) => `round ${float(random)} ${random.int(-3, 8)}`,
  (random) =>
    `round ${number(random)} ${random.int(-400, 400)} ${random.pick(["0.5", "0.1", "1.0", "0.0", "-1.0"])}`,
  (random) => `seq ${random.times(0, 4, () => random.int(-12, 12)).join(" ")}`,
  (random) => `until ${random.int(-6, 20)}`,
  (random) => `untilStep ${random.int(-9, 9)} ${random.int(-20, 20)} ${random.int(-4, 4)}`,
];

function several(random: Random, from: number): string {
  return random.times(from, 4, () => number(random)).join(" ");
}

function number(random: Random): string {
  return random.weighted([
    [4, () => String(random.int(-100, 100))],
    [3, () => float(random)],
    [4, () => literalOf(random, numeral(random))],
    [3, () => random.pick(WHOLE)],
    [2, () => random.pick(OTHERS)],
  ]);
}

const WHOLE = [
  "9223372036854775807",
  "-9223372036854775808",
  "-9223372036854775807",
  "4611686018427387904",
  "4294967296",
  "3037000500",
  "-1",
  "0",
  "(int64 -9223372036854775808)",
  "(int64 7)",
] as const;

/** What is no number, or hardly. */
const OTHERS = [
  "true",
  "false",
  "nil",
  "(list 1)",
  "dict",
  `(semver "3.2.1").Major`,
  `(semver "3.2.1")`,
  `(toDate "2006" "2007").Month`,
  `(toDate "2006" "2007").Weekday`,
  `((toDate "2006" "2007").Sub (toDate "2006" "2006"))`,
  `(toDate "2006" "2007")`,
  "(index `abc` 1)",
  "2i",
  "'x'",
  "(until 3)",
  `(fromJson "12345678901234567890")`,
  ".Values.none",
] as const;

/** Floats on the edges of decimals, of int64 and of float64. */
function float(random: Random): string {
  return random.weighted([
    [4, () => `${random.int(-20, 20)}.${random.int(0, 99)}`],
    [3, () => `${random.int(-9999, 9999)}.${random.int(0, 9)}${random.int(0, 999_999_999)}`],
    [2, () => `${random.int(1, 9)}.${random.int(0, 99_999)}e${random.int(-30, 30)}`],
    [1, () => `${random.int(1, 9)}.${random.int(0, 99_999)}e${random.int(-310, 307)}`],
    [2, () => random.pick(EDGES)],
  ]);
}

const EDGES = [
  "0.0",
  "-0.0",
  "0.1",
  "0.5",
  "1.5",
  "2.5",
  "-2.5",
  "0.30000000000000004",
  "9007199254740993.0",
  "9223372036854775807.0",
  "9223372036854775808.0",
  "-9223372036854775809.0",
  "1.7976931348623157e308",
  "5e-324",
  "2.2250738585072014e-308",
  "1e23",
  "1.005",
  "2.675",
  "0x1.fffffffffffffp0",
  `(float64 "inf")`,
  `(float64 "-Inf")`,
  `(float64 "NaN")`,
] as const;
