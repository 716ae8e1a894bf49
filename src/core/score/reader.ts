/**
 * Reads typed values out of a decoded document, as yaml.v3 fills Go structs with known fields only:
 * null is the zero value, a number or boolean is text where text is wanted, unknown keys are errors.
 */
import type { Place } from "../../errors.js";
import type { YamlDocument } from "../codec/yaml.js";
import { formatYamlPath, type YamlPath } from "../codec/yaml-path.js";
import { type Data, type DataMap, Int } from "../gotemplate/value.js";
import { ScoreError } from "./error.js";

type Source = Pick<YamlDocument, "locate" | "scalarText">;

/** A reader at the root of a parsed YAML document. */
export function readYaml(document: YamlDocument, what: string): DocumentReader {
  return new DocumentReader(document.value, [], what, document);
}

/** A reader at the root of a document of which no text is known. */
export function readDocument(data: Data, what: string): DocumentReader {
  return new DocumentReader(data, [], what, undefined);
}

export class DocumentReader {
  readonly #value: Data | undefined;
  readonly #path: YamlPath;
  readonly #what: string;
  readonly #source: Source | undefined;

  constructor(value: Data | undefined, path: YamlPath, what: string, source: Source | undefined) {
    this.#value = value;
    this.#path = path;
    this.#what = what;
    this.#source = source;
  }

  /** Whether there is something other than null. */
  get present(): boolean {
    return this.#value !== undefined && this.#value !== null;
  }

  key(name: string): DocumentReader {
    const value = this.#value instanceof Map ? this.#value.get(name) : undefined;
    return new DocumentReader(value, [...this.#path, name], this.#what, this.#source);
  }

  /** @throws {ScoreError} score_state for a key that is not in `known` */
  onlyKeys(...known: readonly string[]): void {
    for (const key of this.map().keys()) {
      if (!known.includes(key)) throw this.key(key).#refuse("an unknown key");
    }
  }

  /** A copy of the map; empty for null. */
  map(): DataMap {
    if (!this.present) return new Map();
    if (this.#value instanceof Map) return new Map(this.#value);
    throw this.#refuse("no map");
  }

  mapOf<T>(read: (at: DocumentReader) => T): Map<string, T> {
    return new Map([...this.map().keys()].map((key) => [key, read(this.key(key))]));
  }

  /** Without those that are null. */
  listOf<T>(read: (at: DocumentReader) => T): T[] {
    if (!this.present) return [];
    if (!Array.isArray(this.#value)) throw this.#refuse("no list");
    return this.#value.flatMap((item, i) =>
      item === null
        ? []
        : [read(new DocumentReader(item, [...this.#path, i], this.#what, this.#source))],
    );
  }

  texts(): string[] {
    return this.listOf((item) => item.text());
  }

  /** Text, or "" for null. */
  text(): string {
    const value = this.#value;
    if (typeof value === "string") return value;
    if (value === undefined || value === null) return "";
    const source = this.#source?.scalarText(this.#path);
    if (source !== undefined) return source;
    if (["bigint", "number", "boolean"].includes(typeof value)) return String(value);
    throw this.#refuse("no text");
  }

  optionalText(): string | undefined {
    return this.present ? this.text() : undefined;
  }

  oneOf<T extends string>(values: readonly T[]): T {
    const text = this.text();
    const found = values.find((value) => value === text);
    if (found === undefined) throw this.#refuse(`none of ${values.join(", ")}`);
    return found;
  }

  optionalBoolean(): boolean | undefined {
    if (!this.present) return undefined;
    if (typeof this.#value === "boolean") return this.#value;
    throw this.#refuse("neither true nor false");
  }

  /** A whole number; 0 for null. */
  integer(): number {
    const value = this.#value instanceof Int ? this.#value.value : this.#value;
    if (value === undefined || value === null) return 0;
    const number = typeof value === "bigint" ? Number(value) : value;
    if (typeof number === "number" && Number.isSafeInteger(number)) return number;
    throw this.#refuse("no whole number");
  }

  optionalInteger(): number | undefined {
    return this.present ? this.integer() : undefined;
  }

  #refuse(what: string): ScoreError {
    const path = formatYamlPath(this.#path);
    const place: Place = this.#source?.locate(this.#path) ?? { path };
    return new ScoreError("score_state", `${this.#what}: ${path || "the document"} is ${what}`, {
      place,
    });
  }
}
