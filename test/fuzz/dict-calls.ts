/**
 * Calls of the functions of dicts, lists and JSON as recipes use them: variables that share maps and
 * are changed one after the other, all shown at the end.
 */
import type { Random } from "./random.js";
import { jsonText } from "./texts/json.js";
import { literalOf } from "./texts.js";

/** A template that makes dicts and lists, changes them and shows what became of them all. */
export function dictCalls(random: Random): string {
  const made = [
    `$a := ${dict(random, 2)}`,
    `$b := ${random.pick([dict(random, 2), 'dict "of" $a', 'merge (dict "x" 1) $a', ...GIVEN])}`,
    `$l := ${list(random, 1)}`,
    `$m := ${random.pick(["$l", "append $l $a", "list $a $b", list(random, 1), 'splitList "," "c,a,b"', "until 4"])}`,
  ];
  const changes = random.times(1, 5, () => random.weighted(CHANGES)(random));
  const parts = [...made.map((each) => `{{ ${each} }}`), ...changes];
  return parts.join("") + shown(random);
}

/** The dicts that the data of a provisioner has, guarded as recipes do it, or not. */
const GIVEN = [
  "default dict .State",
  "default dict .Shared",
  "default (dict) .Params",
  ".State | default dict",
  ".Params",
  ".Metadata",
  "default dict .base",
  "default dict .copy",
];

function shown(random: Random): string {
  const form = random.pick([
    "toJson",
    "toPrettyJson",
    "toRawJson",
    'printf "%v"',
    'printf "%#v"',
    "toString",
  ]);
  return `{{ range list $a $b $l $m }}\n{{ . | ${form} }}{{ end }}`;
}

type Maker = (random: Random) => string;

const CHANGES: readonly (readonly [number, () => Maker])[] = [
  [4, () => (random) => `{{ $_ := set ${name(random)} ${key(random)} ${value(random, 1)} }}`],
  [1, () => (random) => `{{ $_ := unset ${name(random)} ${key(random)} }}`],
  [4, () => merged],
  [2, () => (random) => `{{ $b = ${random.pick(["deepCopy $a", "deepCopy $b", "$a"])} }}`],
  [2, () => (random) => `{{ $b = ${random.pick(["pick", "omit"])} $a ${keys(random)} }}`],
  [3, () => asked],
  [3, () => (random) => `{{ $l = ${listed(random)} }}`],
  [2, () => (random) => `{{ $m = ${listed(random)} }}`],
  [2, () => looped],
  [2, () => (random) => `{{ $m = ${json(random)} }}`],
  [1, () => (random) => `{{ $b = ${random.pick(GIVEN)} }}`],
];

function merged(random: Random): string {
  const must = random.pick(["merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite"]);
  const source = () =>
    random.weighted([
      [3, () => "$a"],
      [3, () => "$b"],
      [3, () => dict(random, 1)],
      [1, () => random.pick(GIVEN).replace(/(.*[ |].*)/, "($1)")],
    ]);
  const target = random.pick(["$a", "$b", "(dict)", `(dict ${key(random)} (dict))`]);
  const call = `${must} ${target} ${random.times(1, 3, source).join(" ")}`;
  return `{{ ${random.pick(["$_ :=", "$b =", "$a ="])} ${call} }}`;
}

function asked(random: Random): string {
  const path = random.times(1, 4, () => key(random)).join(" ");
  const of = name(random);
  const call = random.pick([
    `dig ${path} ${value(random, 0)} ${of}`,
    `dig ${path} ${value(random, 0)} ${of}`,
    `get ${of} ${key(random)}`,
    `hasKey ${of} ${key(random)}`,
    `pluck ${key(random)} $a $b`,
    `keys ${of} | sortAlpha`,
    `index ${of} ${path}`,
    `deepEqual $a $b`,
    `deepEqual (deepCopy $a) $a`,
    `values ${of} | len`,
    `has ${value(random, 1)} $l`,
    `coalesce ${value(random, 0)} (get $a ${key(random)}) $b`,
    `ternary $a $b (hasKey $a ${key(random)})`,
    `default ${value(random, 0)} (get $a ${key(random)})`,
    `empty (get $a ${key(random)})`,
    `typeOf (get $a ${key(random)})`,
    `kindOf (get $a ${key(random)})`,
    `first $l`,
    `last $m`,
  ]);
  return `[{{ ${call} }}]`;
}

