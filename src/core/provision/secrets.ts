/**
 * Texts that must not leave by errors, findings or usage records: what random and key functions
 * made, and outputs that a recipe marks secret.
 */
import { type Data, type DataMap, Int, TypedMap } from "../gotemplate/value.js";

/** What stands in the place of a secret. */
export const MASK = "***";

/** Shorter ones are masked only where they are the whole text: `7` is part of too much. */
const MIN_PART_LENGTH = 5;

export class Secrets {
  readonly #texts = new Set<string>();
  /** Longest first; undefined after a change. */
  #sorted: readonly string[] | undefined;

  constructor(known: Iterable<string> = []) {
    for (const text of known) this.add(text);
  }

  add(text: string): void {
    if (text === "" || this.#texts.has(text)) return;
    this.#texts.add(text);
    this.#sorted = undefined;
  }

  /** Adds every text in `data`, and its numbers. */
  addData(data: Data): void {
    if (typeof data === "string") this.add(data);
    else if (typeof data === "bigint" || typeof data === "number") this.add(String(data));
    else if (data instanceof Int) this.add(String(data.value));
    else if (Array.isArray(data)) for (const item of data) this.addData(item);
    else if (data instanceof Map) for (const item of data.values()) this.addData(item);
    else if (data instanceof TypedMap) for (const text of textsIn(data)) this.add(text);
  }

  /** `text` with every secret in it masked, longest first. */
  maskText(text: string): string {
    let masked = text;
    for (const secret of this.#longestFirst()) {
      if (masked === secret) return MASK;
      if (secret.length >= MIN_PART_LENGTH) masked = masked.replaceAll(secret, MASK);
    }
    return masked;
  }

  /** `data` with every text that holds a secret replaced whole. */
  maskData(data: Data): Data {
    if (typeof data === "string") return this.#isSecret(data) ? MASK : data;
    if (data instanceof Int) return this.#texts.has(String(data.value)) ? MASK : data;
    if (typeof data === "bigint" || typeof data === "number") {
      return this.#texts.has(String(data)) ? MASK : data;
    }
    if (Array.isArray(data)) return data.map((item) => this.maskData(item));
    if (data instanceof TypedMap) return MASK;
    if (!(data instanceof Map)) return data;
    const masked: DataMap = new Map();
    for (const [key, value] of data) masked.set(this.maskText(key), this.maskData(value));
    return masked;
  }

  /** Those that stand in one of `texts`, sorted. */
  within(texts: Iterable<string>): string[] {
    const found = new Set<string>();
    for (const text of texts) {
      for (const secret of this.#texts) {
        if (!found.has(secret) && holds(text, secret)) found.add(secret);
      }
    }
    return [...found].sort();
  }

  #isSecret(text: string): boolean {
    return this.maskText(text) !== text;
  }

  #longestFirst(): readonly string[] {
    this.#sorted ??= [...this.#texts].sort((a, b) => b.length - a.length);
    return this.#sorted;
  }
}

function holds(text: string, secret: string): boolean {
  return text === secret || (secret.length >= MIN_PART_LENGTH && text.includes(secret));
}

/** Every text in `data`, keys included. */
export function* textsIn(data: Data): Generator<string, void> {
  if (typeof data === "string") yield data;
  else if (typeof data === "bigint" || typeof data === "number") yield String(data);
  else if (data instanceof Int) yield String(data.value);
  else if (Array.isArray(data)) for (const item of data) yield* textsIn(item);
  else if (data instanceof Map || data instanceof TypedMap) {
    for (const [key, value] of entriesOf(data)) {
      yield* textsIn(key);
      yield* textsIn(value);
    }
  }
}

function entriesOf(map: DataMap | TypedMap): Iterable<[Data, Data]> {
  // Maps of documents hold nothing but data, whatever the kind of their keys.
  return map instanceof Map ? map : ((map.entries ?? new Map()) as Map<Data, Data>);
}
