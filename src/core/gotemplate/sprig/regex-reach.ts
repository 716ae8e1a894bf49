/**
 * How far a search may have read beyond the match that it found. A part of the pattern that still
 * hopes for a better match takes every character on its way, so the first one that nothing in the
 * pattern takes ends the search.
 */
import { RE2JS, RE2JSException } from "re2js";

/** What stands in a pattern: a piece that takes a character, flags, quoted text, all else. */
const PIECE =
  /(?<taker>\[\^?\]?(?:\[:\^?\w+:\]|\\[\s\S]|[^\]\\])*\]|\\[pPx]\{[^}]*\}|\\x[0-9a-fA-F]{2}|\\[pP]\P{Cn}|\\[0-7]{1,3}|\\[^ABCbzQE])|\(\?(?<flags>[a-zA-Z-]+)[:)]|(?<unknown>\\[CQE])|\(\?P?<\w+>|\(\?:|\{[0-9]+(?:,[0-9]*)?\}|\\[ABbz]|[()|^$*+?]|(?<char>[\s\S])/gu;

/**
 * An expression for the longest run of characters that some piece of a pattern takes; undefined where
 * the pattern cannot be told apart so simply.
 */
export function runOfTaken(pattern: string): RE2JS | undefined {
  const taken = new Set<string>();
  let takesAny = false;
  let dot = ".";
  let ignoresCase = false;
  for (const { groups = {} } of pattern.matchAll(PIECE)) {
    const { taker, unknown, char } = groups;
    if (unknown !== undefined) return undefined;
    if (groups.flags?.includes("s")) dot = "(?s:.)";
    ignoresCase ||= groups.flags?.includes("i") ?? false;
    if (taker !== undefined) taken.add(taker);
    if (char !== undefined && char !== ".") taken.add(RE2JS.quote(char));
    takesAny ||= char === ".";
  }
  if (takesAny) taken.add(dot);
  if (taken.size === 0) return undefined;
  const pieces = [...taken].join("|");
  // brackets that exclude characters take fewer without regard to case
  return compiled(ignoresCase ? `(?:(?i:${pieces})|${pieces})*` : `(?:${pieces})*`);
}

/** Brackets with an open `[:` are one piece in their pattern, but not beside others with a `:]`. */
function compiled(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    if (error instanceof RE2JSException) return undefined;
    throw error;
  }
}

/** Whether a pattern repeats nothing without end: then a match has at most a character an instruction. */
export function isBounded(pattern: string): boolean {
  return !/[*+]|,\}/.test(pattern);
}
