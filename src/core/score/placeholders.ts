/**
 * Placeholders of the Score specification: `${metadata.name}`, `${resources.db.host}`, with `$$` for
 * a dollar and `$${…}` for a placeholder that stays. A lone `$` is text.
 */
import type { Problem } from "../../errors.js";
import { copyData } from "../codec/copy-data.js";
import { formatJson } from "../gotemplate/json.js";
import { type Data, type DataMap, NamedMap } from "../gotemplate/value.js";
import { ScoreError, type ScoreErrorCode } from "./error.js";

/** What a resource's outputs give for `keys`; throws where they give nothing. */
export type OutputLookup = (keys: readonly string[]) => Data;

/** What the placeholders of one workload may refer to. */
export interface PlaceholderScope {
  readonly metadata: DataMap;
  /** By the name that the workload gave the resource. */
  readonly resources: ReadonlyMap<string, OutputLookup>;
}

/**
 * `unescape`: `$$` becomes `$` and `$${x}` becomes `${x}` (files, params, volume sources; on k8s
 * everywhere). `keep`: both stay as written, since Compose unescapes them later (variables on compose).
 */
export type EscapeRule = "unescape" | "keep";

/** Gives the text for the reference between the braces. */
export type Resolve = (reference: string) => string;

/**
 * `text` with every placeholder replaced.
 * @throws {ScoreError} score_placeholder_* with all failures as problems
 */
export function substitute(
  text: string,
  resolve: Resolve,
  escapes: EscapeRule = "unescape",
): string {
  const problems: { error: ScoreError; problem: Problem }[] = [];
  let result = "";
  for (const piece of scan(text)) {
    if (piece.kind === "text") result += piece.text;
    else if (piece.kind === "escape")
      result += escapes === "keep" ? piece.text : piece.text.slice(1);
    else {
      try {
        result += resolve(piece.reference);
      } catch (error) {
        if (!(error instanceof ScoreError)) throw error;
        problems.push({ error, problem: { code: error.code, message: error.message } });
      }
    }
  }
  const first = problems[0];
  if (first === undefined) return result;
  if (problems.length === 1) throw first.error;
  const message = problems.map(({ problem }) => problem.message).join("\n");
  throw new ScoreError(first.error.code, message, { problems: problems.map((p) => p.problem) });
}

/**
 * A copy of `data` with the placeholders of all texts in it replaced; map keys stay, and so does what
 * maps of other types than Go's `map[string]interface{}` hold.
 * @throws {ScoreError} score_placeholder_*; the message begins with the path
 */
export function substituteData(data: Data, resolve: Resolve): Data {
  if (typeof data === "string") return substitute(data, resolve);
  if (Array.isArray(data)) {
    return data.map((item, i) => below(String(i), () => substituteData(item, resolve)));
  }
  if (!isPlainMap(data)) return copyData(data);
  const result: DataMap = new Map();
  for (const [key, value] of data) {
    result.set(
      key,
      below(key, () => substituteData(value, resolve)),
    );
  }
  return result;
}

/** Every reference in `text`, in order, as it stands between the braces. */
export function placeholdersIn(text: string): string[] {
  return scan(text).flatMap((piece) => (piece.kind === "reference" ? [piece.reference] : []));
}

/** Every reference that `substituteData` would replace in `data`, depth first. */
export function placeholdersInData(data: Data): string[] {
  if (typeof data === "string") return placeholdersIn(data);
  if (Array.isArray(data)) return data.flatMap(placeholdersInData);
  return isPlainMap(data) ? [...data.values()].flatMap(placeholdersInData) : [];
}

function isPlainMap(data: Data): data is DataMap {
  return data instanceof Map && !(data instanceof NamedMap);
}

/** The keys of a reference: split at dots, `\.` is a dot inside a key. */
export function splitReference(reference: string): string[] {
  return reference
    .replaceAll("\\.", "\0")
    .split(".")
    .map((part) => part.replaceAll("\0", "."));
}

