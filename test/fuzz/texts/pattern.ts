/** Regular expressions, texts that they are likely to match and what replaces their matches. */
import type { Random } from "../random.js";

/** A pattern of RE2, or almost, and a text with matches in it, or almost. */
export interface Searched {
  readonly pattern: string;
  readonly subject: string;
}

/** A pattern of RE2, or almost. */
export function pattern(random: Random): string {
  return searched(random).pattern;
}

export function searched(random: Random): Searched {
  const { pattern, subject } = alternatives(random, 2);
  const noise = () => random.pick(["", "", "", " ", "a", "foo ", "\n", "é", "-1", "x\n\ny", "Ab"]);
  const matches = random.times(1, 3, () => noise() + otherCase(random, subject) + noise());
  return { pattern, subject: matches.join("") };
}

/** A template for the replacement of a match. */
export function replacement(random: Random): string {
  return random.times(0, 4, () => random.pick(REPLACEMENTS)).join("");
}

const REPLACEMENTS = [
  ..."x é - $ \\1 {} $1 $2 $0 $9 $10 $01 ${1} ${2}b ${01} $$ $$1 ${ ${1 $} ${} ${é} $é".split(" "),
  ..."$name ${name} $n ${n} $1x $1_ $1é $name- ${name}x ${1}x ${na-me} $$name $-1".split(" "),
] as const;

function alternatives(random: Random, depth: number): Searched {
  const options = random.times(1, random.chance(75) ? 1 : 3, () => sequence(random, depth));
  const { subject } = random.pick(options);
  return { pattern: options.map((each) => each.pattern).join("|"), subject };
}

function sequence(random: Random, depth: number): Searched {
  const parts = random.times(random.chance(3) ? 0 : 1, 4, () => repeated(random, depth));
  return joined(parts);
}

function joined(parts: readonly Searched[]): Searched {
  return {
    pattern: parts.map(({ pattern }) => pattern).join(""),
    subject: parts.map(({ subject }) => subject).join(""),
  };
}

function repeated(random: Random, depth: number): Searched {
  const { pattern, subject } = atom(random, depth);
  if (random.chance(55)) return { pattern, subject };
  const [operator, from, to] = random.chance(2) ? random.pick(ODD_COUNTS) : random.pick(COUNTS);
  const lazy = random.chance(25) ? "?" : "";
  return {
    pattern: pattern + operator + lazy,
    subject: random.times(from, to, () => subject).join(""),
  };
}

const COUNTS = [
  ["*", 0, 3],
  ["+", 1, 3],
  ["?", 0, 1],
  ["{2}", 2, 2],
  ["{1,3}", 1, 4],
  ["{0}", 0, 1],
  ["{2,}", 1, 4],
  ["{0,1}", 0, 2],
  ["{00002}", 2, 2],
] as const;
const ODD_COUNTS = [
  ["**", 1, 2],
  ["+*", 1, 2],
  ["{,2}", 1, 1],
  ["{1001}", 1, 1],
  ["{1000}", 1, 1],
  ["{3,2}", 2, 3],
  ["{a}", 1, 1],
  ["{", 1, 1],
  ["{1", 1, 1],
  ["{-1}", 1, 1],
  ["{2}{3}", 6, 6],
] as const;

function atom(random: Random, depth: number): Searched {
  return random.weighted([
    [5, () => literal(random)],
    [4, () => pair(random.pick(CLASSES))],
    [random.chance(5) ? 1 : 0, () => pair([random.pick(ODD_CLASSES), "a"])],
    [3, () => pair(random.pick(ASSERTIONS))],
    [3, () => bracketed(random)],
    [depth > 0 ? 4 : 0, () => group(random, depth - 1)],
    [1, () => ({ pattern: random.pick(random.chance(5) ? ODD_FLAGS : FLAGS), subject: "" })],
  ]);
}

const LITERALS = [
  ..."abofxAKkSsſK1_- \n\tß/éÉΣσς語ǆµ.",
  "foo",
  "ba",
  "Foo",
  "🎉",
  "e\u0301",
] as const;

function literal(random: Random): Searched {
  const text = random.pick(LITERALS);
  const code = text.codePointAt(0) ?? 0;
  const written = random.weighted([
    [12, () => text.replace(/[.]/g, "\\.")],
    [1, () => `\\Q${text}\\E`],
    [
      1,
      () => (code === text.charCodeAt(0) && text.length === 1 ? `\\x{${code.toString(16)}}` : text),
    ],
    [
      1,
      () => (code < 0x100 && text.length === 1 ? `\\x${code.toString(16).padStart(2, "0")}` : text),
    ],
    [1, () => (code < 0x80 && text.length === 1 ? `\\${code.toString(8).padStart(3, "0")}` : text)],
    [1, () => (/^[ -/_]/.test(text) ? `\\${text}` : text)],
  ]);
  return { pattern: written, subject: text };
}

