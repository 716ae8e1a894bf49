/**
 * Search paths with wildcards, as tidwall/gjson 1.x reads them where sjson 1.2.5 hands a path on:
 * `*` (any run of characters) and `?` (one character) in keys, the first match in key order wins;
 * `#` in a list takes every entry.
 */
import type { Data } from "../gotemplate/value.js";
import { CodecError } from "./error.js";
import { compareBytes } from "./key-order.js";

const COMPLEX = /[|#@*?]/;

/** Whether `path` has a wildcard or another search sign outside of escapes. */
export function isComplexPath(path: string): boolean {
  return COMPLEX.test(path.replace(/\\./gs, ""));
}

/**
 * The places in `root` that `path` finds, as keys and indices from the root.
 * @throws {CodecError} patch_path_complex for modifiers and queries, which no patch needs
 */
export function findMatches(root: Data, path: string): (string | number)[][] {
  const parts = splitParts(path);
  // gjson finds something behind a pipe, but not the place of it.
  if (parts.includes("|")) return [];
  for (const part of parts) {
    if (part.startsWith("@") || (part.startsWith("#") && part !== "#")) {
      const text = `'${path}': modifiers and queries are no part of patch paths`;
      throw new CodecError("patch_path_complex", text);
    }
  }
  return search(root, parts, 0, []);
}

/** Splits at unescaped dots; an unescaped pipe is a part of its own. Escapes stay for the matcher. */
function splitParts(path: string): string[] {
  const parts = [""];
  for (let i = 0; i < path.length; i++) {
    const char = path[i] ?? "";
    const last = parts.length - 1;
    if (char === ".") parts.push("");
    else if (char === "|") parts.push("|", "");
    else if (char === "\\") parts[last] += char + (path[++i] ?? "");
    else parts[last] += char;
  }
  return parts;
}

function search(
  value: Data,
  parts: readonly string[],
  depth: number,
  above: readonly (string | number)[],
): (string | number)[][] {
  const part = parts[depth];
  if (part === undefined) return [[...above]];
  if (value instanceof Map) {
    for (const key of [...value.keys()].sort(compareBytes)) {
      if (!matches(key, part)) continue;
      // The first key below which the rest of the path is found, and no other.
      const found = search(value.get(key) ?? null, parts, depth + 1, [...above, key]);
      if (found.length > 0) return found;
    }
    return [];
  }
  if (!Array.isArray(value)) return [];
  if (part === "#") {
    // A final `#` is the length of the list, which is no place.
    if (depth === parts.length - 1) return [];
    return value.flatMap((entry, i) => search(entry, parts, depth + 1, [...above, i]));
  }
  const index = /^[0-9]+$/.test(part) ? Number(part) : -1;
  const entry = value[index];
  return entry === undefined ? [] : search(entry, parts, depth + 1, [...above, index]);
}

/** Glob match in linear space and without backtracking beyond the last `*`. */
function matches(text: string, pattern: string): boolean {
  const tokens = tokenize(pattern);
  const chars = [...text];
  let t = 0;
  let p = 0;
  let starAt = -1;
  let resumeAt = 0;
  while (t < chars.length) {
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
