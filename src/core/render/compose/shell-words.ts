/**
 * Splits a command line into words as go-shellwords does with its default settings: quotes and
 * backslashes as in a shell, variables and backticks left as they stand, everything from an
 * unquoted `;`, `&`, `|`, `<` or `>` dropped.
 */
import { FormError } from "./form.js";

const SPACE = new Set([" ", "\t", "\r", "\n"]);
const BREAKS = new Set([";", "&", "|", "<", ">"]);

/** @throws {FormError} for an open quote, an open `$(` or a bare parenthesis. */
export function splitShellWords(line: string, path: string): string[] {
  const fault = (): FormError => new FormError(path, `"${line}" is no command line`);
  const words: string[] = [];
  let word = "";
  let open = false;
  let escaped = false;
  // These are no stack: a double quote inside backticks opens on its own.
  let single = false;
  let double = false;
  let back = false;
  let dollar = false;

  for (const char of line) {
    if (escaped) {
      word += char;
      escaped = false;
      open = true;
      continue;
    }
    if (char === "\\") {
      if (single) word += char;
      else escaped = true;
      continue;
    }
    if (SPACE.has(char)) {
      if (single || double || back || dollar) word += char;
      else if (open) {
        words.push(word);
        word = "";
        open = false;
      }
      continue;
    }
    if (char === '"' && !single && !dollar) {
      if (double) open = true;
      double = !double;
      continue;
    }
    if (char === "'" && !double && !dollar) {
      if (single) open = true;
      single = !single;
      continue;
    }
    if (char === "`" && !single && !double && !dollar) back = !back;
    else if (char === ")" && !single && !double && !back) dollar = !dollar;
    else if (char === "(" && !single && !double && !back) {
      if (dollar || !word.endsWith("$")) throw fault();
      dollar = true;
      word += char;
      continue;
    } else if (BREAKS.has(char) && !single && !double && !back && !dollar) {
      // `2>` redirects: the digit is no word.
      if (char === ">" && /^[0-9]/.test(word)) open = false;
      break;
    }
    open = true;
    word += char;
  }
  if (escaped || single || double || back || dollar) throw fault();
  if (open) words.push(word);
  return words;
}