/** Classes with one of theirs. */
const CLASSES = [
  [".", "x"],
  [".", "é"],
  [".", "\n"],
  ["\\d", "7"],
  ["\\w", "_"],
  ["\\w", "ſ"],
  ["\\s", "\v"],
  ["\\s", " "],
  ["\\D", "é"],
  ["\\W", "-"],
  ["\\S", "a"],
  ["\\pL", "é"],
  ["\\pN", "Ⅷ"],
  ["\\PN", "a"],
  ["\\PL", "1"],
  ["\\pZ", "\u00a0"],
  ["\\pS", "+"],
  ["\\pM", "\u0301"],
  ["\\pP", "-"],
  ["\\pC", "\u200b"],
  ["\\p{Lu}", "Ж"],
  ["\\p{Ll}", "ß"],
  ["\\p{Lt}", "ǅ"],
  ["\\p{LC}", "a"],
  ["\\p{^L}", "1"],
  ["\\P{^L}", "a"],
  ["\\p{Greek}", "Σ"],
  ["\\P{Greek}", "a"],
  ["\\p{^Greek}", "a"],
  ["\\p{Han}", "漢"],
  ["\\p{Cyrillic}", "Ж"],
  ["\\p{Latin}", "é"],
  ["\\p{Common}", "1"],
  ["\\p{Any}", "🎉"],
  ["\\p{ASCII}", "a"],
  ["\\p{Assigned}", "a"],
  ["\\p{Cn}", "\u0378"],
  ["\\p{Letter}", "é"],
  ["\\p{greek}", "σ"],
  ["\\p{Uppercase_Letter}", "A"],
  ["\\p{uppercase letter}", "A"],
  ["\\p{L l}", "a"],
  ["\\p{digit}", "1"],
  ["\\pl", "a"],
  ["\\p{ANY}", "a"],
  ["\\p{as-cii}", "a"],
  ["\\p{lc}", "a"],
  ["\\p{cn}", "\u0378"],
  ["\\n", "\n"],
  ["\\a", "\x07"],
  ["\\f", "\f"],
  ["\\v", "\v"],
  ["\\_", "_"],
  ["\\x{10ffff}", "\u{10ffff}"],
  ["\\07", "\x07"],
] as const;

const ODD_CLASSES = [
  "\\p{Script=Greek}",
  "\\p{Nope}",
  "\\p{Old_Italic}",
  "\\p{lowercase}",
  "\\p{-}",
  "\\p{}",
  "\\p{^}",
  "\\pX",
  "\\C",
  "\\1",
  "\\8",
  "\\h",
  "\\R",
  "\\X",
  "\\e",
  "\\x{110000}",
  "\\x4",
  "\\Z",
] as const;

const ASSERTIONS = [
  ["^", ""],
  ["$", ""],
  ["^", "\n"],
  ["$", "\n"],
  ["\\b", ""],
  ["\\b", " "],
  ["\\B", ""],
  ["\\B", "é"],
  ["\\A", ""],
  ["\\z", ""],
  ["\\b", ""],
  ["^$", ""],
  ["\\b{2}", ""],
] as const;

function pair([pattern, subject]: readonly [string, string]): Searched {
  return { pattern, subject };
}

const BRACKET_ITEMS = [
  ["a-z", "m"],
  ["A-Z", "M"],
  ["0-9", "5"],
  ["_", "_"],
  ["é", "é"],
  ["à-ÿ", "ö"],
  ["α-ω", "ς"],
  ["\\d", "1"],
  ["\\W", "-"],
  ["\\S", "a"],
  ["\\]", "]"],
  ["\\-", "-"],
  ["\\n", "\n"],
  ["\\pL", "é"],
  ["\\P{Greek}", "a"],
  ["\\p{^Lu}", "a"],
  ["k", "K"],
  ["s", "ſ"],
  ["+--", ","],
  ["\\x41-\\x{5a}", "Q"],
  ["^", "^"],
  ["$.*|", "|"],
  ["[", "["],
  ["&&", "&"],
  ["🎉-🎊", "🎊"],
] as const;
const ODD_ITEMS = [
  "z-a",
  "-",
  "--a",
  "a-\\d",
  "\\d-z",
  "]",
  "[:alpha",
  "[:nope:]",
  "[=a=]",
  "\\b",
  "\\Q-\\E",
  "a-c-e",
  "",
];
const POSIX =
  "alnum alpha ascii blank cntrl digit graph lower print punct space upper word xdigit".split(" ");

function bracketed(random: Random): Searched {
  const items = random.times(1, 3, () =>
    random.weighted<Searched>([
      [6, () => pair(random.pick(BRACKET_ITEMS))],
      [
        2,
        () =>
          pair([
            `[:${random.pick(["", "", "^"])}${random.pick(POSIX)}:]`,
            random.pick([..."aZ5 -\x07é"]),
          ]),
      ],
      [random.chance(10) ? 1 : 0, () => pair([random.pick(ODD_ITEMS), "-"])],
    ]),
  );
  const negated = random.chance(25);
  return {
    pattern: `[${negated ? "^" : ""}${joined(items).pattern}]`,
    subject: negated ? random.pick([..."aZ5 -\né漢"]) : random.pick(items).subject,
  };
}

const GROUPS = [
  ..."( ( ( ( (?: (?: (?i: (?P<name> (?P<n> (?<n> (?<name> (?s: (?U: (?-i: (?m: (?ims: (?i-s:".split(
    " ",
  ),
];
const ODD_GROUPS =
  "(?= (?! (?<= (?P= (?P<> (?P<é> (?<1> (?P<n (?#c) (?> (?'n' (?x: (?i-: (?-: (?".split(" ");
const FLAGS = ["(?i)", "(?i)", "(?i)", "(?s)", "(?m)", "(?U)", "(?i-s)", "(?-m)", "(?ms)", "(?ii)"];
const ODD_FLAGS = ["(?)", "(?--i)", "(?i-)", "(?x)", "(?i"];

function group(random: Random, depth: number): Searched {
  const opening = random.chance(2) ? random.pick(ODD_GROUPS) : random.pick(GROUPS);
  const { pattern, subject } = alternatives(random, depth);
  const closing = random.chance(1) ? "" : ")";
  return { pattern: opening + pattern + closing, subject };
}

function otherCase(random: Random, text: string): string {
  return random.weighted([
    [6, () => text],
    [1, () => text.toUpperCase()],
    [1, () => text.toLowerCase()],
    [1, () => text.slice(1)],
  ]);
}
