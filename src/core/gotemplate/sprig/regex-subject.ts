/** The text that is searched as Go's engine sees it, in the same UTF-16 units. */
import { RE2JS } from "re2js";
import { hasInvalidBytes } from "../bytes.js";
import { isAssigned, replaceUnassigned } from "../unicode.js";
import type { CallContext } from "../value.js";
import { runesOf } from "./runes.js";

// noncharacters: no version of Unicode assigns them
const NEVER_ASSIGNED = "\ufdd0";
const NEVER_ASSIGNED_PAIR = "\u{1fffe}";

/** What the engine's Unicode assigns, which is a later one than Go's. */
const ASSIGNED_FOR_ENGINE = RE2JS.compile("\\P{Cn}");

/**
 * Bytes that are not UTF-8 are U+FFFD. Where the pattern names Unicode classes, characters that came
 * after Go's Unicode 15.0 are in none of them.
 */
export function subjectOf(context: CallContext, text: string, namesClasses: boolean): string {
  context.allocate(2 * text.length);
  const valid = validOf(context, text);
  if (!namesClasses || isAssigned(valid)) return valid;
  context.charge(valid.length);
  return replaceUnassigned(valid, unassigned);
}

function validOf(context: CallContext, text: string): string {
  if (!hasInvalidBytes(text)) return text;
  context.charge(text.length);
  return runesOf(text).join("");
}

function unassigned(char: string): string {
  if (!ASSIGNED_FOR_ENGINE.test(char)) return char;
  return char.length === 1 ? NEVER_ASSIGNED : NEVER_ASSIGNED_PAIR;
}
