/**
 * Sprig's functions that change case or take words apart: Go's strings package, goutils 1.1.1
 * (`untitle`, `swapcase`, `initials`) and xstrings 1.5.0 (`camelcase`, `snakecase`, `kebabcase`).
 */
import { hasInvalidBytes } from "../bytes.js";
import { isAssigned } from "../unicode.js";
import { type CallContext, GoFunction } from "../value.js";
import { toByteText } from "./byte-text.js";
import {
  isDigit,
  isLetter,
  isLower,
  isSpace,
  isTitle,
  isUpper,
  runesOf,
  toLower,
  toTitle,
  toUpper,
} from "./runes.js";
import { joinWords } from "./words.js";

// runes that are read and changed in about the time of one step: all at once, and one by one
const RUNES_PER_STEP_WHOLE = 8;
const RUNES_PER_STEP = 2;

export const stringCaseFunctions: readonly GoFunction[] = [
  textFunction("upper", upper, RUNES_PER_STEP_WHOLE),
  textFunction("lower", lower, RUNES_PER_STEP_WHOLE),
  textFunction("title", title),
  textFunction("untitle", untitle),
  textFunction("swapcase", swapCase),
  textFunction("initials", initials),
  textFunction("camelcase", pascalCase),
  textFunction("snakecase", (text) => joinWords(text, "_")),
  textFunction("kebabcase", (text) => joinWords(text, "-")),
];

function textFunction(
  name: string,
  apply: (text: string) => string,
  runesPerStep = RUNES_PER_STEP,
): GoFunction {
  return new GoFunction(name, ["string"], (context: CallContext, text: string) => {
    // a rune can take three bytes more in the other case, and words get connectors between them
    context.allocate(4 * text.length);
    context.charge(Math.ceil(text.length / runesPerStep));
    return apply(text);
  });
}

function upper(text: string): string {
  const whole = text.toUpperCase();
  // JavaScript's mapping is another one only where it spells a rune out in more than one
  return whole.length === text.length && isCasedAlike(text, whole)
    ? whole
    : mapRunes(text, toUpper);
}

function lower(text: string): string {
  const whole = text.toLowerCase();
  // a sigma has two lower case forms in JavaScript
  const same = whole.length === text.length && !text.includes("Σ") && isCasedAlike(text, whole);
  return same ? whole : mapRunes(text, toLower);
}

/** Whether Go knows all letters of both, and all of it is valid. */
function isCasedAlike(text: string, whole: string): boolean {
  return !hasInvalidBytes(text) && isAssigned(text) && (text === whole || isAssigned(whole));
}

/** Runs `change` over the runes from first to last. */
function mapRunes(text: string, change: (rune: string) => string): string {
  return runesOf(text).map(change).join("");
}

/** Go's strings.Title: a letter after a separator goes to title case. */
function title(text: string): string {
  let previous = " ";
  return mapRunes(text, (rune) => {
    const changed = separatesWords(previous) ? toTitle(rune) : rune;
    previous = rune;
    return changed;
  });
}

function separatesWords(rune: string): boolean {
  if (isLetter(rune) || isDigit(rune)) return false;
  return rune < "\x80" ? rune !== "_" : isSpace(rune);
}

/** The first letter of every word to lower case. */
function untitle(text: string): string {
  let first = true;
  return mapRunes(text, (rune) => {
    const changed = first && !isSpace(rune) ? toLower(rune) : rune;
    first = isSpace(rune);
    return changed;
  });
}

/** Upper to lower case, lower to upper case but at the start of a word to title case. */
function swapCase(text: string): string {
  let wordStart = true;
  return mapRunes(text, (rune) => {
    if (isUpper(rune) || isTitle(rune)) {
      wordStart = false;
      return toLower(rune);
    }
    if (isLower(rune)) {
      const changed = wordStart ? toTitle(rune) : toUpper(rune);
      wordStart = false;
      return changed;
    }
    wordStart = isSpace(rune);
    return rune;
  });
}

/** The first byte of every word, each read as a rune of its own as goutils does. */
function initials(text: string): string {
  const bytes = Array.from(toByteText(text));
  return bytes
    .filter((byte, i) => !isSpace(byte) && (i === 0 || isSpace(bytes[i - 1] ?? "")))
    .join("");
}

/**
 * "some_words" to "SomeWords". Connectors in front stay, of a row of connectors inside the last is
 * dropped, and a word in capitals keeps only its first.
 */
function pascalCase(text: string): string {
  const runes = runesOf(text);
  const start = runes.findIndex((rune) => !isConnector(rune));
  // xstrings writes the last connector of a text without words twice
  if (start === -1) return runes.join("") + (runes.at(-1) ?? "");
  const out = runes.slice(0, start);
  let held = runes[start] ?? "";
  let inCapitals = isUpper(held);
  held = toUpper(held);
  for (const rune of runes.slice(start + 1)) {
    let next = rune;
    if (!isConnector(held)) {
      inCapitals &&= isUpper(rune);
      if (inCapitals) next = toLower(rune);
      out.push(held);
    } else if (isConnector(rune)) {
      out.push(held);
    } else {
      inCapitals = isUpper(rune);
      next = toUpper(rune);
    }
    held = next;
  }
  return out.join("") + held;
}

function isConnector(rune: string): boolean {
  return rune === "-" || rune === "_" || isSpace(rune);
}
