/**
 * How long a template can keep the engine busy: each function is called again and again with small,
 * long and very long arguments, until a budget stops the template. `npm run bench:budgets`, with
 * `-- --only NAME,NAME` for some functions and `--top N` (12) for the rows shown. All calls run with
 * a tenth of the default steps; the dearest again with all of them, which is what the table shows.
 */
import { parseArgs } from "node:util";
import { TemplateError } from "../src/core/gotemplate/error.js";
import { sprigFunctions } from "../src/core/gotemplate/sprig/map.js";
import { DEFAULT_LIMITS, executeTemplate, parseTemplate } from "../src/core/gotemplate/template.js";
import { makeHost } from "../test/conformance/host.js";
import { type Kind, SIGNATURES } from "../test/fuzz/signatures.js";

/** How often texts and lists repeat what they are made of. */
const SIZES = [1, 300, 20_000];

/** Arguments by kind, some of which fail only at their end; the setup declares the variables. Other kinds get a long text. */
const ARGUMENTS: Partial<Record<Kind, readonly string[]>> = {
  any: ["$text", "$list", "$dict", "$nested", "$almost"],
  base32: ["($text | b32enc)"],
  base64: ["($text | b64enc)"],
  bool: ["true"],
  constraint: ["$constraint", "$almost", "$blanks"],
  cutset: ['"aB"', "$mixed"],
  dict: ["$dict"],
  dateText: ["$text", "$almost"],
  duration: ['"1h"', "$digits", "$almost"],
  float: ["1.5"],
  format: ['"%v %q"', '"%[1]v%[1]x%[1]q"'],
  int: ["3", "9000"],
  int64: ["(int64 5)"],
  ints: ["$list"],
  json: ["$json", "$almost", '(print "[" $blanks)', '(print "\\"" $text)'],
  key: ['"k5"'],
  layout: ["$layout", "$almost"],
  list: ["$list", "$texts"],
  numeral: ["$digits", "$almost", '(print "0x" $digits)'],
  path: ["$path", "$blanks"],
  pattern: [
    '"(a|b)*c"',
    '"(?:a?){30}a{30}"',
    '"[[:alpha:]]+|.*x"',
    "$classes",
    '"(?i)[a-\\\\x{10ffff}]"',
  ],
  replacement: ['"${1}xx"'],
  semver: ['(semver "1.2.3")'],
  separator: ['"a"'],
  size: ["3", "90000"],
  text: ["$text", "$mixed", "$blanks", "$almost"],
  texts: ["$texts"],
  time: ["$time"],
  url: ['(print "http://a/" $text)', '(print "http://" $digits ":" $blanks)', "$almost"],
  version: ["$version", "$almost", "$blanks"],
  zone: ['"Europe/Berlin"'],
};

/** Calls that no signature has: they need random bytes, or the outside. */
const MORE_CALLS = [
  'bcrypt "abc"',
  'derivePassword 1 "long" "a" "b" "c"',
  'encryptAES "k" $text',
  "env $text",
  "expandenv $text",
  'genCA "a" 3',
  'genPrivateKey "dsa"',
  'genPrivateKey "ecdsa"',
  'genPrivateKey "ed25519"',
  'genPrivateKey "rsa"',
  'genSelfSignedCert "a" (list) (list $text) 3',
  "getHostByName $text",
  'htpasswd "a" "b"',
  "randAlphaNum 90000",
  "randAscii 90000",
  "randBytes 90000",
  "randInt 1 10",
  "shuffle $text",
  "buildCustomCert $almost (b64enc $blanks)",
  'genCAWithKey "a" 3 $blanks',
  "uuidv4",
];

interface Row {
  readonly call: string;
  readonly size: number;
  /** Processor time in seconds. */
  readonly seconds: number;
  /** The budget that ended it, or how it ended otherwise. */
  readonly end: string;
}

const { values } = parseArgs({
  options: { only: { type: "string", default: "" }, top: { type: "string", default: "12" } },
});
const only = values.only.split(",").filter((name) => name !== "");
const calls = [...SIGNATURES.flatMap(callsOf), ...MORE_CALLS].filter(
  (call) => only.length === 0 || only.includes(call.split(" ")[0] ?? ""),
);
const tenth = { ...DEFAULT_LIMITS, steps: DEFAULT_LIMITS.steps / 10 };
const rows = calls.flatMap((call) => SIZES.map((size) => measure(call, size, tenth)));
rows.sort((a, b) => b.seconds - a.seconds);
console.log(`${rows.length} endless loops over a call, a tenth of the steps: ${ends(rows)}`);
const dearest = rows.slice(0, Number(values.top));
console.log("the dearest, with all steps: processor time until the end, and what ended it");
for (const { call, size } of dearest) {
  const row = measure(call, size, DEFAULT_LIMITS);
  console.log(`${row.seconds.toFixed(1).padStart(6)} s  ${row.end}  ${call} (size ${size})`);
}
console.log(`most memory of the process: ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`);

/** The calls of one signature, with each of the arguments that there are for its kinds. */
function callsOf({ name, params }: (typeof SIGNATURES)[number]): string[] {
  const choices = params.map((kind) => ARGUMENTS[kind] ?? ["$text"]);
  const count = Math.max(1, ...choices.map((each) => each.length));
  return Array.from({ length: count }, (_, i) =>
    [name, ...choices.map((each) => each[i % each.length])].join(" "),
  );
}

function measure(call: string, size: number, limits: typeof DEFAULT_LIMITS): Row {
  const text = `${setup(size)}{{ range 1000000000 }}{{ $x := ${call} }}{{ end }}`;
  const template = parseTemplate("bench", text, sprigFunctions);
  const start = process.cpuUsage();
  const end = endOf(() => executeTemplate(template, null, { host: makeHost(), limits }));
  const { user, system } = process.cpuUsage(start);
  return { call, size, seconds: (user + system) / 1e6, end };
}

function endOf(run: () => unknown): string {
  try {
    run();
    return "end";
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return error.code;
  }
}

function setup(size: number): string {
  return [
    `{{ $text := repeat ${size} "aB c" }}`,
    `{{ $mixed := repeat ${size} "Éa-ß_C " }}`,
    `{{ $digits := repeat ${size} "7" }}`,
    `{{ $classes := repeat ${Math.min(size, 5000)} "\\\\pL" }}`,
    `{{ $almost := print $digits "x" }}`,
    `{{ $blanks := print (repeat ${size} " ") "x" }}`,
    `{{ $list := until ${size} }}`,
    `{{ $texts := splitList "c" $text }}`,
    `{{ $dict := dict }}{{ range until ${Math.min(size, 3000)} }}{{ $_ := set $dict (print "k" .) . }}{{ end }}`,
    `{{ $nested := dict "a" (list 1 (dict "b" (list $dict $texts))) }}`,
    `{{ $json := toJson $nested }}`,
    `{{ $layout := repeat ${size} "2006Jan-" }}`,
    `{{ $time := toDate "2006" "2020" }}`,
    `{{ $path := repeat ${size} "../a/./" }}`,
    `{{ $version := print "1.2.3-" (repeat ${size} "a.") "b" }}`,
    `{{ $constraint := repeat ${Math.min(size, 100)} ">1.0.0, " }}`,
  ].join("");
}

function ends(all: readonly Row[]): string {
  const counts = new Map<string, number>();
  for (const { end } of all) counts.set(end, (counts.get(end) ?? 0) + 1);
  return [...counts].map(([end, count]) => `${end} ${count}`).join(", ");
}
