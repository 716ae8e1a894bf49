/** Regular expressions from their text, in Go's RE2 syntax; the latest ones are kept. */
import { Buffer } from "node:buffer";
import { RE2JS, RE2JSException } from "re2js";
import { hasInvalidBytes } from "../bytes.js";
import { FunctionError, TemplateError } from "../error.js";
import type { CallContext } from "../value.js";
import { engineClassNames } from "./regex-classes.js";
import { groupNumbers, uniqueGroupNames } from "./regex-names.js";

/** A compiled pattern. */
export interface Pattern {
  readonly expression: RE2JS;
  /** Instructions of its program: what a search does for a character at most. */
  readonly programSize: number;
  readonly groupNames: ReadonlyMap<string, readonly number[]>;
  /** Whether Unicode classes stand in it, such as `\pL`. */
  readonly namesClasses: boolean;
  /** The pattern as the engine has it. */
  readonly text: string;
}

// reading a pattern takes time that grows faster than its length
const MAX_PATTERN_LENGTH = 16_384;
const STEPS_PER_CHARACTER = 8;
// a class has hundreds of ranges
const STEPS_PER_CLASS = 300;
const CLASS = /\\[pP]/g;
// without regard to case every character of a range is looked up; those of ASCII are few
const STEPS_PER_WIDE_RANGE = 40_000;
const WIDE_RANGE = /-(?:\\|[^\0-\x7f])/g;
const IGNORES_CASE = /\(\?[a-zA-Z]*i/;

// a few megabytes at most: an instruction takes some hundred bytes
const MAX_KEPT = 128;
const MAX_KEPT_LENGTH = 512;
const MAX_KEPT_PROGRAM = 512;
/** Reading a pattern takes many times as long as a search. The oldest is first, and goes first. */
const kept = new Map<string, Pattern>();

/**
 * The compiled pattern, or what Go says of a bad one. It is charged alike whether it was kept or not.
 * @throws {TemplateError} template_budget_steps for a pattern that is too long
 */
export function compilePattern(context: CallContext, text: string): Pattern | FunctionError {
  if (text.length > MAX_PATTERN_LENGTH) {
    const message = `budget exceeded: a pattern longer than ${MAX_PATTERN_LENGTH} characters`;
    throw new TemplateError("template_budget_steps", message);
  }
  context.charge(readingSteps(text));
  const pattern = text.length <= MAX_KEPT_LENGTH ? keptPattern(text) : readPattern(text);
  // repetitions make long programs of short patterns
  if (!(pattern instanceof FunctionError)) context.charge(pattern.programSize);
  return pattern;
}

/** What reading the pattern costs, by what stands in it. */
function readingSteps(text: string): number {
  const classes = text.match(CLASS)?.length ?? 0;
  const wideRanges = IGNORES_CASE.test(text) ? (text.match(WIDE_RANGE)?.length ?? 0) : 0;
  return (
    STEPS_PER_CHARACTER * text.length +
    STEPS_PER_CLASS * classes +
    STEPS_PER_WIDE_RANGE * wideRanges
  );
}

function keptPattern(text: string): Pattern | FunctionError {
  const known = kept.get(text);
  if (known !== undefined) return known;
  // what was cut out of a long text would keep all of it in memory
  const own = Buffer.from(text, "utf16le").toString("utf16le");
  const pattern = readPattern(own);
  if (pattern instanceof FunctionError || pattern.programSize > MAX_KEPT_PROGRAM) return pattern;
  const [oldest] = kept.keys();
  if (kept.size >= MAX_KEPT && oldest !== undefined) kept.delete(oldest);
  kept.set(own, pattern);
  return pattern;
}

function readPattern(text: string): Pattern | FunctionError {
  if (hasInvalidBytes(text)) return new FunctionError("error parsing regexp: invalid UTF-8");
  const named = engineClassNames(text);
  if (named === undefined)
    return new FunctionError("error parsing regexp: invalid character class range");
  try {
    const unique = uniqueGroupNames(named);
    const expression = RE2JS.compile(unique.pattern);
    return {
      expression,
      programSize: expression.programSize(),
      groupNames: groupNumbers(expression.namedGroups(), unique.originals),
      namesClasses: /\\[pP]/.test(text),
      text: unique.pattern,
    };
  } catch (error) {
    if (error instanceof RE2JSException) return new FunctionError(error.message);
    throw error;
  }
}
