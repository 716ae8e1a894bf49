/**
 * Version constraints as Masterminds/semver v3.5.0 understands them: alternatives apart by `||`, each
 * a row of comparisons apart by spaces or commas. It differs from npm's grammar: `1.2` is `1.2.x`,
 * `!=` and `=>` exist, and a prerelease matches only an alternative that names one.
 */
import { FunctionError } from "../error.js";
import { comparePrereleases, compareVersions, parseVersion, type Version } from "./version.js";

type Operator = "" | "!=" | ">" | "<" | ">=" | "<=" | "~" | "^";

/** Which of its numbers a constraint fixes; `any` is `*`. */
type Precision = "any" | "major" | "minor" | "patch";

interface Comparison {
  readonly operator: Operator;
  /** Numbers left open are 0. */
  readonly version: Version;
  readonly precision: Precision;
}

/** Alternatives of comparisons that must all hold. */
export type Constraint = readonly (readonly Comparison[])[];

const MAX_CONSTRAINT_LENGTH = 512;
const MAX_ALTERNATIVES = 32;

/** @throws {FunctionError} for text that is no constraint, is longer than 512 bytes or has more than 32 alternatives */
export function parseConstraint(text: string): Constraint {
  if (text.length > MAX_CONSTRAINT_LENGTH) {
    throw new FunctionError(`constraint string is too long (max ${MAX_CONSTRAINT_LENGTH} bytes)`);
  }
  const alternatives = rewriteRanges(text).split("||");
  if (alternatives.length > MAX_ALTERNATIVES) {
    throw new FunctionError(`too many constraint groups (max ${MAX_ALTERNATIVES})`);
  }
  return alternatives.map(parseComparisons);
}

/** Whether one of the alternatives allows the version. */
export function allowsVersion(constraint: Constraint, version: Version): boolean {
  return constraint.some((comparisons) => {
    const namesPrerelease = comparisons.some((c) => c.version.prerelease !== "");
    if (version.prerelease !== "" && !namesPrerelease) return false;
    return comparisons.every((comparison) => holds(comparison, version));
  });
}

const SPACE = "[\\t\\n\\f\\r ]";
// `|` counts as a digit, as it does in Go: in `1||2 - 3` the range starts before the bars
const PARTIAL_NUMBER = "[0-9xX*|]+";
const IDENTIFIERS = "[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*";
const PARTIAL_VERSION = `v?${PARTIAL_NUMBER}(?:\\.${PARTIAL_NUMBER}){0,2}(?:-${IDENTIFIERS})?(?:\\+${IDENTIFIERS})?`;
const RANGE = new RegExp(
  `${SPACE}*(${PARTIAL_VERSION})${SPACE}+-${SPACE}+(${PARTIAL_VERSION})${SPACE}*`,
  "g",
);

/** `1.0 - 2.0` is `>= 1.0, <= 2.0`. */
function rewriteRanges(text: string): string {
  let rewritten = text;
  for (const [range, low = "", high = ""] of text.matchAll(RANGE)) {
    rewritten = rewritten.replace(range, () => `>= ${low}, <= ${high} `);
  }
  return rewritten;
}

const COMPARISON = new RegExp(
  `${SPACE}*(=>|=<|>=|<=|!=|~>|[=<>~^])?${SPACE}*(${PARTIAL_VERSION})`,
  "y",
);
const SEPARATOR = new RegExp(`${SPACE}*,|${SPACE}+|$`, "y");

function parseComparisons(text: string): Comparison[] {
  const comparisons: Comparison[] = [];
  let at = 0;
  do {
    COMPARISON.lastIndex = at;
    const match = COMPARISON.exec(text);
    SEPARATOR.lastIndex = COMPARISON.lastIndex;
    if (match === null || !SEPARATOR.test(text)) {
      throw new FunctionError(`improper constraint: ${JSON.stringify(text)}`);
    }
    comparisons.push(parseComparison(match[1] ?? "", match[2] ?? ""));
    at = SEPARATOR.lastIndex;
  } while (at < text.length);
  if (/,[\t\n\f\r ]*$/.test(text)) {
    throw new FunctionError(`improper constraint: ${JSON.stringify(text)}`);
  }
  return comparisons;
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  "=": "",
  "=>": ">=",
  "=<": "<=",
  "~>": "~",
};

