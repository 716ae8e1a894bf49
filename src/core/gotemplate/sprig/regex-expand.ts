/** The `$` references in the replacement text of Go's Regexp.ReplaceAllString. */
import { assignedStart } from "../unicode.js";

interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Match extends Span {
  /** By number, 0 is the whole match; undefined for a group that took no part. */
  readonly groups: readonly (Span | undefined)[];
}

// a name is as long as it can be, so $1x is a group named 1x; $ before anything else stays
const REFERENCE = /\$(?:(\$)|([\p{L}\p{Nd}_]+)|\{([\p{L}\p{Nd}_]+)\})/gu;

/** `replacement` with `$1`, `${1}`, `$name`, `${name}` and `$$` replaced; unknown groups are empty. */
export function expandReplacement(
  replacement: string,
  text: string,
  match: Match,
  groupNames: ReadonlyMap<string, readonly number[]>,
): string {
  return replacement.replace(REFERENCE, (all, dollar?: string, bare?: string, braced?: string) => {
    if (dollar !== undefined) return "$";
    const written = bare ?? braced ?? "";
    // a letter that Go does not know ends a name
    const name = assignedStart(written);
    if (name === "" || (bare === undefined && name !== written)) return all;
    const group = groupOf(name, match, groupNames);
    const found = group === undefined ? "" : text.slice(group.start, group.end);
    return found + written.slice(name.length);
  });
}

/** Digits are a number only without leading zeros; of several groups with the name the first that took part counts. */
function groupOf(
  name: string,
  match: Match,
  groupNames: ReadonlyMap<string, readonly number[]>,
): Span | undefined {
  if (/^(?:0|[1-9][0-9]{0,7})$/.test(name)) return match.groups[Number(name)];
  const number = groupNames.get(name)?.find((each) => match.groups[each] !== undefined);
  return number === undefined ? undefined : match.groups[number];
}
