/**
 * Queries of tidwall/gjson 1.14.2 paths: `#(KEY OPERATOR VALUE)`. KEY is a path in the entry, empty
 * for the entry itself; the operator is one of `==` (or `=`), `!=`, `<`, `<=`, `>`, `>=`, `%` (matches
 * the pattern) and `!%`, or missing, which asks whether KEY exists; VALUE may stand in quotes, and a
 * leading `~` compares by truth.
 */
import { compareStrings } from "../gotemplate/bytes.js";
import { parseFloat64 } from "../gotemplate/number.js";
import { type Data, Int } from "../gotemplate/value.js";
import { matchesPattern, type StepBudget } from "./gjson-match.js";

export interface Query {
  readonly key: string;
  readonly operator: string;
  readonly value: string;
}

/** A query without a closing bracket: gjson asks for the empty key then. */
export const BROKEN_QUERY: Query = { key: "", operator: "", value: "" };

/**
 * The query with which `path` begins and the index after it; undefined if no bracket closes it.
 * `path` begins with `#(` or `#[`.
 */
export function parseQuery(path: string): { query: Query; end: number } | undefined {
  let valueAt = 0;
  let depth = 1;
  let escaped = false;
  let i = 2;
  for (; i < path.length; i++) {
    const char = path[i] ?? "";
    if (depth === 1 && valueAt === 0 && "!=<>%".includes(char)) {
      valueAt = i;
    } else if (char === "\\") {
      i++;
    } else if (char === "[" || char === "(") {
      depth++;
    } else if (char === "]" || char === ")") {
      depth--;
      if (depth === 0) break;
    } else if (char === '"') {
      const closing = quoteEnd(path, i);
      escaped ||= path.slice(i + 1, closing).includes("\\");
      i = closing;
    }
  }
  if (depth > 0) return undefined;
  const end = i + 1;
  if (valueAt === 0) return { query: { ...BROKEN_QUERY, key: trim(path.slice(2, i)) }, end };
  const { operator, value } = parseComparison(trim(path.slice(valueAt, i)), escaped);
  return { query: { key: trim(path.slice(2, valueAt)), operator, value }, end };
}

/** The index of the quote that closes the one at `start`, or the end of `text`. */
export function quoteEnd(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === "\\" ? 2 : 1;
  return Math.min(i, text.length);
}

function parseComparison(text: string, escaped: boolean): { operator: string; value: string } {
  let size = 1;
  if (text.length > 1) {
    if (["!=", "!%", "<=", ">=", "=="].includes(text.slice(0, 2))) size = 2;
    // A lone `!` is no operator: the key has to exist.
    else if (text[0] === "!") size = 0;
  }
  const written = text.slice(0, size);
  const value = trim(text.slice(size));
  const quoted = value.length >= 2 && value.startsWith('"') && value.endsWith('"');
  const bare = quoted ? value.slice(1, -1) : value;
  return {
    operator: written === "==" ? "=" : written,
    value: quoted && escaped ? unescapeJson(bare) : bare,
  };
}

const ESCAPES = new Map([
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ['"', '"'],
]);

/** As gjson reads JSON escapes: what follows a fault is dropped. */
function unescapeJson(text: string): string {
  let out = "";
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? "";
    if (char < " ") return out;
    if (char !== "\\") {
      out += char;
      continue;
    }
    const sign = text[++i] ?? "";
    if (sign === "u") {
      const digits = text.slice(i + 1, i + 5);
      if (digits.length < 4) return out;
      out += String.fromCharCode(/^[0-9a-fA-F]{4}$/.test(digits) ? Number.parseInt(digits, 16) : 0);
      i += 4;
      continue;
    }
    const known = ESCAPES.get(sign);
    if (known === undefined) return out;
    out += known;
  }
  return out;
}

function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && (text[start] ?? "") <= " ") start++;
  while (end > start && (text[end - 1] ?? "") <= " ") end--;
  return text.slice(start, end);
}

/**
 * Whether `value`, found by the query's key, is what the query asks for; undefined was not found.
 * @throws {CodecError} patch_path_limit
 */
export function matchesQuery(query: Query, value: Data | undefined, budget: StepBudget): boolean {
  let subject = value;
  let wanted = query.value;
  if (wanted.startsWith("~")) {
    wanted = wanted.slice(1);
    subject = isTruthy(value);
  }
  if (subject === undefined) return false;
  const { operator } = query;
  if (operator === "") return true;
  if (typeof subject === "boolean") return compareBooleans(subject, operator, wanted);
  if (typeof subject === "string") {
    if (operator === "%") return matchesPattern(subject, wanted, budget);
    if (operator === "!%") return !matchesPattern(subject, wanted, budget);
    budget.spend(Math.min(subject.length, wanted.length));
    return compare(compareStrings(subject, wanted), operator);
  }
  const number = toNumber(subject);
  if (number === undefined) return false;
  const other = readNumber(wanted);
  // Not the sign of a difference: NaN is neither less nor greater.
  if (Number.isNaN(number) || Number.isNaN(other)) return operator === "!=";
  return compare(number < other ? -1 : Number(number > other), operator);
}

function compare(order: number, operator: string): boolean {
  switch (operator) {
    case "=":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    default:
      return false;
  }
}

/** false is less than true; what is neither is less and greater than nothing, but for the bounds. */
function compareBooleans(subject: boolean, operator: string, wanted: string): boolean {
  switch (operator) {
    case "=":
      return wanted === String(subject);
    case "!=":
      return wanted !== String(subject);
    case ">":
      return subject && wanted === "false";
    case ">=":
      return subject;
    case "<":
      return !subject && wanted === "true";
    case "<=":
      return !subject;
    default:
      return false;
  }
}

function isTruthy(value: Data | undefined): boolean {
  if (typeof value === "boolean") return value;
  if (typeof value === "string") return ["1", "t", "true"].includes(value.toLowerCase());
  const number = value === undefined ? undefined : toNumber(value);
  return number !== undefined && number !== 0;
}

function toNumber(value: Data): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  return value instanceof Int ? Number(value.value) : undefined;
}

/** strconv.ParseFloat without its error: 0 for what is no number, infinite out of range. */
function readNumber(text: string): number {
  const number = parseFloat64(text);
  if (number !== undefined) return number;
  return Math.abs(Number(text)) === Number.POSITIVE_INFINITY ? Number(text) : 0;
}
