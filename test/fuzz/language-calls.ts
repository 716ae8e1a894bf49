/** What the language itself does with values of every type: builtins, loops, branches, members, verbs. */
import { memberOf } from "./chains.js";
import { anyNumber, anyString } from "./constants.js";
import type { Random } from "./random.js";
import { anyText, literalOf, textOf } from "./texts.js";

/** Values of all types that templates can get at, without data. */
const VALUES = [
  "nil",
  ".",
  ".missing",
  "true",
  "0",
  "-7",
  "65",
  "1.5",
  "-0.0",
  "1e21",
  "(divf 1 3)",
  "'é'",
  "2i",
  "1.5-2i",
  '"text"',
  '""',
  '"é\\xff\\n"',
  "(int64 -5)",
  "(add 1 1)",
  '(semver "1.2.3").Minor',
  '(semver "1.2.3-a+b")',
  '(semver "1.2.3").IncMajor',
  '(semver "1.2.3").MarshalText',
  '(toDate "2006-01-02" "2024-02-29")',
  '(toDate "2006-01-02" "2024-02-29").UTC',
  '(toDate "2006-01-02" "2024-02-29").Month',
  '(toDate "2006-01-02" "2024-02-29").Weekday',
  '((toDate "2006" "2024").Sub (toDate "2006" "2023"))',
  '(toDate "2006" "2024").Location',
  "list",
  "(list nil)",
  '(list 1 "a" 1.5 nil true)',
  '(list (list 1 2) (dict "a" nil))',
  "(until 3)",
  "(until 0)",
  '(splitList "," "b,a")',
  '(split "," "b,a")',
  "dict",
  '(dict "a" 1 "b" (list "x") "c" nil)',
  "(keys dict)",
  "(slice list 0)",
  "(first list)",
  '(dict "a" nil).a',
  '(dict "a" (dict "b" 1)).a',
] as const;

/** Functions by a parameter that constants are converted for. */
const TYPED = [
  ["trunc", '"abcdef"'],
  ["until", ""],
  ["repeat", '"ab"'],
  ["indent", '"a"'],
  ["substr", '1 "abc"'],
  ["ternary 1 2", ""],
  ["upper", ""],
  ["hasPrefix", '"a"'],
  ["has", "(list 1 2)"],
  ["index (list 1 2)", ""],
  ["first", ""],
  ["keys", ""],
  ["(toDate `2006` `2024`).AddDate 1 2", ""],
  ["(toDate `2006` `2024`).Add", ""],
  ["(toDate `2006` `2024`).Format", ""],
  ["(toDate `2006` `2024`).Before", ""],
  ["(toDate `2006` `2024`).In", ""],
  ['(semver "1.2.3").Compare', ""],
  ["round 1.25", ""],
  ["typeOf", ""],
] as const;

/** A template of one or two statements. */
export function languageCalls(random: Random): string {
  return random
    .times(1, 2, () => random.pick(MAKERS)(random))
    .join(random.pick(["", " ", "\n", "|"]));
}

function value(random: Random): string {
  return random.weighted([
    [20, () => random.pick(VALUES)],
    [2, () => anyNumber(random)],
    [1, () => anyString(random)],
    [2, () => literalOf(random, anyText(random))],
  ]);
}

function values(random: Random, from: number, to: number): string {
  return random.times(from, to, () => value(random)).join(" ");
}

