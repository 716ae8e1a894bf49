/** Texts: of any sort, and in the small languages that functions read. */
import type { Random } from "./random.js";
import type { TextKind } from "./signatures.js";
import { anyOf, digits } from "./texts/chars.js";
import { dateText, layout, zone } from "./texts/date.js";
import { duration } from "./texts/duration.js";
import { base32, base64 } from "./texts/encoding.js";
import { jsonText } from "./texts/json.js";
import { numeral } from "./texts/numeral.js";
import { path } from "./texts/path.js";
import { pattern, replacement } from "./texts/pattern.js";
import { printfFormat } from "./texts/printf.js";
import { url } from "./texts/url.js";
import { constraint, version } from "./texts/version.js";
import { plainText } from "./texts/words.js";

/** Any text, mostly short. */
export function anyText(random: Random): string {
  return random.chance(93) ? plainText(random) : textOf(random, random.pick(KINDS));
}

/** A text that a function reads in a language of its own; some are not quite right. */
export function textOf(random: Random, kind: TextKind): string {
  if (random.chance(2)) return anyText(random);
  const text = MAKERS[kind](random);
  return random.chance(3) ? damaged(random, text) : text;
}

/** A literal of the template language for a text. */
export function literalOf(random: Random, text: string): string {
  if (random.chance(25) && !/[`\r]/.test(text)) return `\`${text}\``;
  const body = text.replace(/[\\"\n\r]/g, (char) => ESCAPES.get(char) ?? char);
  if (random.chance(2))
    return `"${body}${random.pick(["\\xff", "\\xc3", "\\xe2\\x82", "\\u00e9"])}"`;
  return `"${body}"`;
}

const ESCAPES = new Map([
  ["\\", "\\\\"],
  ['"', '\\"'],
  ["\n", "\\n"],
  ["\r", "\\r"],
]);

function damaged(random: Random, text: string): string {
  const chars = [...text];
  const at = random.int(0, chars.length);
  return random.weighted([
    [2, () => chars.toSpliced(at, 1).join("")],
    [2, () => chars.toSpliced(at, 0, anyOf(random, "0a.-+ :/%{}[]()*?\\Z~é", 1, 1)).join("")],
    [1, () => chars.slice(0, at).join("")],
  ]);
}

const PLAIN_TYPES = ["string", "int", "int64", "float64", "bool"];
const KIND_NAMES = [
  ...PLAIN_TYPES,
  "slice",
  "map",
  "struct",
  "ptr",
  "invalid",
  "complex128",
  "func",
];
const TYPE_NAMES = [
  ...PLAIN_TYPES,
  "[]interface {}",
  "[]string",
  "map[string]interface {}",
  "time.Time",
  "*semver.Version",
  "semver.Version",
  "map[string]string",
];

const MAKERS: Readonly<Record<TextKind, (random: Random) => string>> = {
  base32,
  base64,
  constraint,
  cutset: (random) =>
    random.chance(50)
      ? anyOf(random, "abfo 'xyz.-_/éß0", 0, 3)
      : random.pick(["", "foo", "a", "o", " ", "-", "ü", "語", "bar"]),
  dateText,
  duration,
  format: printfFormat,
  json: jsonText,
  key: (random) =>
    random.pick(["a", "b", "c", "name", "Name", "x-y", "", "0", "é", "_0", "_1", "host"]),
  kindName: (random) => random.pick(KIND_NAMES),
  layout,
  numeral,
  path,
  pattern,
  replacement,
  separator: (random) =>
    random.pick([",", "", " ", "-", "\n", "\t", "/", ".", "ab", "é", ", ", "\\n"]),
  size: (random) => digits(random, 1, 1),
  typeName: (random) => random.pick(TYPE_NAMES),
  url,
  version,
  zone,
};

const KINDS = Object.keys(MAKERS) as readonly TextKind[];
