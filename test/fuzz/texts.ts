/** Texts: of any sort, and in the small languages that functions read. */
import type { Random } from "./random.js";
import type { TextKind } from "./signatures.js";

const WORDS = [
  "",
  "a",
  "foo",
  "bar",
  "Foo Bar",
  "fooBar",
  "foo-bar",
  "foo_bar",
  "FOO",
  "hello world",
  "x,y,z",
  "a.b.c",
  "A1b2",
  "ünïcödé",
  "日本語",
  "ß",
  "İı",
  "ǆ",
  "🎉",
  "e\u0301",
  "tab\there",
  "two\nlines",
  " padded ",
  "'single'",
  '"double"',
  "<b>&amp;</b>",
  "a/b/c",
  "42",
  "-7",
  "true",
  "null",
  "0",
  "%d",
  "$1",
  "\\",
  "\u00a0",
  "\u2028",
  "\u0000",
  "\u200b",
  "db-main.default#x",
  "It's",
  "ΑΣ ΣΑΣ",
] as const;

/** Any text, mostly short. */
export function anyText(random: Random): string {
  return random.weighted([
    [8, () => random.pick(WORDS)],
    [3, () => random.times(2, 4, () => random.pick(WORDS)).join(random.pick(["", " ", "-", ","]))],
    [2, () => anyOf(random, "abcABC012 _-.,:/éΔж漢\t\n\"'<>&%$\\", 0, 12)],
    [1, () => random.times(1, 5, () => String.fromCodePoint(codePoint(random))).join("")],
    [1, () => textOf(random, random.pick(KINDS))],
  ]);
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

function anyOf(random: Random, alphabet: string, from: number, to: number): string {
  const chars = [...alphabet];
  return random.times(from, to, () => random.pick(chars)).join("");
}

function codePoint(random: Random): number {
  return random.weighted([
    [3, () => random.int(0x01, 0x7f)],
    [3, () => random.int(0x80, 0x24f)],
    [2, () => random.int(0x370, 0x5ff)],
    [1, () => random.int(0x2000, 0x2fff)],
    [1, () => random.int(0x3000, 0xd7ff)],
    [1, () => random.int(0xe000, 0xffff)],
    [1, () => random.int(0x10000, 0x1fbff)],
  ]);
}

function digits(random: Random, from: number, to: number): string {
  return anyOf(random, "0123456789", from, to);
}

const MAKERS: Readonly<Record<TextKind, (random: Random) => string>> = {
  base32: (random) =>
    random.pick([
      "",
      "MFRGG===",
      "MFRGGZA=",
      "NBSWY3DP",
      "nbswy3dp",
      "MY======",
      "MY",
      "M",
      "MFRGG==",
    ]),
  base64: (random) =>
    random.chance(60)
      ? Buffer.from(anyText(random)).toString("base64")
      : random.pick(["YQ==", "YQ", "YQ=", "a-_b", "YW\nJj", "YWJj ", "====", "/w==", "gICA"]),
  constraint,
  cutset: (random) =>
    random.chance(50)
      ? anyOf(random, "abfo 'xyz.-_/éß0", 0, 3)
      : random.pick(["", "foo", "a", "o", " ", "-", "ü", "語", "bar"]),
  dateText: (random) =>
    random.pick([
      "2024-01-31",
      "2024-02-30",
      "2006-01-02",
      "2023-12-25T10:11:12Z",
      "2023-12-25T10:11:12+02:00",
      "2023-12-25 10:11:12",
      "10:11",
      "Jan 2 2023",
      "Mon Jan  2 15:04:05 2006",
      "31/12/99",
      "0001-01-01",
      "9999-12-31",
      "2024-060",
      "3:04PM",
      "2023-12-25T10:11:12.123456789Z",
      "Mon, 02 Jan 2006 15:04:05 MST",
    ]),
  duration: (random) =>
    random.weighted([
      [
        3,
        () =>
          random.pick([
            "1h",
            "24h",
            "25h",
            "90s",
            "1.5h",
            "-2h45m",
            "1ms",
            "100ns",
            "0",
            "",
            "8760h",
            "1d",
          ]),
      ],
      [
        3,
        () =>
          random
            .times(
              1,
              3,
              () =>
                `${digits(random, 1, 3)}${random.pick(["h", "m", "s", "ms", "us", "µs", "ns"])}`,
            )
            .join(""),
      ],
      [2, () => digits(random, 1, 12)],
      [
        1,
        () =>
          `${random.pick(["-", "+", "."])}${digits(random, 1, 2)}.${digits(random, 0, 3)}${random.pick(["h", "m", "s"])}`,
      ],
    ]),
  format: printfFormat,
  json: jsonText,
  key: (random) =>
    random.pick(["a", "b", "c", "name", "Name", "x-y", "", "0", "é", "_0", "_1", "host"]),
  kindName: (random) =>
    random.pick([
      "string",
      "int",
      "int64",
      "float64",
      "bool",
      "slice",
      "map",
      "struct",
      "ptr",
      "invalid",
      "complex128",
      "func",
    ]),
  layout,
  numeral: (random) =>
    random.weighted([
      [
        3,
        () =>
          random.pick([
            "0",
            "1",
            "-1",
            "010",
            "0x1F",
            "1e3",
            "1.5",
            "",
            "007",
            "08",
            "1_000",
            "9223372036854775807",
            "9223372036854775808",
            "0b11",
            "0o17",
            "+5",
            " 5",
            "99999999999999999999",
            "777",
          ]),
      ],
      [2, () => `${random.pick(["", "-", "+"])}${digits(random, 1, 6)}`],
      [
        1,
        () =>
          `${random.pick(["", "-"])}${digits(random, 1, 4)}.${digits(random, 0, 4)}${random.pick(["", "e3", "E-2"])}`,
      ],
    ]),
  path: (random) => {
    const part = () =>
      random.pick(["a", "b.txt", ".", "..", "", "x.tar.gz", ".hidden", "dir", "é", "c."]);
    return (
      random.pick(["", "/", "//", "./"]) +
      random.times(0, 4, part).join("/") +
      random.pick(["", "", "/"])
    );
  },
  pattern,
  replacement: (random) =>
    random
      .times(0, 3, () =>
        random.pick([
          "",
          "x",
          "$1",
          "${1}",
          "$0",
          "$name",
          "${name}",
          "$1x",
          "$$",
          "$",
          "${",
          "é",
          "-",
          "${2}b",
        ]),
      )
      .join(""),
  separator: (random) =>
    random.pick([",", "", " ", "-", "\n", "\t", "/", ".", "ab", "é", ", ", "\\n"]),
  size: (random) => digits(random, 1, 1),
  typeName: (random) =>
    random.pick([
      "string",
      "int",
      "int64",
      "float64",
      "bool",
      "[]interface {}",
      "[]string",
      "map[string]interface {}",
      "time.Time",
      "*semver.Version",
      "semver.Version",
      "map[string]string",
    ]),
  url: (random) => {
    const scheme = random.pick([
      "http://",
      "https://",
      "postgres://",
      "",
      "//",
      "mailto:",
      "HTTP://",
      "a+b://",
    ]);
    const user = random.pick(["", "", "", "u@", "u:p@", "u:@", ":p@", "u%40:p%3A@", "é@"]);
    const host = random.pick([
      "example.com",
      "localhost:8080",
      "",
      "[::1]:80",
      "[::1%25eth0]",
      "h:",
      "1.2.3.4",
      "exa mple",
      "a_b",
      "é.de",
    ]);
    const path = random.pick([
      "",
      "/",
      "/a/b",
      "/a%20b",
      "/a b",
      "a/b",
      "/é",
      "/%zz",
      "/a;b=c",
      "/..",
      "/%2F",
    ]);
    const query = random.pick(["", "", "?", "?a=b", "?a=b&c=d", "?a=%20", "?é", "?a b"]);
    const fragment = random.pick(["", "", "#", "#frag", "#a%20b", "#é", "##"]);
    return scheme + user + host + path + query + fragment;
  },
  version,
  zone: (random) =>
    random.pick([
      "UTC",
      "",
      "Local",
      "Europe/Berlin",
      "America/New_York",
      "Asia/Kolkata",
      "EST",
      "Nowhere/City",
      "Australia/Lord_Howe",
      "Etc/GMT+5",
      "europe/berlin",
      "../UTC",
    ]),
};

const KINDS = Object.keys(MAKERS) as readonly TextKind[];

function version(random: Random): string {
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

function constraint(random: Random): string {
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

function pattern(random: Random, depth = 2): string {
  const atom = (): string =>
    random.weighted([
      [4, () => random.pick(["a", "b", "o", "x", "1", " ", "é", "語", "foo", "ba", "-"])],
      [
        3,
        () =>
          random.pick([
            ".",
            "\\d",
            "\\w",
            "\\s",
            "\\D",
            "\\W",
            "\\S",
            "\\b",
            "\\B",
            "^",
            "$",
            "\\pL",
            "\\p{Greek}",
            "\\PN",
            "\\A",
            "\\z",
            "\\Q.\\E",
            "\\x41",
            "\\x{e9}",
            "\\n",
            "\\C",
            "\\Z",
            "\\1",
            "\\.",
          ]),
      ],
      [
        2,
        () =>
          `[${random.pick(["", "^"])}${random.times(1, 3, () => random.pick(["a-z", "A-Z", "0-9", "_", "é", "[:alpha:]", "[:^digit:]", "\\d", "\\s", "\\]", "z-a", "-", "\\pL", "^", "]"])).join("")}]`,
      ],
      [
        depth > 0 ? 3 : 0,
        () =>
          `(${random.pick(["", "", "?:", "?i:", "?P<name>", "?<n>", "?s:", "?U:", "?=", "?-i:", "?m)^("])}${pattern(random, depth - 1)})`,
      ],
      [1, () => random.pick(["(?i)", "(?s)", "(?m)", "(?U)", "(?i-s)"])],
    ]);
  const repeated = () =>
    atom() +
    random.pick([
      "",
      "",
      "",
      "",
      "*",
      "+",
      "?",
      "*?",
      "+?",
      "??",
      "{2}",
      "{1,3}",
      "{0}",
      "{2,}",
      "{1,2}?",
      "**",
      "{,2}",
      "{1001}",
      "{a}",
    ]);
  return random
    .times(1, 3, () => random.times(0, 3, repeated).join(""))
    .slice(0, random.chance(70) ? 1 : 3)
    .join("|");
}

function layout(random: Random): string {
  const part = () =>
    random.pick([
      "2006",
      "06",
      "01",
      "1",
      "Jan",
      "January",
      "02",
      "2",
      "_2",
      "002",
      "__2",
      "15",
      "03",
      "3",
      "04",
      "4",
      "05",
      "5",
      "PM",
      "pm",
      "Mon",
      "Monday",
      "MST",
      "Z07:00",
      "-07:00",
      "-0700",
      "Z0700",
      "-07",
      "Z07",
      "-07:00:00",
      "Z070000",
      ".000",
      ".999",
      ",000",
      ".0",
      ".999999999",
      "-",
      "/",
      ":",
      " ",
      "T",
      "x",
      "é",
      "20",
      "_2006",
      "Janet",
      "Mont",
    ]);
  return random.chance(30)
    ? random.pick([
        "2006-01-02",
        "2006-01-02T15:04:05Z07:00",
        "15:04",
        "Jan 2 2006",
        "Mon Jan _2 15:04:05 2006",
        "02/01/06",
        "Mon, 02 Jan 2006 15:04:05 MST",
        "3:04PM",
        "2006-01-02 15:04:05",
        "2006-002",
        "",
      ])
    : random.times(1, 7, part).join("");
}

function printfFormat(random: Random): string {
  const directive = () => {
    const flags = random.times(0, 2, () => random.pick(["+", "-", "#", " ", "0"])).join("");
    const width = random.pick(["", "", "", "1", "5", "8", "12", "*", "[1]*"]);
    const precision = random.pick(["", "", "", ".", ".0", ".1", ".3", ".10", ".*"]);
    const index = random.pick(["", "", "", "", "", "[1]", "[2]", "[3]", "[0]", "[x]", "["]);
    const verb = random.pick([..."vvvvsssqqdddxXobcUeEfFgGtTpOw%!z日 "]);
    return `%${flags}${width}${precision}${index}${verb}`;
  };
  return random
    .times(1, 4, () =>
      random.chance(60) ? directive() : random.pick(["", " ", "a", "-", "é", ":"]),
    )
    .join("");
}

function jsonText(random: Random, depth = 2): string {
  const space = () => random.pick(["", "", "", " ", "\n"]);
  return random.weighted([
    [
      3,
      () =>
        random.pick([
          "0",
          "1",
          "-1",
          "1.5",
          "1e3",
          "1E-7",
          "1e21",
          "-0",
          "12345678",
          "9007199254740993",
          "1e400",
          "01",
          "+1",
          ".5",
          "1.",
          "0.1",
        ]),
    ],
    [3, () => JSON.stringify(anyText(random))],
    [
      2,
      () =>
        random.pick([
          "true",
          "false",
          "null",
          "True",
          "nul",
          '"\\u00e9"',
          '"\\ud83c\\udf89"',
          '"\\ud800"',
          '"\\x"',
          "'a'",
          "{}",
          "[]",
          "",
          "NaN",
        ]),
    ],
    [
      depth > 0 ? 3 : 0,
      () =>
        `[${random.times(0, 3, () => space() + jsonText(random, depth - 1)).join(",")}${space()}]`,
    ],
    [
      depth > 0 ? 4 : 0,
      () =>
        `{${random.times(0, 3, () => `${space()}${JSON.stringify(random.pick(["a", "b", "c", "", "é", "a"]))}${space()}:${jsonText(random, depth - 1)}`).join(",")}${space()}}`,
    ],
  ]);
}
