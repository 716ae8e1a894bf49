/**
 * The compiler of recipes' JSON Schemas: Ajv, with what would let a value hang or break a check
 * replaced. Patterns run on RE2 and are paid for by the character, formats look at short texts only,
 * and equality is our own: Ajv compares every pair of a list, and trips over keys such as `valueOf`.
 */
import { _, Ajv2020, type FuncKeywordDefinition, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { RE2JS } from "re2js";
import type { JsonValue } from "../codec/canonical-json.js";

/**
 * A compiler and how often it was used. Making one takes longer than compiling twenty schemas, and
 * one keeps something of all that it has compiled: so it is shared for a while, then replaced.
 */
let shared: SharedCompiler | undefined;
const MAX_USES = 200;
/** Characters of JSON of a schema that is remembered as long as its compiler. */
const MAX_REMEMBERED = 16 * 1024;

interface SharedCompiler {
  readonly ajv: Ajv2020;
  /** By the schema's JSON: versions of a recipe mostly say the same of their types. */
  readonly compiled: Map<string, ValidateFunction>;
  uses: number;
}

/** Compiles `schema`; throws where it is no valid one. */
export function compileWithAjv(schema: boolean | { [key: string]: JsonValue }): ValidateFunction {
  if (shared === undefined || shared.uses >= MAX_USES) {
    shared = { ajv: makeCompiler(), compiled: new Map(), uses: 0 };
  }
  const key = JSON.stringify(schema);
  const known = shared.compiled.get(key);
  if (known !== undefined) return known;
  shared.uses++;
  try {
    const validate = shared.ajv.compile(schema);
    if (key.length <= MAX_REMEMBERED) shared.compiled.set(key, validate);
    return validate;
  } finally {
    patterns.clear();
  }
}

function makeCompiler(): Ajv2020 {
  const ajv = new Ajv2020({
    strict: true,
    strictTypes: false,
    strictRequired: false,
    strictTuples: false,
    allErrors: true,
    messages: true,
    validateFormats: true,
    addUsedSchema: false,
    code: { regExp: Object.assign(re2, { code: "re2" }) },
    logger: false,
  });
  addFormats.default(ajv);
  for (const [name, format] of Object.entries(ajv.formats)) {
    if (!ANY_LENGTH.has(name)) ajv.addFormat(name, forShortTexts(format));
  }
  for (const keyword of EQUALITY) {
    ajv.removeKeyword(String(keyword.keyword));
    ajv.addKeyword(keyword);
  }
  return ajv;
}

/** Raised where a check would take too long. */
export class SchemaBudgetError extends Error {
  override readonly name = "SchemaBudgetError";
}

/** What the patterns of one check may take: characters read, times instructions of the pattern. */
const MAX_PATTERN_STEPS = 20_000_000;
let patternSteps = 0;

/** Runs one check with a budget of its own. */
export function withPatternBudget<T>(check: () => T): T {
  patternSteps = 0;
  return check();
}

interface Pattern {
  test(text: string): boolean;
  toString(): string;
}

/** Those of the schema that is being compiled: one may stand in thousands of places. */
const patterns = new Map<string, Pattern>();

function re2(pattern: string): Pattern {
  const known = patterns.get(pattern) ?? compilePattern(pattern);
  patterns.set(pattern, known);
  return known;
}

/** RE2 never backtracks: a publisher's pattern takes time linear in the text. */
function compilePattern(pattern: string): Pattern {
  const compiled = RE2JS.compile(pattern);
  const size = compiled.programSize();
  return {
    test: (text) => {
      patternSteps += (text.length + 1) * size;
      if (patternSteps > MAX_PATTERN_STEPS)
        throw new SchemaBudgetError("too much text for patterns");
      return compiled.matcher(text).find();
    },
    // Ajv keeps patterns by their text: without it, all would be taken for the first.
    toString: () => pattern,
  };
}

/** What the formats name is never longer; some of their expressions take time quadratic in the text. */
const MAX_FORMATTED_LENGTH = 2048;
const ANY_LENGTH = new Set(["binary", "byte", "password"]);

type Format = Parameters<Ajv2020["addFormat"]>[1];

function forShortTexts(format: Format | undefined): Format {
  if (format instanceof RegExp) return (text) => isShort(text) && format.test(text);
  if (typeof format === "function") return (text) => isShort(text) && format(text) === true;
  if (typeof format !== "object" || format === null || !("validate" in format))
    return format ?? true;
  const { validate, type } = format;
  // Formats of numbers look at no text.
  if (type === "number") return format;
  const inner = forShortTexts(validate as Format);
  return typeof inner === "function" ? inner : true;
}

function isShort(text: string): boolean {
  return text.length <= MAX_FORMATTED_LENGTH;
}

const EQUALITY: readonly FuncKeywordDefinition[] = [
  {
    keyword: "const",
    errors: false,
    error: { message: "must be equal to constant" },
    compile: (wanted: unknown) => (data: unknown) => sameJson(wanted, data),
  },
  {
    keyword: "enum",
    schemaType: "array",
    errors: false,
    error: {
      message: "must be equal to one of the allowed values",
      params: ({ schemaCode }) => _`{allowedValues: ${schemaCode}}`,
    },
    compile: (allowed: readonly unknown[]) => {
      if (allowed.length === 0) throw new Error("enum must have at least one value");
      return (data: unknown) => allowed.some((value) => sameJson(value, data));
    },
  },
  {
    keyword: "uniqueItems",
    type: "array",
    schemaType: "boolean",
    errors: false,
    error: { message: "must NOT have duplicate items" },
    compile: (wanted: boolean) => (data: readonly unknown[]) => !wanted || areUnique(data),
  },
];

/** Whether two JSON values are equal; looks no further than `wanted` goes. */
function sameJson(wanted: unknown, data: unknown): boolean {
  if (typeof wanted !== "object" || wanted === null) return wanted === data;
  if (typeof data !== "object" || data === null) return false;
  if (Array.isArray(wanted) !== Array.isArray(data)) return false;
  const members = Object.entries(wanted);
  const others = new Map(Object.entries(data));
  return (
    members.length === others.size &&
    members.every(([key, member]) => others.has(key) && sameJson(member, others.get(key)))
  );
}

/** Equal items have one text, so that the time is linear in the list's size. */
function areUnique(items: readonly unknown[]): boolean {
  let foreign = 0;
  const texts = items.map((item) => identity(item, () => `#${foreign++}`));
  return new Set(texts).size === items.length;
}

/** A text that equal JSON values have in common; what is no JSON value has the text of `unlike`. */
function identity(value: unknown, unlike: () => string): string {
  if (typeof value === "symbol") return unlike();
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => identity(item, unlike)).join()}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  const texts = members.map(([key, item]) => `${JSON.stringify(key)}:${identity(item, unlike)}`);
  return `{${texts.join()}}`;
}