/** Resolves references in `scope`; what is not text becomes JSON as Go writes it. */
export function scopeResolver(scope: PlaceholderScope): Resolve {
  return (reference) => {
    const value = lookUp(scope, reference);
    if (typeof value === "string") return value;
    try {
      return formatJson(value, { escapeHtml: true });
    } catch (cause) {
      throw refused("score_placeholder_value", reference, "the value has no JSON form", cause);
    }
  };
}

/** Looks in a resource's outputs. */
export function outputLookup(outputs: ReadonlyMap<string, Data> | undefined): OutputLookup {
  return (keys) => {
    if (keys.length === 0) {
      throw new ScoreError(
        "score_placeholder_incomplete",
        "a resource's outputs need at least one key",
      );
    }
    return descend(outputs === undefined ? null : new Map(outputs), keys);
  };
}

function lookUp(scope: PlaceholderScope, reference: string): Data {
  const [root, ...keys] = splitReference(reference);
  if (root !== "metadata" && root !== "resources") {
    const text = "unknown root, write $$ for a dollar that is no placeholder";
    throw refused("score_placeholder_root", reference, text);
  }
  const [first] = keys;
  if (first === undefined) {
    const what = root === "metadata" ? "a metadata key" : "a resource name";
    throw refused("score_placeholder_incomplete", reference, `${what} is missing`);
  }
  try {
    if (root === "metadata") return descend(scope.metadata, keys);
    const lookup = scope.resources.get(first);
    if (lookup === undefined) {
      throw new ScoreError("score_placeholder_no_resource", `no resource '${first}'`);
    }
    return lookup(keys.slice(1));
  } catch (error) {
    if (!(error instanceof ScoreError)) throw error;
    throw refused(error.code, reference, error.message, error);
  }
}

function descend(root: Data, keys: readonly string[]): Data {
  let value = root;
  for (const key of keys) {
    if (value !== null && !(value instanceof Map)) {
      const text = `cannot look up key '${key}', the value is no map`;
      throw new ScoreError("score_placeholder_not_a_map", text);
    }
    const next: Data | undefined = value?.get(key);
    if (next === undefined) {
      throw new ScoreError("score_placeholder_key", `key '${key}' not found`);
    }
    value = next;
  }
  return value;
}

function refused(
  code: ScoreErrorCode,
  reference: string,
  text: string,
  cause?: unknown,
): ScoreError {
  return new ScoreError(code, `\${${reference}}: ${text}`, { cause });
}

function below<T>(key: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof ScoreError)) throw error;
    throw new ScoreError(error.code, `${key}: ${error.message}`, {
      problems: error.problems,
      cause: error,
    });
  }
}

type Piece =
  | { kind: "text"; text: string }
  /** `$$` or `$${…}` */
  | { kind: "escape"; text: string }
  | { kind: "reference"; reference: string };

/**
 * The pieces of `text`: what the regular expression `\$((?:\$?{([^}]*)})|\$)` finds, and the rest. By
 * hand because that expression takes quadratic time on `${${${…`.
 */
function scan(text: string): Piece[] {
  const pieces: Piece[] = [];
  let textStart = 0;
  let at = text.indexOf("$");
  const lastBrace = text.lastIndexOf("}");
  const take = (piece: Piece, end: number) => {
    if (at > textStart) pieces.push({ kind: "text", text: text.slice(textStart, at) });
    pieces.push(piece);
    textStart = end;
  };
  while (at >= 0) {
    const escaped = text[at + 1] === "$";
    const open = escaped ? at + 2 : at + 1;
    if (text[open] === "{" && lastBrace > open) {
      const end = text.indexOf("}", open) + 1;
      const whole = text.slice(at, end);
      if (escaped) take({ kind: "escape", text: whole }, end);
      else take({ kind: "reference", reference: text.slice(open + 1, end - 1) }, end);
    } else if (escaped) {
      take({ kind: "escape", text: "$$" }, at + 2);
    }
    at = text.indexOf("$", Math.max(textStart, at + 1));
  }
  if (textStart < text.length) pieces.push({ kind: "text", text: text.slice(textStart) });
  return pieces;
}
