/** Calls of functions of texts whose arguments belong together: a pattern with a text that it matches. */
import { wellFormed } from "./mutate.js";
import type { Random } from "./random.js";
import { base32, base64, someBytes } from "./texts/encoding.js";
import { numeral } from "./texts/numeral.js";
import { path } from "./texts/path.js";
import { replacement, searched } from "./texts/pattern.js";
import { url, urlParts } from "./texts/url.js";
import { constraint, version } from "./texts/version.js";
import { longText, nameText, plainText } from "./texts/words.js";
import { anyText, literalOf, textOf } from "./texts.js";

/** A template that calls functions of texts and shows all that they give. */
export function textCalls(random: Random): string {
  const shown = random.times(1, 2, () =>
    random.weighted(MAKERS.map(([weight, make]) => [weight, () => make(random)])),
  );
  return wellFormed(shown.join("\n"));
}

type Maker = (random: Random) => string;

const MAKERS: readonly (readonly [number, Maker])[] = [
  [4, changed],
  [3, cut],
  [6, matched],
  [3, urls],
  [4, versions],
  [2, encoded],
  [2, lists],
  [1, numbers],
  [1, paths],
  [1, secrets],
];

/** A text as a literal: also bytes that are no UTF-8, and long lines. */
function subject(random: Random): string {
  return random.weighted([
    [4, () => literalOf(random, anyText(random))],
    [3, () => literalOf(random, nameText(random))],
    [2, () => bytesLiteral(random)],
    [1, () => literalOf(random, longText(random, 20))],
  ]);
}

function bytesLiteral(random: Random): string {
  if (random.chance(20)) return `("${someBytes(random).toString("base64")}" | b64dec)`;
  const part = () =>
    random.weighted([
      [2, () => literalBody(plainText(random))],
      [1, () => halves(random)],
      [2, () => `\\x${random.int(0x80, 0xff).toString(16)}`],
      [
        1,
        () =>
          random.pick([
            "\\xc3",
            "\\xe2\\x82",
            "\\xed\\xa0\\x80",
            "\\xf0\\x9f\\x8e",
            "\\xff",
            "\\xc0\\x80",
            "\\xa9",
          ]),
      ],
    ]);
  return `"${random.times(1, 4, part).join("")}"`;
}

/** The bytes of a character with something between them: without it they are one. */
function halves(random: Random): string {
  const between = random.pick(["", "x", " ", "-", ",", "\\n", "ab", "é", "\\xc3"]);
  return random
    .pick(["\\xc3|\\xa9", "\\xe2|\\x82\\xac", "\\xe2\\x82|\\xac", "\\xf0\\x9f|\\x8e\\x89"])
    .replace("|", between);
}

function literalBody(text: string): string {
  return text.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
}

const show = (call: string) => `{{ ${call} | printf "%q" }}`;

function changed(random: Random): string {
  const name = random.pick(
    "upper lower title untitle swapcase snakecase camelcase kebabcase initials nospace trim quote squote sha1sum adler32sum sha256sum html js urlquery regexQuoteMeta toString cat".split(
      " ",
    ),
  );
  const text = subject(random);
  return random.chance(50)
    ? show(`${name} ${text}`)
    : show(
        `${text} | ${name} | ${random.pick(["upper", "title", "camelcase", "quote", "b64enc"])}`,
      );
}

