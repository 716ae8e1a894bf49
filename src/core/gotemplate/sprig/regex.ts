/**
 * Sprig's regular expressions: Go's RE2 syntax and search order (leftmost-first), in linear time.
 * Without `must` a bad pattern fails too, except in `regexMatch`, where it is false.
 */
import type { RE2JS } from "re2js";
import { normalize } from "../bytes.js";
import { appended } from "../capacity.js";
import { FunctionError } from "../error.js";
import { type CallContext, GoFunction, TypedList, type Value } from "../value.js";
import { expandReplacement, type Match } from "./regex-expand.js";
import { compilePattern, type Pattern } from "./regex-pattern.js";
import { isBounded, runOfTaken } from "./regex-reach.js";
import { subjectOf } from "./regex-subject.js";

export const regexFunctions: readonly GoFunction[] = [
  new GoFunction("regexMatch", ["string", "string"], regexMatch),
  new GoFunction(
    "mustRegexMatch",
    ["string", "string"],
    (context: CallContext, pattern: string, text: string) =>
      search(context, pattern, text).matches(0),
  ),
  ...both("FindAll", ["string", "string", "int"], findAll),
  ...both("Find", ["string", "string"], find),
  ...both("ReplaceAll", ["string", "string", "string"], replaceAll),
  ...both("ReplaceAllLiteral", ["string", "string", "string"], replaceAllLiteral),
  ...both("Split", ["string", "string", "int"], split),
  new GoFunction("regexQuoteMeta", ["string"], (_: CallContext, text: string) =>
    text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&"),
  ),
];

function both(
  suffix: string,
  params: GoFunction["params"],
  call: (context: CallContext, ...args: never[]) => Value,
): GoFunction[] {
  return ["regex", "mustRegex"].map((prefix) => new GoFunction(prefix + suffix, params, call));
}

function regexMatch(context: CallContext, pattern: string, text: string): boolean {
  const compiled = compilePattern(context, pattern);
  return compiled instanceof FunctionError ? false : new Search(context, compiled, text).matches(0);
}

/** What Go's FindAll makes room for at first. */
const FIND_ALL_ROOM = 10;

/** At most `limit` matches, all if it is negative; no match is a nil list. */
function findAll(context: CallContext, pattern: string, text: string, limit: bigint): TypedList {
  const found = search(context, pattern, text).all(limit);
  context.allocate(text.length + 16 * found.length);
  const texts = found.map((match) => groupText(text, match));
  return stringList(texts.length === 0 ? null : appended(texts, FIND_ALL_ROOM));
}

function find(context: CallContext, pattern: string, text: string): string {
  const [first] = search(context, pattern, text).all(1n);
  return first === undefined ? "" : groupText(text, first);
}

function replaceAll(
  context: CallContext,
  pattern: string,
  text: string,
  replacement: string,
): string {
  const all = search(context, pattern, text);
  return replaceMatches(context, text, all.all(-1n), (match) =>
    expandReplacement(replacement, text, match, all.groupNames),
  );
}

function replaceAllLiteral(
  context: CallContext,
  pattern: string,
  text: string,
  replacement: string,
): string {
  const matches = search(context, pattern, text).all(-1n);
  return replaceMatches(context, text, matches, () => replacement);
}

function replaceMatches(
  context: CallContext,
  text: string,
  matches: readonly Match[],
  replace: (match: Match) => string,
): string {
  context.allocate(2 * text.length);
  let result = "";
  let copied = 0;
  for (const match of matches) {
    const replacement = replace(match);
    context.allocate(2 * replacement.length);
    result += text.slice(copied, match.start) + replacement;
    copied = match.end;
  }
  return normalize(result + text.slice(copied));
}

/** At most `limit` pieces, the last one uncut; 0 is a nil list. An empty match at the start cuts nothing off. */
function split(context: CallContext, pattern: string, text: string, limit: bigint): TypedList {
  const all = search(context, pattern, text);
  if (limit === 0n) return stringList(null);
  if (pattern !== "" && text === "") return stringList([""]);
  const pieces: string[] = [];
  let start = 0;
  let end = 0;
  const matches = all.all(limit);
  for (const match of matches) {
    if (limit > 0n && pieces.length === Number(limit) - 1) break;
    end = match.start;
    if (match.end !== 0) pieces.push(text.slice(start, end));
    start = match.end;
  }
  if (end !== text.length) pieces.push(text.slice(start));
  context.allocate(text.length + 16 * pieces.length);
  return stringList(appended(pieces, matches.length));
}