function parseComparison(operator: string, text: string): Comparison {
  const parts = /^v?([^.+-]+)(?:\.([^.+-]+))?(?:\.([^.+-]+))?(-[^+]*)?/.exec(text) ?? [];
  const [, major = "", minor = "", patch = "", prerelease = ""] = parts;
  const precision = precisionOf(major, minor, patch);
  const known: Readonly<Record<Precision, string>> = {
    any: `0.0.0${prerelease}`,
    major: `${major}.0.0${prerelease}`,
    minor: `${major}.${minor}.0${prerelease}`,
    patch: text,
  };
  return {
    operator: OPERATORS[operator] ?? (operator as Operator),
    version: parseVersion(known[precision]),
    precision,
  };
}

function precisionOf(major: string, minor: string, patch: string): Precision {
  if (isOpen(major)) return "any";
  if (isOpen(minor)) return "major";
  return isOpen(patch) ? "minor" : "patch";
}

function isOpen(number: string): boolean {
  return /^[xX*]?$/.test(number);
}

function holds(comparison: Comparison, version: Version): boolean {
  const order = compareVersions(version, comparison.version);
  switch (comparison.operator) {
    case "":
      return comparison.precision === "patch" ? order === 0 : allowsTilde(comparison, version);
    case "!=":
      return !isSame(comparison, version);
    case ">":
      return isAbove(comparison, version);
    case "<":
      return order < 0;
    case ">=":
      return order >= 0;
    case "<=":
      return comparison.precision === "patch" ? order <= 0 : !isBeyond(comparison, version);
    case "~":
      return allowsTilde(comparison, version);
    case "^":
      return allowsCaret(comparison, version);
  }
}

/** `!=1.2` refuses all of 1.2; of a prerelease in it only the one named. */
function isSame({ precision, version: limit }: Comparison, version: Version): boolean {
  if (precision === "any" || precision === "patch") return compareVersions(version, limit) === 0;
  if (version.major !== limit.major) return false;
  if (precision === "major") return true;
  return (
    version.minor === limit.minor && comparePrereleases(version.prerelease, limit.prerelease) === 0
  );
}

/** `>1.2` begins at 1.3. */
function isAbove({ precision, version: limit }: Comparison, version: Version): boolean {
  if (precision === "any" || precision === "patch") return compareVersions(version, limit) > 0;
  if (version.major !== limit.major) return version.major > limit.major;
  return precision === "minor" && version.minor > limit.minor;
}

/** `<=1.2` ends with the last 1.2; `<=*` knows only 0.0. */
function isBeyond({ precision, version: limit }: Comparison, version: Version): boolean {
  if (version.major !== limit.major) return version.major > limit.major;
  return precision !== "major" && version.minor > limit.minor;
}

/** From the version on, within its minor number (its major one if no minor is given). `~0.0.0` allows all. */
function allowsTilde({ precision, version: limit }: Comparison, version: Version): boolean {
  if (compareVersions(version, limit) < 0) return false;
  const open = precision === "any" || precision === "patch";
  if (open && limit.major === 0n && limit.minor === 0n && limit.patch === 0n) return true;
  if (version.major !== limit.major) return false;
  return precision === "major" || version.minor === limit.minor;
}

/** From the version on, as long as the first number that is not 0 stays. */
function allowsCaret({ precision, version: limit }: Comparison, version: Version): boolean {
  if (compareVersions(version, limit) < 0 || version.major !== limit.major) return false;
  if (limit.major > 0n || precision === "major") return true;
  if (version.minor !== limit.minor) return false;
  return limit.minor > 0n || precision === "minor" || version.patch === limit.patch;
}