function cut(random: Random): string {
  const text = subject(random);
  const size = () =>
    String(
      random.weighted([
        [8, () => random.int(0, 12)],
        [2, () => random.int(-12, 0)],
        [2, () => random.int(13, 90)],
      ]),
    );
  const part = () => literalOf(random, textOf(random, random.pick(["cutset", "separator"])));
  return show(
    random.pick([
      () => `wrap ${size()} ${text}`,
      () => `wrap ${random.int(10, 80)} ${literalOf(random, longText(random, 80))}`,
      () => `wrapWith ${size()} ${part()} ${text}`,
      () => `wrapWith ${random.int(10, 80)} ${part()} ${literalOf(random, longText(random, 20))}`,
      () => `abbrev ${size()} ${text}`,
      () => `abbrevboth ${size()} ${size()} ${text}`,
      () => `substr ${size()} ${size()} ${text}`,
      () => `trunc ${size()} ${text}`,
      () => `trimAll ${random.chance(30) ? subject(random) : part()} ${text}`,
      () => `${random.pick(["trimSuffix", "trimPrefix"])} ${part()} ${text}`,
      () => `${random.pick(["contains", "hasPrefix", "hasSuffix"])} ${part()} ${text} | toString`,
      () => `${random.pick(["indent", "nindent"])} ${random.int(0, 5)} ${text}`,
      () => `replace ${part()} ${random.chance(50) ? subject(random) : part()} ${text}`,
      () => `repeat ${random.int(0, 4)} ${text}`,
      () => `cat ${text} ${subject(random)} ${numeralOf(random)}`,
      () => `plural ${text} ${subject(random)} ${random.int(-1, 2)}`,
    ])(),
  );
}

function matched(random: Random): string {
  const { pattern, subject: found } = searched(random);
  const expression = literalOf(random, pattern);
  const text = random.chance(8)
    ? subject(random)
    : random.chance(8)
      ? `"${literalBody(found)}${random.pick(["\\xff", "\\xc3", "\\xe2\\x82a"])}"`
      : literalOf(random, found);
  const must = () => random.pick(["regex", "regex", "mustRegex"]);
  const limit = () =>
    random.weighted([
      [5, () => "-1"],
      [3, () => String(random.int(0, 3))],
      [1, () => "-2"],
    ]);
  const call = random.weighted([
    [1, () => `${must()}Match ${expression} ${text} | toString`],
    [2, () => `${must()}FindAll ${expression} ${text} ${limit()}`],
    [1, () => `${must()}Find ${expression} ${text}`],
    [
      3,
      () => `${must()}ReplaceAll ${expression} ${text} ${literalOf(random, replacement(random))}`,
    ],
    [
      1,
      () =>
        `${must()}ReplaceAllLiteral ${expression} ${text} ${literalOf(random, replacement(random))}`,
    ],
    [2, () => `${must()}Split ${expression} ${text} ${limit()}`],
  ]);
  return show(call);
}

function urls(random: Random): string {
  if (random.chance(70)) {
    const text = random.chance(5)
      ? bytesLiteral(random)
      : literalOf(random, random.chance(95) ? url(random) : textOf(random, "url"));
    return `{{ $u := urlParse ${text} }}{{ printf "%q" $u }}{{ urlJoin $u | printf "%q" }}`;
  }
  const parts = urlParts(random).map(([key, text]) => `"${key}" ${literalOf(random, text)}`);
  return show(`urlJoin (dict ${parts.join(" ")})`);
}

function versions(random: Random): string {
  const text = () => literalOf(random, textOf(random, "version"));
  if (random.chance(55)) {
    return show(
      `semverCompare ${literalOf(random, random.chance(98) ? constraint(random) : version(random))} ${text()} | toString`,
    );
  }
  const method = random.weighted([
    [
      3,
      () =>
        random.pick(
          "String Value Major Minor Patch Prerelease Metadata Original IncMajor IncMinor IncPatch".split(
            " ",
          ),
        ),
    ],
    [
      2,
      () =>
        random.pick([
          "MarshalText | toString",
          "MarshalJSON | toString",
          "IncPatch.IncMinor.String",
          "IncMajor.MarshalText",
        ]),
    ],
    [
      3,
      () =>
        `${random.pick("Compare LessThan LessThanEqual GreaterThan GreaterThanEqual Equal".split(" "))} (semver ${text()})`,
    ],
    [1, () => `SetPrerelease ${literalOf(random, version(random).split("-")[1] ?? "rc.1")}`],
    [1, () => `SetMetadata ${literalOf(random, version(random).split("+")[1] ?? "b.1")}`],
  ]);
  return `{{ (semver ${text()}).${method} | printf "%v %#v" }}`;
}

