/**
 * Strict reading of JSON documents from outside: every key known, every value of its kind, all
 * faults reported at once by path. Bytes that are signed or hashed are accepted in canonical form
 * only (RFC 8785), so that no two readers can see different documents (duplicate keys).
 */
import { BackbarError } from "../../errors.js";
import { canonicalJson, type JsonValue } from "../codec/canonical-json.js";
import { decodeUtf8 } from "../codec/utf8.js";

export type JsonPath = readonly (string | number)[];

export interface JsonProblem {
  readonly path: JsonPath;
  readonly message: string;
}

/** How many faults of one document are reported; whoever sends more has read enough. */
const MAX_PROBLEMS = 100;

/** Brackets inside brackets; more would only serve to exhaust the stack. */
export const MAX_JSON_DEPTH = 64;

/** The value of canonical JSON `bytes`, or the reason why they are none. */
export function parseCanonicalJson(
  bytes: Uint8Array,
): { readonly value: JsonValue } | { readonly fault: string } {
  const text = decodeUtf8(bytes);
  if (text === undefined) return { fault: "not UTF-8" };
  if (jsonDepth(text) > MAX_JSON_DEPTH) return { fault: `nests deeper than ${MAX_JSON_DEPTH}` };
  try {
    const value = JSON.parse(text) as JsonValue;
    if (canonicalJson(value) === text) return { value };
  } catch {
    return { fault: "not JSON" };
  }
  return { fault: "not in canonical form (RFC 8785)" };
}

/** How deep brackets nest in `text`, which need not be valid JSON. */
function jsonDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (quoted) {
      if (char === "\\") i++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === "[" || char === "{") deepest = Math.max(deepest, ++depth);
    else if (char === "]" || char === "}") depth--;
  }
  return deepest;
}

/** Whether lists and objects nest deeper than `maxDepth` in `value`. */
export function nestsDeeper(value: JsonValue, maxDepth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (maxDepth === 0) return true;
  return Object.values(value).some((member: JsonValue) => nestsDeeper(member, maxDepth - 1));
}

/** No database keeps U+0000 in a text, and nothing that people write has it. */
export const NUL_REFUSED = "holds the character U+0000";

export interface TextRule {
  readonly maxLength?: number;
  /** Why the text is refused; undefined accepts it. */
  readonly refuse?: (text: string) => string | undefined;
}

/** A rule's `refuse` of a check that throws. */
export function refuseWhere(
  check: (text: string) => unknown,
): (text: string) => string | undefined {
  return (text) => {
    try {
      check(text);
      return undefined;
    } catch (error) {
      if (error instanceof BackbarError) return error.message;
      throw error;
    }
  };
}

/** `{ [key]: value }`, or nothing where `value` is undefined. */
export function optional<Key extends string, T>(
  key: Key,
  value: T | undefined,
): { readonly [K in Key]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: T };
}

/** One JSON object being read. Whatever is wrong goes to `problems`; `done` reports unknown keys. */
export class StrictObject {
  readonly path: JsonPath;
  readonly #problems: JsonProblem[];
  readonly #members: ReadonlyMap<string, JsonValue>;
  readonly #read = new Set<string>();

  constructor(value: JsonValue, path: JsonPath, problems: JsonProblem[]) {
    this.path = path;
    this.#problems = problems;
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    this.#members = new Map(isObject ? Object.entries(value) : []);
    if (!isObject) this.fault([], "must be an object");
  }

  fault(path: JsonPath, message: string): void {
    if (this.#problems.length >= MAX_PROBLEMS) return;
    const shown = path.map((step) => (typeof step === "string" ? step.slice(0, 100) : step));
    this.#problems.push({ path: [...this.path, ...shown], message });
  }

  has(key: string): boolean {
    return this.#members.has(key);
  }

  keys(): string[] {
    return [...this.#members.keys()];
  }

  /** The value as it stands; undefined where the key is absent. */
  raw(key: string): JsonValue | undefined {
    this.#read.add(key);
    return this.#members.get(key);
  }

  /** "" where the text is missing or wrong, which is then reported. */
  text(key: string, rule: TextRule = {}): string {
    const text = this.optionalText(key, rule);
    if (text === undefined && !this.has(key)) this.fault([key], "is missing");
    return text ?? "";
  }

  optionalText(key: string, rule: TextRule = {}): string | undefined {
    const value = this.raw(key);
    return value === undefined ? undefined : this.#checkText(value, [key], rule);
  }

  /** A whole number from `min` to `max`; `min` where it is missing or wrong, which is then reported. */
  integer(key: string, min: number, max = Number.MAX_SAFE_INTEGER): number {
    const value = this.raw(key);
    if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) {
      return value;
    }
    this.fault([key], `must be a whole number from ${min} to ${max}`);
    return min;
  }

  /** Empty where absent. */
  integers(key: string, maxItems: number, min: number, max: number): number[] {
    const items = this.#items(key, maxItems);
    const isIn = (item: JsonValue): item is number =>
      typeof item === "number" && Number.isInteger(item) && item >= min && item <= max;
    if (!items.every(isIn)) this.fault([key], `must be whole numbers from ${min} to ${max}`);
    return items.filter(isIn);
  }

  boolean(key: string, absent: boolean): boolean {
    const value = this.raw(key);
    if (value === undefined) return absent;
    if (typeof value === "boolean") return value;
    this.fault([key], "must be true or false");
    return absent;
  }

  /** Empty where absent. */
  texts(key: string, maxItems: number, rule: TextRule = {}): string[] {
    const texts: string[] = [];
    for (const [i, item] of this.#items(key, maxItems).entries()) {
      const text = this.#checkText(item, [key, i], rule);
      if (text !== undefined) texts.push(text);
    }
    return texts;
  }

  /** Undefined where absent. */
  object(key: string): StrictObject | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    return new StrictObject(value, [...this.path, key], this.#problems);
  }

  /** Empty where absent. */
  objects(key: string, maxItems: number): StrictObject[] {
    return this.#items(key, maxItems).map(
      (item, i) => new StrictObject(item, [...this.path, key, i], this.#problems),
    );
  }

  /** Reports every key that nothing has read. */
  done(): void {
    const unknown = this.keys().filter((key) => !this.#read.has(key));
    for (const key of unknown) this.fault([key], "is not a known key");
  }

  #items(key: string, maxItems: number): readonly JsonValue[] {
    const value = this.raw(key);
    if (value === undefined) return [];
    if (!Array.isArray(value)) this.fault([key], "must be a list");
    else if (value.length > maxItems) this.fault([key], `has more than ${maxItems} items`);
    else return value as readonly JsonValue[];
    return [];
  }

  #checkText(value: JsonValue, path: JsonPath, rule: TextRule): string | undefined {
    const maxLength = rule.maxLength ?? 500;
    if (typeof value !== "string") this.fault(path, "must be text");
    else if (value.length > maxLength) {
      this.fault(path, `is longer than ${maxLength} characters`);
    } else {
      const reason = value.includes("\0") ? NUL_REFUSED : rule.refuse?.(value);
      if (reason === undefined) return value;
      this.fault(path, reason);
    }
    return undefined;
  }
}