function listed(random: Random): string {
  const of = random.pick(["$l", "$m"]);
  const must = (word: string) =>
    random.chance(80) ? word : `must${word.charAt(0).toUpperCase()}${word.slice(1)}`;
  return random.weighted([
    [3, () => `${must("append")} ${of} ${value(random, 1)}`],
    [2, () => `${must("prepend")} ${of} ${value(random, 1)}`],
    [2, () => `concat $l ${random.pick(["$m", "$l", list(random, 0)])}`],
    [3, () => `${must("slice")} ${of} ${random.int(0, 3)} ${random.int(0, 8)}`],
    [1, () => `${must("slice")} ${of} ${random.int(0, 5)}`],
    [3, () => `${must(random.pick(["rest", "initial", "reverse", "uniq", "compact"]))} ${of}`],
    [1, () => `${must("without")} ${of} ${value(random, 1)} ${value(random, 0)}`],
    [1, () => `${must("chunk")} ${random.int(1, 4)} ${of}`],
    [1, () => `sortAlpha ${of}`],
    [1, () => `toStrings ${of}`],
    [1, () => `deepCopy ${of}`],
  ]);
}

function looped(random: Random): string {
  const body = random.pick([
    "{{ $l = append $l . }}",
    '{{ $l = append $l (dict "i" $i "v" .) }}',
    "{{ $_ := set $a (toString $i) . }}",
    "{{ $b = merge (dict (toString .) $i) $b }}",
    '{{ $_ := set $b "last" . }}{{ $l = list $b }}',
    '{{ $b = dict "in" $b }}',
    "{{ if not (has . $l) }}{{ $l = prepend $l . }}{{ end }}",
  ]);
  return `{{ range $i, $_ := ${random.pick(["$l", "$m", "$a", "$b"])} }}${body}{{ end }}`;
}

function json(random: Random): string {
  const encode = random.pick(["toJson", "toRawJson", "toPrettyJson", "mustToJson"]);
  return random.weighted([
    [3, () => `${encode} ${random.pick(["$a", "$b", "$l", "$m"])} | fromJson`],
    [
      3,
      () => `${random.pick(["fromJson", "mustFromJson"])} ${literalOf(random, jsonText(random))}`,
    ],
    [2, () => `${encode} ${value(random, 2)}`],
  ]);
}

function name(random: Random): string {
  return random.weighted([
    [5, () => "$a"],
    [4, () => "$b"],
    [1, () => random.pick(["$l", "(dict)", "nil", ".Params", ".none"])],
  ]);
}

function key(random: Random): string {
  return random.pick(['"a"', '"b"', '"c"', '"d"', '"of"', '"0"', '""', '"é"', '"A"', '"<"']);
}

function keys(random: Random): string {
  return random.times(0, 3, () => key(random)).join(" ");
}

function dict(random: Random, depth: number): string {
  const entries = random.times(0, 4, () => `${key(random)} ${value(random, depth - 1)}`);
  return `(dict ${entries.join(" ")})`;
}

function list(random: Random, depth: number): string {
  return `(list ${random.times(0, 5, () => value(random, depth - 1)).join(" ")})`;
}

function value(random: Random, depth: number): string {
  return random.weighted([
    [6, () => random.pick(SIMPLE)],
    [2, () => random.pick(ODD)],
    [depth > 0 ? 4 : 0, () => dict(random, depth)],
    [depth > 0 ? 2 : 0, () => list(random, depth)],
    [1, () => "(list)"],
    [1, () => "(dict)"],
  ]);
}

const SIMPLE = '0 1 2 -1 1.5 0.0 "" "a" "b" "x,y" "<&>" true false nil 1e21 100000.0'.split(" ");

/** Values of other types than recipes mostly have. */
const ODD = [
  "(int64 1)",
  "(int64 0)",
  "'a'",
  "1i",
  "0i",
  "9223372036854775807",
  "1e-7",
  "123456789.0",
  "-0.0",
  '"\\u2028\\x00\\x7f"',
  '"\\xff<é"',
  '(splitList "," "b,a")',
  '(split "," "x,y")',
  "(until 3)",
  '(semver "1.2.3-a")',
  '(semver "1.2.3").Minor',
  '(toDate "2006-01-02" "2024-02-29")',
  '(toDate "2006-01-02" "2024-02-29").Weekday',
  '((toDate "2006" "2024").Sub (toDate "2006" "2023"))',
  '(urlParse "http://a/b?c=d")',
  '(toDate "" "").MarshalText',
  "(rest list)",
  "(index (chunk 1 (list 1 2)) 0)",
  '(fromJson "[1,2,3]")',
  ".WorkloadServices",
  ".none",
  ".Params",
] as const;
