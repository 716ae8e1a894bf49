/**
 * Texts that must not leave by errors, findings or usage records: what random and key functions
 * made, and outputs that a recipe marks secret.
 */
import { quote } from "../gotemplate/quote.js";
import { type Data, type DataMap, Int, TypedMap } from "../gotemplate/value.js";
import { TextIndex } from "./text-index.js";

/** What stands in the place of a secret. */
export const MASK = "***";

/** The same in every key. */
const PEM_BOUNDARY = /^-----/;

/** Shorter lines of a secret are too common to be secrets of their own. */
const MIN_LINE_LENGTH = 8;

export class Secrets {
  readonly #texts = new Set<string>();
  /** Short texts are masked only where they are the whole text: `7` is part of too much. */
  readonly #parts = new TextIndex();
  /** Lines and quoted forms of secrets, and what they are of. */
  readonly #forms = new Map<string, string>();

  /** Those that were added as they are, in order. */
  readonly given: string[] = [];

  constructor(known: Iterable<string> = []) {
    for (const text of known) this.add(text);
  }

  /** Adds `text`, what Go's `%q` makes of it, and the lines of a text that has several. */
  add(text: string): void {
    if (text === "" || this.#texts.has(text)) return;
    this.given.push(text);
    this.#keep(text);
    const quoted = quote(text).slice(1, -1);
    if (quoted !== text) this.#keepForm(quoted, text);
    if (!text.includes("\n")) return;
    for (const line of text.split("\n")) {
      const trimmed = line.trim();
      if (trimmed.length >= MIN_LINE_LENGTH && !PEM_BOUNDARY.test(trimmed)) {
        this.#keepForm(trimmed, text);
      }
    }
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

  has(text: string): boolean {
    return this.#texts.has(text);
  }

  /** `text` up to `limit` with every secret in it masked, those that overlap as one. */
  maskText(text: string, limit = text.length): string {
    if (this.#texts.has(text)) return MASK;
    let masked = "";
    let kept = 0;
    for (const { start, end } of this.#parts.spans(text, limit)) {
      masked += text.slice(kept, start) + MASK;
      kept = end;
    }
    return masked + text.slice(kept, Math.max(kept, limit));
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

  /** Those that stand in one of `texts`, sorted; forms of them are left out. */
  within(texts: Iterable<string>): string[] {
    const found = new Set<string>();
    for (const text of texts) {
      if (this.#texts.has(text)) found.add(text);
      this.#parts.collect(text, found);
    }
    return [...found].filter((text) => !found.has(this.#forms.get(text) ?? "")).sort();
  }

  #isSecret(text: string): boolean {
    return this.#texts.has(text) || this.#parts.spans(text).length > 0;
  }

  #keep(text: string): void {
    this.#texts.add(text);
    this.#parts.add(text);
  }

  #keepForm(form: string, text: string): void {
    if (this.#texts.has(form)) return;
    this.#forms.set(form, text);
    this.#keep(form);
  }
}

/** Every text in `data`, keys included, added to `texts`. */
export function textsIn(data: Data, texts: string[] = []): string[] {
  if (typeof data === "string") texts.push(data);
  else if (typeof data === "bigint" || typeof data === "number") texts.push(String(data));
  else if (data instanceof Int) texts.push(String(data.value));
  else if (Array.isArray(data)) for (const item of data) textsIn(item, texts);
  else if (data instanceof Map || data instanceof TypedMap) {
    for (const [key, value] of entriesOf(data)) {
      textsIn(key, texts);
      textsIn(value, texts);
    }
  }
  return texts;
}

function entriesOf(map: DataMap | TypedMap): Iterable<[Data, Data]> {
  // Maps of documents hold nothing but data, whatever the kind of their keys.
  return map instanceof Map ? map : ((map.entries ?? new Map()) as Map<Data, Data>);
}
