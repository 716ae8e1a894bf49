/**
 * The wildcard match of tidwall/match 1.1.1, as gjson uses it for keys and for the operator `%`: `*`
 * is any run of characters, `?` one character, `\` takes the next one literally. No more than one
 * `*` is ever gone back to, so the steps are at most the product of both lengths; they are counted.
 */
import { CodecError } from "./error.js";

/** The search of one path takes no more steps than this. */
export const MAX_SEARCH_STEPS = 20_000_000;

/** Counts the steps of one search. */
export class StepBudget {
  #left = MAX_SEARCH_STEPS;

  /** @throws {CodecError} patch_path_limit */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left >= 0) return;
    const text = `a patch path takes more than ${MAX_SEARCH_STEPS} steps to find`;
    throw new CodecError("patch_path_limit", text);
  }
}

/**
 * Whether the whole of `text` matches `pattern`.
 * @throws {CodecError} patch_path_limit
 */
export function matchesPattern(text: string, pattern: string, budget: StepBudget): boolean {
  const tokens = tokenize(pattern);
  const chars = [...text];
  budget.spend(tokens.length + chars.length);
  let t = 0;
  let p = 0;
  let starAt = -1;
  let resumeAt = 0;
  while (t < chars.length) {
    budget.spend(1);
    const token = tokens[p];
    if (token?.kind === "any") {
      starAt = p++;
      resumeAt = t;
    } else if (token !== undefined && (token.kind === "one" || token.char === chars[t])) {
      p++;
      t++;
    } else if (starAt >= 0) {
      p = starAt + 1;
      t = ++resumeAt;
    } else {
      return false;
    }
  }
  while (tokens[p]?.kind === "any") p++;
  return p === tokens.length;
}

type Token = { kind: "any" } | { kind: "one" } | { kind: "char"; char: string };

function tokenize(pattern: string): Token[] {
  const tokens: Token[] = [];
  const chars = [...pattern];
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] ?? "";
    if (char === "*") tokens.push({ kind: "any" });
    else if (char === "?") tokens.push({ kind: "one" });
    else tokens.push({ kind: "char", char: char === "\\" ? (chars[++i] ?? "") : char });
  }
  return tokens;
}
