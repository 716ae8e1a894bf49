/** Texts of flow YAML for values of the Kubernetes types that are no structs, lists or maps. */
import type { ScalarType } from "../../../src/core/render/k8s/model-scalar.js";
import type { Random } from "../random.js";

const PLAIN = ["a", "b-c", "", "web", "8%", "1Gi", "Never", "x.y/z", "aGk=", "é", "日本"];

/** What readers of YAML 1.1 and 1.2 take for something else than text, or what has to be escaped. */
const ODD = [
  ..."yes no on off y n Yes NO null Null ~ true True .inf -.Inf .nan .NaN = << - ? : ! | > %".split(
    " ",
  ),
  ..."1 -1 +1 01 08 0o7 0o-7 -0o7 0b1 -0b1 0b-1 0x1F -0x1f 0x 0b 0o 0x_1 1_000 1_ _1 1__0".split(
    " ",
  ),
  ..."1.5 .5 5. +.5 -.5 1e3 1E3 1e+3 1e-3 1e 1.e 1.e5 1_0.5 1e1_0 1,000 12:30 12:30:45 -1:30 1:2.5".split(
    " ",
  ),
  ..."9223372036854775808 18446744073709551616 1e400 0x8000000000000000 -9223372036854775809".split(
    " ",
  ),
  ..."2024-01-02 2024-1-2 2024-01-02T03:04:05Z 2024-01-02T3:4:5Z 10:00 {} [] {a} [a] &a *a !!str @a `a".split(
    " ",
  ),
  "a: b",
  "a:",
  "a #b",
  "#a",
  " a",
  "a ",
  "a\nb",
  "a\n",
  "\n",
  "\ta",
  "a\tb",
  "---",
  "...",
  "- a",
  "? a",
  "'",
  '"',
  "a'b",
  'a"b',
  "\\",
  "\u0000",
  "\u007f",
  "\u0085",
  "a\u0085b",
  "\u00a0",
  "\ta\nb",
  "\n\ta",
  "a\u2028b",
  "a\nb\u2028c",
  "\ufeffa\nb",
  " a\nb",
  "a \nb",
  "\u2028",
  "\ufeff",
  "\ufffe",
  "\u{1f600}",
  "2024-01-02 03:04:05",
  "2024-01-02 03:04:05 +1",
  "x".repeat(150),
  "a b ".repeat(40),
];

export function textYaml(random: Random): string {
  return JSON.stringify(random.pick(random.chance(15) ? ODD : PLAIN));
}

const INTEGERS = ["0", "1", "80", "-1", "80.0", "8e1", "0x50", "-0", "-0.0", "1_000", "null"];

function integerYaml(random: Random, min: bigint, max: bigint): string {
  if (random.chance(70)) return String(random.int(0, Number(max > 30000n ? 30000n : max)));
  const edges = [min, max, min - 1n, max + 1n, max * 1000n].map(String);
  return random.pick([...INTEGERS, ...edges, `${max}.0`, "1.5", "1e20", "1e21", "1e300"]);
}

const NUMBERS = [
  "0",
  "-0.0",
  "1.5",
  "1e300",
  "-3",
  "1e-7",
  "1e21",
  "123456789012345678",
  "1234567890123456789.0",
];

const QUANTITIES = [
  ..."1 0.5 100m 1Gi 1.5Gi 1e3 1E3 12e6 -1 +1 .5 5. 0 0Mi 1000m 1024Ki 1.3Mi 0.0005 1n 1e-10 1Ei 1e30".split(
    " ",
  ),
  ..."1K 1mi abc 1,5 1..5 1e 1ee3 1e3.5 0x10 1_000 - + . 1Gi1 ١".split(" "),
  "",
  " 1",
  "1 ",
  "1 Gi",
];

const SUFFIXES = " n u m k M G T P E Ki Mi Gi Ti Pi Ei e3 E3 e-3 E+2 e18 e-12 E20 K mi e 1".split(
  " ",
);

