/** Two orders of text: Go's byte order, and the order in which yaml.v3 writes map keys. */
import { compareStrings } from "../gotemplate/bytes.js";

/** Compares as Go compares strings: by bytes. */
export const compareBytes: (a: string, b: string) => number = compareStrings;

const LETTER = /^\p{L}$/u;
const DIGIT = /^\p{Nd}$/u;

/**
 * Compares text keys as yaml.v3 3.0.1 orders them: letters by code point, letters after other signs
 * (before them when a digit comes first), runs of digits by their value.
 */
export function compareYamlKeys(a: string, b: string): number {
  if (a === b) return 0;
  let same = 0;
  while (same < a.length && a.charCodeAt(same) === b.charCodeAt(same)) same++;
  const before = kindOf(a, same - 1);
  const x = kindOf(a, same);
  const y = kindOf(b, same);
  // Most keys differ in signs and letters of ASCII: they need not be taken apart.
  if (before === OTHER || !(x === SIGN || x === LATIN) || !(y === SIGN || y === LATIN)) {
    return compareChars([...a], [...b]);
  }
  if (x !== y) return (x === LATIN) === (before === NUMERAL) ? -1 : 1;
  return a.charCodeAt(same) - b.charCodeAt(same);
}

const SIGN = 1;
const LATIN = 2;
const NUMERAL = 3;
const OTHER = 4;

/** What stands at `index` of `text`; a sign before it, something else behind it. */
function kindOf(text: string, index: number): number {
  if (index < 0) return SIGN;
  const unit = text.charCodeAt(index);
  // Behind the end there is NaN.
  if (!(unit < 0x80)) return OTHER;
  if (unit >= 0x30 && unit <= 0x39) return NUMERAL;
  const folded = unit | 0x20;
  return folded >= 0x61 && folded <= 0x7a ? LATIN : SIGN;
}

function compareChars(left: readonly string[], right: readonly string[]): number {
  let afterDigit = false;
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const x = left[i] ?? "";
    const y = right[i] ?? "";
    if (x === y) {
      afterDigit = DIGIT.test(x);
      continue;
    }
    const xLetter = LETTER.test(x);
    const yLetter = LETTER.test(y);
    if (xLetter && yLetter) return codePoint(x) - codePoint(y);
    if (xLetter || yLetter) return xLetter === afterDigit ? -1 : 1;
    return compareNumbers(left, right, i) || codePoint(x) - codePoint(y);
  }
  return left.length - right.length;
}

/** Compares the digit runs that begin at `start` in both; 0 if they have one value and one length. */
function compareNumbers(left: readonly string[], right: readonly string[], start: number): number {
  let seed = 0;
  if (left[start] === "0" || right[start] === "0") {
    // A zero deep in a number counts as a digit of it, not as a leading zero.
    for (let j = start - 1; j >= 0 && DIGIT.test(left[j] ?? ""); j--) {
      if (left[j] !== "0") {
        seed = 1;
        break;
      }
    }
  }
  const x = digitRun(left, start, seed);
  const y = digitRun(right, start, seed);
  if (x.value !== y.value) return x.value < y.value ? -1 : 1;
  return x.end - y.end;
}

function digitRun(chars: readonly string[], start: number, seed: number) {
  let value = BigInt(seed);
  let end = start;
  // Go's int64 wraps around; so long a run of digits in a key is compared by wrapped value too.
  while (DIGIT.test(chars[end] ?? "")) {
    value = BigInt.asIntN(64, value * 10n + BigInt(codePoint(chars[end] ?? "0") - 48));
    end++;
  }
  return { value, end };
}

function codePoint(char: string): number {
  return char.codePointAt(0) ?? 0;
}
