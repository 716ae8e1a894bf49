/** Templates that are not well formed: pieces of the language put, left out or exchanged anywhere. */
import type { Random } from "./random.js";

const PIECES = [
  "{{",
  "{{-",
  "{{- ",
  "}}",
  "-}}",
  " -}}",
  "|",
  ",",
  ":=",
  "=",
  ":",
  "(",
  ")",
  ".",
  ".a",
  "$",
  "$x",
  "$é",
  '"',
  "`",
  "'",
  "/*",
  "*/",
  "{{/* c */}}",
  "{{- /* c */ -}}",
  "{{/* c */ }}",
  "@",
  "\\",
  "+",
  "-",
  "\u0001",
  "é",
  "\u00a0",
  "🎉",
  "\n",
  "\r\n",
  " ",
  "0x",
  "1i",
  "end",
  "else",
  "if",
  "with",
  "range",
  "nil",
  "nope",
  "break",
  "define",
  "template",
  "block",
  "{{end}}",
  "{{else}}",
  "{{else if 1}}",
  "{{else with 1}}",
  "{{break}}",
  "{{continue}}",
  "{{define `d`}}",
  "{{block `k` .}}",
  "{{template `nope`}}",
] as const;

const TOKEN = /\{\{-?|-?\}\}|[\w.$]+|\s+|./gsu;

/** One or two changes that most likely end in an error. */
export function damage(random: Random, template: string): string {
  const tokens = template.match(TOKEN) ?? [];
  for (let i = random.int(1, 2); i > 0; i--) {
    const at = random.int(0, tokens.length);
    const count = random.pick([0, 0, 1, 1, 2]);
    const added = random.chance(75) ? [random.pick(PIECES)] : [];
    tokens.splice(at, count, ...added);
  }
  return tokens.join("");
}