function stringList(items: string[] | null): TypedList {
  return new TypedList("[]string", items);
}

function groupText(text: string, match: Match): string {
  return text.slice(match.start, match.end);
}

/** @throws {FunctionError} for a bad pattern */
function search(context: CallContext, pattern: string, text: string): Search {
  const compiled = compilePattern(context, pattern);
  if (compiled instanceof FunctionError) throw compiled;
  return new Search(context, compiled, text);
}

// instructions of the program times characters of the text that count as one step
const WORK_PER_STEP = 40;
// what a search takes beside reading: its match and its groups
const STEPS_PER_SEARCH = 20;
// of a shorter text it is not worth finding out how much was read
const MIN_LONG_TEXT = 2048;

/** Matches of one pattern in one text, each search charged for the text that it may have read. */
class Search {
  readonly #context: CallContext;
  readonly #pattern: Pattern;
  readonly #text: string;
  readonly #subject: string;
  readonly #matcher: ReturnType<RE2JS["matcher"]>;
  /** The run of characters that the pattern takes, where it is of use. */
  #run: ReturnType<RE2JS["matcher"]> | undefined;
  #runEnd = 0;

  constructor(context: CallContext, pattern: Pattern, text: string) {
    this.#context = context;
    this.#pattern = pattern;
    this.#text = text;
    this.#subject = subjectOf(context, text, pattern.namesClasses);
    this.#matcher = pattern.expression.matcher(this.#subject);
  }

  get groupNames(): ReadonlyMap<string, readonly number[]> {
    return this.#pattern.groupNames;
  }

  /** Whether there is a match at or after `start`, which is then the matcher's. */
  matches(start: number): boolean {
    const { length } = this.#text;
    this.#context.charge(STEPS_PER_SEARCH + this.#stepsOver(length - start + 1));
    if (!this.#matcher.find(start)) return false;
    // what cannot have been read is given back
    if (length >= MIN_LONG_TEXT) {
      const reach = Math.min(length, this.#reach(this.#matcher.start(), this.#matcher.end()));
      this.#context.charge(-this.#stepsOver(length - reach));
    }
    return true;
  }

  #stepsOver(size: number): number {
    return Math.ceil((this.#pattern.programSize * size) / WORK_PER_STEP);
  }

  /** How far the search for a match from `start` to `end` can have read. */
  #reach(start: number, end: number): number {
    if (isBounded(this.#pattern.text)) return start + 2 * this.#pattern.programSize;
    if (end < this.#runEnd) return this.#runEnd;
    if (this.#run === undefined) {
      this.#context.charge(this.#pattern.text.length);
      this.#run = runOfTaken(this.#pattern.text)?.matcher(this.#subject);
    }
    if (this.#run === undefined) return this.#text.length;
    this.#run.find(end);
    this.#runEnd = this.#run.end() + 1;
    this.#context.charge(this.#stepsOver(this.#runEnd - end));
    return this.#runEnd;
  }

  /** At most `limit` matches, all if it is negative. An empty match right after a match does not count. */
  all(limit: bigint): Match[] {
    const found: Match[] = [];
    let at = 0;
    let previousEnd = -1;
    while ((limit < 0n || found.length < limit) && at <= this.#text.length && this.matches(at)) {
      const match = this.#current();
      if (match.start !== match.end || match.start !== previousEnd) found.push(match);
      previousEnd = match.end;
      at = match.end > at ? match.end : this.#after(at);
    }
    return found;
  }

  #current(): Match {
    const groups = Array.from({ length: this.#matcher.groupCount() + 1 }, (_, i) => {
      const start = this.#matcher.start(i);
      return start < 0 ? undefined : { start, end: this.#matcher.end(i) };
    });
    return { start: this.#matcher.start(), end: this.#matcher.end(), groups };
  }

  /** The start of the next character. */
  #after(at: number): number {
    return at + ((this.#text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
  }
}
