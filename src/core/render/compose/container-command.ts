/**
 * Commands of containers: Score does not substitute in them, Compose does. A `$` that Compose would
 * read as a variable is doubled, as score-compose 0.45.0 does it.
 */

/**
 * A `$` in front of what Compose reads as a variable, at the start of the text or behind a visible
 * character and one more that is no `$`. Others stay single: the original has this gap, and renders
 * must agree with it.
 */
const UNESCAPED = /(^|[!-~][^$])\$([\w+|{?])/gu;

/** `words` with their `$` doubled; doubling again changes nothing. */
export function escapeDollars(words: readonly string[]): string[] {
  return words.map((word) => {
    let escaped = word;
    for (let before = ""; before !== escaped; ) {
      before = escaped;
      escaped = before.replace(UNESCAPED, "$1$$$$$2");
    }
    return escaped;
  });
}