/** The text of a quantity, not YAML. */
export function quantityText(random: Random): string {
  if (random.chance(15)) return random.pick(QUANTITIES);
  const digits = (most: number) =>
    random.times(0, random.int(0, most), () => random.pick([..."00012459"])).join("");
  const point = random.chance(50) ? `.${digits(random.chance(80) ? 4 : 30)}` : "";
  const sign = random.pick(["", "", "", "-", "+"]);
  return sign + digits(random.chance(80) ? 5 : 30) + point + random.pick(SUFFIXES);
}

const TIMES = [
  ..."2024-01-02T03:04:05Z 2024-02-29T23:59:59+02:00 2023-02-29T00:00:00Z 2024-01-02T03:04:05.123456Z".split(
    " ",
  ),
  ..."2024-01-02T03:04:05.5Z 2024-01-02T03:04:60Z 2024-01-02T24:00:00Z 2024-01-02 2024-01-02T03:04Z".split(
    " ",
  ),
  ..."2024-01-02t03:04:05z 2024-1-02T03:04:05Z 2024-01-02T03:04:05 2024-01-02T03:04:05-25:00 0000-01-01T00:00:00Z".split(
    " ",
  ),
  ..."2024-01-02T03:04:05,5Z 2024-01-02T03:04:05.1234567Z 2024-01-02T3:04:05Z 2024-13-01T00:00:00Z abc".split(
    " ",
  ),
  "",
];

const BASE64 = [
  "",
  "aGk=",
  "aGkK",
  "aGk",
  "aGk==",
  "a-_=",
  "aGk=\n",
  "a\nGk=",
  "YR==",
  "YWI=",
  "!",
  "aGk= ",
  "A===",
];

export function scalarYaml(random: Random, type: ScalarType): string {
  switch (type.form) {
    case "string":
      return textYaml(random);
    case "bool":
      return random.pick(["true", "false"]);
    case "integer":
      return integerYaml(random, type.min, type.max);
    case "float":
      return random.pick(NUMBERS);
    case "bytes":
      return random.chance(10)
        ? random.pick(["[104, 105]", "[]", "[256]", "[-0.0]", "[null]", "[a]", "[1.0]"])
        : JSON.stringify(random.pick(BASE64));
    case "time":
    case "microTime":
      return timeYaml(random);
    case "quantity":
      return random.chance(30) ? random.pick(NUMBERS) : JSON.stringify(random.pick(QUANTITIES));
    case "intOrString":
      return random.chance(50)
        ? textYaml(random)
        : integerYaml(random, -(2n ** 31n), 2n ** 31n - 1n);
    case "raw":
      return random.pick([
        "{a: 1}",
        "[1, b]",
        "text",
        "5",
        "1.5",
        "true",
        "null",
        "{}",
        "{1: {a: b}}",
      ]);
  }
}

/** Some stand without quotes, and are times already in YAML. */
function timeYaml(random: Random): string {
  const time = random.chance(60) ? "2024-01-02T03:04:05Z" : random.pick(TIMES);
  return random.chance(20) && time !== "" ? time : JSON.stringify(time);
}

/** Something that may be of the wrong type. */
export function anyYaml(random: Random): string {
  return random.pick([
    "null",
    "true",
    "5",
    "-5",
    "1.5",
    "2147483648",
    "9223372036854775808",
    "1e30",
    "text",
    '"5"',
    '"true"',
    "''",
    "{}",
    "[]",
    "{a: b}",
    "[a]",
    "{1: a}",
    "{true: a}",
    "{1.5: a, 1e6: b}",
    "[null]",
    "{a: null}",
    ".inf",
    "2024-01-02",
    "2024-01-02T03:04:05.5Z",
    "[[]]",
    "[{}]",
    "!!binary gIGC",
    "{null: a}",
    "-0.0",
    "0x10",
    "{18446744073709551615: a}",
    "{0.1: a}",
    "{1.23456789012: b}",
  ]);
}
