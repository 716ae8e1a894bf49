/**
 * What Unicode 15.0 knows. Go's tables are of that version, JavaScript's of the one that its engine
 * came with: classes and case mappings of letters that came later must not be seen.
 */
import { ASSIGNED_RUNS } from "./unicode-data.js";

const RANGES = unassignedRanges().join("");
const UNASSIGNED = new RegExp(`[${RANGES}]`, "u");
const ALL_UNASSIGNED = new RegExp(`[${RANGES}]`, "gu");

/** Whether Unicode 15.0 assigns every code point of `text`. */
export function isAssigned(text: string): boolean {
  return !UNASSIGNED.test(text);
}

/** `text` up to the first character that Unicode 15.0 does not assign. */
export function assignedStart(text: string): string {
  return text.slice(0, UNASSIGNED.exec(text)?.index);
}

/** `text` with what `replace` makes of each character that Unicode 15.0 does not assign. */
export function replaceUnassigned(text: string, replace: (char: string) => string): string {
  return text.replace(ALL_UNASSIGNED, replace);
}

function unassignedRanges(): string[] {
  const ranges: string[] = [];
  let start = 0;
  for (const [i, word] of ASSIGNED_RUNS.trim().split(/\s+/).entries()) {
    const end = start + Number.parseInt(word, 36);
    if (i % 2 === 1) ranges.push(`\\u{${start.toString(16)}}-\\u{${(end - 1).toString(16)}}`);
    start = end;
  }
  return ranges;
}
