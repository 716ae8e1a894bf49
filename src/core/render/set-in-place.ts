/**
 * What a patch template has set in manifests in place, as the data that yaml.v3 would write of it.
 * Whatever value a template can have may stand there, in itself too.
 */
import { MAX_YAML_DEPTH } from "../codec/yaml.js";
import { childPath, formatYamlPath, parseYamlPath } from "../codec/yaml-path.js";
import { typeName } from "../gotemplate/kind.js";
import { Time } from "../gotemplate/time.js";
import {
  type Data,
  type DataMap,
  Int,
  NamedString,
  Struct,
  TypedList,
  TypedMap,
  type Value,
} from "../gotemplate/value.js";

/** Raised for what cannot be written; the caller knows which template has set it. */
export class UnwritableError extends Error {
  override readonly name = "UnwritableError";
  /** From the list of manifests on. */
  readonly path: string;
  constructor(path: string, reason: string) {
    super(`manifests.${path}: ${reason}`);
    this.path = path;
  }
}

/** Characters of all texts, each value counting for 64: one value may stand in many places. */
const MAX_SIZE = 128 * 1024 * 1024;
const VALUE_SIZE = 64;
/** Of a path that is too deep. */
const SHOWN_KEYS = 5;

/**
 * Copies of the manifests, which hold data alone.
 * @throws {UnwritableError} for values that are no data, and for what is too deep or too large
 */
export function writableManifests(manifests: readonly DataMap[]): DataMap[] {
  const reading = new Reading();
  return manifests.map((manifest, i) => reading.map(manifest, String(i), 0));
}

class Reading {
  #left = MAX_SIZE;

  map(map: ReadonlyMap<string, Value>, path: string, depth: number): DataMap {
    const entries = [...map].map(([key, member]) => {
      return [key, this.#member(key, member, path, depth)] as const;
    });
    return new Map(entries);
  }

  #member(key: string | number, member: Value, path: string, depth: number): Data {
    this.#charge(typeof key === "string" ? key.length : 0, path);
    return this.#data(member, childPath(path, key), depth + 1);
  }

  #data(value: Value, path: string, depth: number): Data {
    if (depth > MAX_YAML_DEPTH) {
      const start = formatYamlPath(parseYamlPath(path).slice(0, SHOWN_KEYS));
      throw new UnwritableError(start, `deeper than ${MAX_YAML_DEPTH} levels`);
    }
    this.#charge(typeof value === "string" ? value.length : 0, path);
    if (Array.isArray(value)) return this.#list(value, path, depth);
    if (value instanceof TypedList) return this.#list(value.items ?? [], path, depth);
    if (value instanceof Map) return this.map(value, path, depth);
    if (value instanceof TypedMap) return this.#typedMap(value, path, depth);
    if (value instanceof NamedString) return value.value;
    if (value instanceof Struct && !value.methods.has("MarshalText")) {
      return this.map(writtenFields(value), path, depth);
    }
    if (value === null || value instanceof Int || value instanceof Time) return value;
    if (typeof value !== "object") return value;
    throw new UnwritableError(path, `a ${typeName(value)} cannot stand in a manifest`);
  }

  #list(items: readonly Value[], path: string, depth: number): Data[] {
    return items.map((item, i) => this.#member(i, item, path, depth));
  }

  /** Such as map[string]string; with other keys than text it stays what it is. */
  #typedMap(map: TypedMap, path: string, depth: number): Data {
    const entries = [...(map.entries ?? [])].map(([key, member]) => {
      return [key, this.#member(String(key), member, path, depth)] as const;
    });
    const texts = entries.flatMap(([key, member]) =>
      typeof key === "string" ? [[key, member] as const] : [],
    );
    return texts.length === entries.length
      ? new Map(texts)
      : new TypedMap(map.type, new Map(entries), map.zero);
  }

  #charge(length: number, path: string): void {
    this.#left -= length + VALUE_SIZE;
    if (this.#left < 0) throw new UnwritableError(path, "the manifests are too large");
  }
}

/** As yaml.v3 names them. */
function writtenFields({ fields }: Struct): ReadonlyMap<string, Value> {
  const exported = [...fields].filter(([name]) => /^\p{Lu}/u.test(name));
  return new Map(exported.map(([name, field]) => [name.toLowerCase(), field]));
}