const MAKERS: readonly ((random: Random) => string)[] = [
  (random) => `{{printf ${literalOf(random, textOf(random, "format"))} ${values(random, 1, 3)}}}`,
  (random) => `{{printf "%${random.pick([..."vsdqxXtTcUbeEfgGoOp"])}" ${value(random)}}}`,
  (random) =>
    `{{printf "%${random.pick(["+", "#", "-8", "08", " ", "+8.2", ".1", "#6"])}${random.pick([..."vsdqxXtcUbefgo"])}|" ${value(random)}}}`,
  (random) =>
    `{{${random.pick(["print", "println", "html", "js", "urlquery"])} ${values(random, 1, 3)}}}`,
  (random) =>
    `{{${random.pick(["eq", "ne", "lt", "le", "gt", "ge", "eq", "ne"])} ${values(random, 1, 3)}}}`,
  (random) => {
    const same = value(random);
    return `{{$x := ${same}}}{{${random.pick(["eq", "ne", "le", "deepEqual", "has"])} $x ${random.pick(["$x", same])}}}`;
  },
  (random) => `{{${random.pick(["and", "or", "not", "and", "or"])} ${values(random, 1, 3)}}}`,
  (random) => `{{${value(random)} | ${random.pick(["and", "or", "and 1", "or 0", "not", "len"])}}}`,
  (random) =>
    `{{${random.pick(["len", "index", "index", "slice", "call"])} ${values(random, 1, 3)}}}`,
  (random) =>
    `{{index ${value(random)} ${random.pick(["0", "1", "2", '"a"', "'\\x01'", "1.0", "nil"])}}}`,
  (random) => {
    const [name, rest] = random.pick(TYPED);
    return `{{${name} ${value(random)} ${rest}}}`;
  },
  (random) => {
    const [name, rest] = random.pick(TYPED);
    return rest === "" ? `{{${value(random)} | ${name}}}` : `{{${name} ${value(random)} ${rest}}}`;
  },
  (random) => loop(random),
  (random) => loop(random),
  (random) => branch(random),
  (random) => member(random),
  (random) => member(random),
  (random) => scope(random),
];

function loop(random: Random): string {
  const heads = ["", "", "$e := ", "$i, $e := ", "$i, $e := "];
  const head = random.pick(heads);
  const seen = head.includes("$e") ? "$e" : ".";
  const shown = random.pick([
    `{{${seen}}}`,
    `{{printf "%T %v" ${seen} .}}`,
    `{{${seen}.x}}`,
    `{{with ${seen}}}{{.x}}{{end}}`,
    "{{if .}}{{break}}{{end}}",
    "{{continue}}x",
    `{{template "t" ${seen}}}{{define "t"}}{{.x}}{{end}}`,
    `{{range ${seen}}}{{.}}{{break}}{{else}}e{{end}}`,
  ]);
  const otherwise = random.pick(["", "{{else}}none", "{{else}}{{.}}"]);
  return `{{range ${head}${value(random)}}}${shown}${random.pick([" ", ""])}${otherwise}{{end}}`;
}

function branch(random: Random): string {
  const word = random.pick(["if", "with"]);
  const declared = random.pick(["", "", "$x := "]);
  const body = declared === "" ? "{{.}}" : "{{$x}}{{.}}";
  const chained = random.pick(["", `{{else ${word} ${value(random)}}}{{.}}`, "{{else}}no"]);
  return `{{${word} ${declared}${value(random)}}}${body}${chained}{{end}}`;
}

function member(random: Random): string {
  const base = value(random);
  const { name, params } = memberOf(random, random.pick(["time", "semver", "any"] as const));
  const args = params.map(() => value(random)).join(" ");
  const held = base.startsWith("(") && base.endsWith(")") ? base : `(${base})`;
  return random.pick([
    `{{${held}.${name} ${args}}}`,
    `{{$x := ${base}}}{{$x.${name} ${args}}}`,
    `{{with ${base}}}{{.${name} ${args}}}{{end}}`,
    `{{${value(random)} | ${held}.${name} ${args}}}`,
  ]);
}

/** Variables across blocks: declared, shadowed, assigned. */
function scope(random: Random): string {
  const set = () => `{{$x ${random.pick([":=", "="])} ${value(random)}}}`;
  const shown = "{{$x}}";
  const open = random.pick([
    "{{if 1}}",
    "{{with 1}}",
    "{{range 2}}",
    "{{if 0}}",
    "{{range $x := 2}}",
  ]);
  const middle = random.pick(["", "{{else}}", `{{else}}${shown}`, "{{end}}{{if 1}}"]);
  return `{{$x := ${value(random)}}}${open}${set()}${shown}${middle}${set()}${shown}{{end}}${shown}`;
}
