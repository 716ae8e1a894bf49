/** Constants of the template language in all their forms, some of them none. */
import type { Random } from "./random.js";

/** A number, character or complex constant as it is written; some are malformed. */
export function anyNumber(random: Random): string {
  return random.weighted([
    [4, () => real(random)],
    [2, () => character(random)],
    [
      2,
      () => real(random) + random.pick(["+", "-"]) + unsigned(random) + random.pick(["i", "i", ""]),
    ],
    [1, () => `${real(random)}i`],
    [1, () => random.pick(ODD)],
    [1, () => random.times(1, 6, () => random.pick([..."0123456789_.eExXpPoObBi+-af"])).join("")],
  ]);
}

function real(random: Random): string {
  return random.pick(["", "", "", "-", "+"]) + unsigned(random);
}

function unsigned(random: Random): string {
  const digits = (alphabet: string) =>
    random.times(1, 4, () => random.pick([...alphabet])).join(random.pick(["", "", "", "_"]));
  return random.weighted([
    [4, () => digits("0123456789")],
    [2, () => `0x${digits("0123456789abcdefABCDEF")}`],
    [2, () => random.pick(["0b", "0B"]) + digits("01")],
    [2, () => random.pick(["0o", "0O", "0"]) + digits("01234567")],
    [2, () => `${digits("0123456789")}.${random.chance(70) ? digits("0123456789") : ""}`],
    [1, () => `.${digits("0123456789")}`],
    [2, () => `${digits("123456789")}${random.pick(["e", "E", "e-", "e+"])}${random.int(0, 330)}`],
    [
      2,
      () =>
        `0x${digits("0123456789abcdef")}${random.pick(["p", "P", "p-", ".8p+"])}${random.int(0, 70)}`,
    ],
  ]);
}

/** At the limits of numbers and of their syntax. */
const ODD = [
  "9223372036854775807",
  "9223372036854775808",
  "18446744073709551615",
  "18446744073709551616",
  "0xffffffffffffffff",
  "0x10000000000000000",
  "1e400",
  "9.223372036854775808e18",
  "1.8446744073709551616e19",
  "0_7",
  "08",
  "0x",
  "0b2",
  "1__0",
  "1_",
  "_1",
  ".",
] as const;

function character(random: Random): string {
  return random.pick(random.chance(85) ? CHARACTERS : BAD_CHARACTERS);
}

const CHARACTERS = [
  "'a'",
  "'é'",
  "'漢'",
  "'🎉'",
  "'\\n'",
  "'\\''",
  "'\"'",
  "'\\x41'",
  "'\\xff'",
  "'\\377'",
  "'\\u00e9'",
  "'\\U0001F389'",
] as const;

const BAD_CHARACTERS = [
  "'\\\"'",
  "'\\400'",
  "'\\ud800'",
  "'\\U00110000'",
  "''",
  "'ab'",
  "'\\q'",
  "'\\0'",
  "'",
  "'\n'",
  "'\\",
] as const;

/** A string constant with escapes; some are not allowed, and some do not end. */
export function anyString(random: Random): string {
  const body = () =>
    random
      .times(0, 4, () =>
        random.pick([
          "a",
          "é",
          "{{",
          "}}",
          " -}}",
          "/*",
          "\\n",
          "\\t",
          "\\a\\b\\f\\v\\r",
          "\\\\",
          '\\"',
          "\\x41",
          "\\xff",
          "\\101",
          "\\u00e9",
          "\\U0001f389",
          random.chance(10) ? random.pick(["\\q", "\\x4", "\\ud83c", "\\'"]) : "z",
          "%",
          "'",
        ]),
      )
      .join("");
  return random.weighted([
    [5, () => `"${body()}"`],
    [3, () => `\`${body()}${random.pick(["", "\n", "\r\n", '"'])}\``],
    [1, () => random.pick([`"${body()}`, `\`${body()}`, `"a\n"`, `"\\`])],
  ]);
}
