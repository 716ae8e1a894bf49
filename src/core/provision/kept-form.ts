/**
 * What templates leave in `.State` and `.Shared` as data that a state file can hold: Sprig's `set`
 * puts any of Go's values there, and maps that hold themselves.
 */
import { MAX_YAML_DEPTH } from "../codec/yaml.js";
import { formatDuration } from "../gotemplate/duration.js";
import { formatValue } from "../gotemplate/printf.js";
import { Time } from "../gotemplate/time.js";
import {
  type Data,
  type DataMap,
  Int,
  NamedInt,
  NamedString,
  Struct,
  TypedList,
  TypedMap,
  type Value,
} from "../gotemplate/value.js";
import { MAX_STATE_BYTES } from "../score/state.js";
import { OutputFormError } from "./output-form.js";

/** Levels of lists and maps; the rest of what YAML may nest stands around them in a state file. */
export const MAX_KEPT_DEPTH = MAX_YAML_DEPTH - 10;
/** Values and characters in sum: what stands in two places counts twice, as it is written twice. */
export const MAX_KEPT_VALUES = 1_000_000;
const MAX_KEPT_LENGTH = MAX_STATE_BYTES;

/**
 * `map` as data of its own. Typed lists become lists, structs maps by their JSON names, durations
 * and texts of named types text; times stay.
 * @throws {OutputFormError} for values without such a form, and where they are too many or too deep
 */
export function keptMap(map: ReadonlyMap<string, Value>): DataMap {
  return new Keeper().map(map, 0);
}

class Keeper {
  #valuesLeft = MAX_KEPT_VALUES;
  #lengthLeft = MAX_KEPT_LENGTH;

  map(entries: Iterable<readonly [string, Value]>, depth: number): DataMap {
    this.#enter(depth);
    const kept: DataMap = new Map();
    for (const [key, value] of entries) kept.set(this.#text(key), this.#value(value, depth + 1));
    return kept;
  }

  #value(value: Value, depth: number): Data {
    if (--this.#valuesLeft < 0) throw new OutputFormError(`more than ${MAX_KEPT_VALUES} values`);
    if (typeof value === "string") return this.#text(value);
    if (value === null || value === undefined) return null;
    if (typeof value !== "object" || value instanceof Time) return value;
    if (value instanceof NamedString) return this.#text(value.value);
    if (value instanceof NamedInt) return namedInt(value);
    if (value instanceof Int) return value;
    if (Array.isArray(value)) return this.#list(value, depth);
    if (value instanceof TypedList) return this.#list(value.items ?? [], depth);
    if (value instanceof Map) return this.map(value, depth);
    if (value instanceof TypedMap) return this.#typedMap(value, depth);
    if (value instanceof Struct) return this.#struct(value, depth);
    throw new OutputFormError(`${value.constructor.name} has no form that a state can hold`);
  }

  #list(items: readonly Value[], depth: number): Data[] {
    this.#enter(depth);
    return items.map((item) => this.#value(item, depth + 1));
  }

  #typedMap({ type, entries }: TypedMap, depth: number): Data {
    const all = [...(entries ?? [])];
    const texts = all.filter((entry): entry is [string, Value] => typeof entry[0] === "string");
    if (texts.length === all.length) return this.map(texts, depth);
    this.#enter(depth);
    const kept = all.map(([key, value]): [Value, Value] => [
      this.#value(key, depth + 1),
      this.#value(value, depth + 1),
    ]);
    return new TypedMap(type, new Map(kept));
  }

  #struct(struct: Struct, depth: number): Data {
    // A struct that has a text of its own is that text, as in JSON.
    if (struct.methods.has("MarshalText")) return this.#text(formatValue(struct));
    const named = [...struct.fields].map(([name, field]): [string, Value] => {
      return [struct.jsonNames.get(name) ?? name, field];
    });
    return this.map(named, depth);
  }

  #text(text: string): string {
    this.#lengthLeft -= text.length;
    if (this.#lengthLeft < 0) throw new OutputFormError(`more than ${MAX_KEPT_LENGTH} characters`);
    return text;
  }

  /** Maps that hold themselves end here too. */
  #enter(depth: number): void {
    if (depth > MAX_KEPT_DEPTH) {
      throw new OutputFormError(`values nest deeper than ${MAX_KEPT_DEPTH} levels`);
    }
  }
}

function namedInt(value: NamedInt): Data {
  return value.type === "time.Duration"
    ? formatDuration(value.value)
    : new Int(value.kind, value.value);
}
