/**
 * Text in camel case to words in lower case with connectors between them, as xstrings 1.5.0 does for
 * `snakecase` and `kebabcase`: "HTTPServer" to "http_server", "Bld4Floor3rd" to "bld4_floor_3rd".
 */
import {
  isBrokenByte,
  isLetter,
  isNumber,
  isPunctuation,
  isSpace,
  isUpper,
  RUNE_ERROR,
  toLower,
} from "./runes.js";

type WordKind = "none" | "number" | "upper" | "letters" | "connector" | "punctuation" | "other";

/** Runs of one kind; `upper` is a capital with the lower case letters after it, or a run of capitals. */
interface Word {
  readonly kind: WordKind;
  readonly runes: readonly string[];
  /** Index of the rune after the word. */
  readonly end: number;
}

export function joinWords(text: string, connector: string): string {
  const runes = Array.from(text);
  if (runes.length === 0) return "";
  const out: string[] = [];
  const write = (word: Word) => {
    out.push(formatWord(word, connector));
  };
  const startsWord = (word: Word) => word.kind !== "connector" && word.kind !== "punctuation";
  let word = nextWord(runes, 0);
  while (word.end < runes.length) {
    const previous = word;
    if (previous.kind !== "connector") write(previous);
    word = nextWord(runes, previous.end);
    switch (previous.kind) {
      case "connector":
        write(previous);
        break;
      case "punctuation":
        break;
      case "number":
        word = writeNumberTail(word);
        break;
      default:
        if (word.kind !== "number") {
          if (startsWord(word)) out.push(connector);
        } else if (word.end < runes.length) {
          word = writeNumber(word);
        }
    }
  }
  write(word);
  return out.join("");

  /** Letters and digits right after a number belong to it. */
  function writeNumberTail(first: Word): Word {
    let next = first;
    while (next.kind === "letters" || next.kind === "number") {
      write(next);
      next = nextWord(runes, next.end);
    }
    if (next.kind !== "none" && startsWord(next)) out.push(connector);
    return next;
  }

  /** A number after a word is part of that word, unless lower case letters follow the number. */
  function writeNumber(number: Word): Word {
    const next = nextWord(runes, number.end);
    if (next.kind === "letters") {
      out.push(connector);
      write(number);
      return writeNumberTail(next);
    }
    write(number);
    if (startsWord(next)) out.push(connector);
    return next;
  }
}

function formatWord(word: Word, connector: string): string {
  if (word.kind !== "upper" && word.kind !== "connector") return word.runes.join("");
  return word.runes
    .map((rune) => {
      if (isBroken(rune)) return RUNE_ERROR;
      if (isConnector(rune)) return connector;
      return isUpper(rune) ? toLower(rune) : rune;
    })
    .join("");
}

function nextWord(runes: readonly string[], start: number): Word {
  const first = nextValid(runes, start, RUNE_ERROR);
  if (first.rune === RUNE_ERROR) return wordOf("none", runes, start, first.end);
  if (isConnector(first.rune)) return run("connector", runes, start, first, isConnector);
  if (isPunctuation(first.rune)) return run("punctuation", runes, start, first, isPunctuation);
  if (isUpper(first.rune)) return upperWord(runes, start, first);
  if (isAlphabetic(first.rune)) return run("letters", runes, start, first, isLowerLetter);
  if (isNumber(first.rune)) return run("number", runes, start, first, isNumber);
  return run("other", runes, start, first, isOther);
}

/** "HTTP" of "HTTPStatus", or "Status". */
function upperWord(runes: readonly string[], start: number, first: Position): Word {
  const second = nextValid(runes, first.end, first.rune);
  if (second.end === first.end) return wordOf("upper", runes, start, first.end);
  if (!isUpper(second.rune)) {
    return isAlphabetic(second.rune)
      ? run("upper", runes, start, second, isLowerLetter)
      : wordOf("upper", runes, start, first.end);
  }
  let last = first;
  let at = second;
  while (at.end < runes.length) {
    const next = nextValid(runes, at.end, at.rune);
    if (!isUpper(next.rune)) {
      // the capital before a lower case letter starts the next word
      return wordOf("upper", runes, start, isAlphabetic(next.rune) ? last.end : at.end);
    }
    last = at;
    at = next;
  }
  return wordOf("upper", runes, start, at.end);
}

/** A rune and the index after it. */
interface Position {
  readonly rune: string;
  readonly end: number;
}

function run(
  kind: WordKind,
  runes: readonly string[],
  start: number,
  first: Position,
  belongs: (rune: string) => boolean,
): Word {
  let at = first;
  while (at.end < runes.length) {
    const next = nextValid(runes, at.end, at.rune);
    if (!belongs(next.rune)) break;
    at = next;
  }
  return wordOf(kind, runes, start, at.end);
}

function wordOf(kind: WordKind, runes: readonly string[], start: number, end: number): Word {
  return { kind, runes: runes.slice(start, end), end };
}

/** The next rune from `start` on that is not broken; broken bytes at the end count as `previous`. */
function nextValid(runes: readonly string[], start: number, previous: string): Position {
  for (let at = start; at < runes.length; at++) {
    const rune = runes[at] ?? "";
    if (!isBroken(rune)) return { rune, end: at + 1 };
  }
  return { rune: previous, end: runes.length };
}

function isBroken(rune: string): boolean {
  return rune === RUNE_ERROR || isBrokenByte(rune);
}

function isConnector(rune: string): boolean {
  return rune === "-" || rune === "_" || isSpace(rune);
}

function isLowerLetter(rune: string): boolean {
  return isAlphabetic(rune) && !isUpper(rune);
}

function isOther(rune: string): boolean {
  return !isConnector(rune) && !isAlphabetic(rune) && !isNumber(rune) && !isPunctuation(rune);
}

const FIRST_IDEOGRAPH = "\u3400";
const IDEOGRAPH = /[\u3400-\u4d85\u4e00-\u9fcc\u{20000}-\u{2b81d}]/u;

/** A letter, but not of the Chinese, Japanese and Korean ideographs that xstrings leaves out. */
function isAlphabetic(rune: string): boolean {
  return isLetter(rune) && (rune < FIRST_IDEOGRAPH || !IDEOGRAPH.test(rune));
}