function encoded(random: Random): string {
  return show(
    random.pick([
      () => `b64enc ${subject(random)}`,
      () => `b32enc ${subject(random)}`,
      () => `b64dec ${literalOf(random, base64(random))}`,
      () => `b32dec ${literalOf(random, base32(random))}`,
      () => `b64dec ${bytesLiteral(random)}`,
      () =>
        `"${someBytes(random).toString("base64")}" | b64dec | ${random.pick(["upper", "title", "trunc 3", "substr 1 4", "quote", "nospace", "initials", "snakecase", "abbrev 5", "b32enc", "sha512sum", "toJson", "html", "js", "urlquery", "len | toString"])}`,
    ])(),
  );
}

function lists(random: Random): string {
  const separator = random.chance(85)
    ? literalOf(random, textOf(random, "separator"))
    : subject(random);
  const words = random
    .times(1, 5, () => (random.chance(85) ? subject(random) : numeralOf(random)))
    .join(" ");
  return show(
    random.pick([
      () => `split ${separator} ${subject(random)}`,
      () => `splitn ${separator} ${random.int(-1, 4)} ${subject(random)}`,
      () => `splitList ${separator} ${subject(random)}`,
      () => `splitList ${separator} ${subject(random)} | join ${separator}`,
      () => `join ${separator} (list ${words})`,
      () => `sortAlpha (list ${words})`,
      () => `sortAlpha (splitList "" ${subject(random)})`,
      () => `toStrings (list ${words})`,
      () => `quote ${words}`,
      () => `squote ${words}`,
      () => `cat ${words}`,
    ])(),
  );
}

function numbers(random: Random): string {
  const name = random.pick(["atoi", "toDecimal", "int", "int64", "float64"]);
  return `{{ ${name} ${numeralOf(random)} | printf "%v %T" }}`;
}

function numeralOf(random: Random): string {
  return random.chance(80)
    ? literalOf(random, numeral(random))
    : random.pick(["1", "1.5", "-3", "1e3", "nil", "true", "0x10", "'a'", "(int64 7)", "1e21"]);
}

function paths(random: Random): string {
  const name = random.pick("base dir clean ext isAbs".split(" "));
  const os = random.chance(50) ? `os${name.charAt(0).toUpperCase()}${name.slice(1)}` : name;
  return show(`${os} ${literalOf(random, path(random))} | toString`);
}

/** Those that give the same for the same texts, or by what of them stays. */
function secrets(random: Random): string {
  const text = () =>
    random.chance(20) ? bytesLiteral(random) : literalOf(random, plainText(random));
  return random.pick([
    () => show(`decryptAES ${text()} ${literalOf(random, base64(random))}`),
    () =>
      show(
        `decryptAES ${text()} ${literalOf(random, Buffer.from(random.times(32, 32, () => random.int(0, 255))).toString("base64"))}`,
      ),
    () => show(`encryptAES ${text()} ${text()} | len | toString`),
    () => `{{ $k := ${text()} }}{{ encryptAES $k ${text()} | decryptAES $k | printf "%q" }}`,
    () => show(`buildCustomCert ${literalOf(random, base64(random))} ${text()}`),
    () => show(`genSelfSignedCertWithKey ${text()} (list ${text()}) nil 1 ${text()}`),
    () =>
      show(
        `genSignedCert ${text()} nil (list ${random.pick(["1", "nil", "true"])}) 1 ${random.pick(["nil", "dict", '"a"'])}`,
      ),
    () => show(`genCAWithKey ${text()} 1 ${text()}`),
    () => show(`genPrivateKey ${random.pick(['"x"', '"RSA"', '" rsa"'])}`),
    () => show(`htpasswd ${literalOf(random, `${plainText(random)}:`)} ${text()}`),
    () => show(`bcrypt (repeat 80 "${random.pick(["a", "é"])}")`),
    () =>
      show(
        `derivePassword 1 ${random.pick(['"x"', '""', '"LONG"', '"Pin"'])} ${text()} ${text()} ${text()}`,
      ),
  ])();
}
