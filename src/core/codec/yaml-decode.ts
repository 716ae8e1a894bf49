/**
 * From nodes to values, as yaml.v3 3.0.1 decodes into `interface{}`: duplicate keys, merge keys (`<<`),
 * aliases, explicit tags, and maps whose keys are not all text.
 */
import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Scalar,
  type YAMLMap,
} from "yaml";
import type { Place } from "../../errors.js";
import { fromBytes } from "../gotemplate/bytes.js";
import { Time } from "../gotemplate/time.js";
import { type Data, type DataMap, Int, TypedMap, type Value } from "../gotemplate/value.js";
import { CodecError, type CodecErrorCode } from "./error.js";
import { resolveScalar } from "./yaml-scalar.js";

export interface DecodeOptions {
  readonly maxDepth: number;
  readonly maxAliasNodes: number;
  readonly placeAt: (offset: number) => Place;
}

export interface Decoded {
  readonly value: Data;
  /** What each alias of the document stands for. */
  readonly targets: ReadonlyMap<Alias, Node>;
}

/**
 * The value of the document with the root node `root` (null for an empty one).
 * @throws {CodecError} yaml_duplicate_key, yaml_alias, yaml_merge, yaml_tag, yaml_key, yaml_limit_*
 */
export function decodeNode(root: Node | null, options: DecodeOptions): Decoded {
  const targets = new Map<Alias, Node>();
  bindAliases(root, new Map(), targets, options);
  return { value: new Decoder(targets, options).decode(root, 0), targets };
}

/** Text of a scalar as it stands, after quotes and folding. */
export function keyText(node: Scalar): string {
  return node.source ?? String(node.value ?? "");
}

/** Whether `node` as a key means "merge what follows". */
export function isMergeKey(node: Node | null): boolean {
  if (!isScalar(node) || keyText(node) !== "<<") return false;
  const tag = shortTag(node.tag);
  return tag === "!!merge" || (tag === "" && isPlain(node));
}

/** An alias means the last node before it with its anchor; aliases are bound in document order. */
function bindAliases(
  node: Node | null,
  anchors: Map<string, Node>,
  targets: Map<Alias, Node>,
  options: DecodeOptions,
): void {
  if (node === null) return;
  if (isAlias(node)) {
    const target = anchors.get(node.source);
    if (target === undefined) {
      throw failure("yaml_alias", `unknown anchor '${node.source}'`, node, options);
    }
    targets.set(node, target);
    return;
  }
  if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined) {
    anchors.set(node.anchor, node);
  }
  if (isSeq(node)) {
    for (const item of node.items) bindAliases(item as Node | null, anchors, targets, options);
  } else if (isMap(node)) {
    for (const pair of node.items) {
      bindAliases(pair.key as Node | null, anchors, targets, options);
      bindAliases(pair.value as Node | null, anchors, targets, options);
    }
  }
}

class Decoder {
  readonly #targets: ReadonlyMap<Alias, Node>;
  readonly #options: DecodeOptions;
  /** Aliases being expanded, to find one inside itself. */
  readonly #open = new Set<Alias>();
  #aliasNodes = 0;

  constructor(targets: ReadonlyMap<Alias, Node>, options: DecodeOptions) {
    this.#targets = targets;
    this.#options = options;
  }

  decode(node: Node | null, depth: number): Data {
    if (depth > this.#options.maxDepth) {
      const message = `the YAML text nests deeper than ${this.#options.maxDepth} levels`;
      throw this.#failure("yaml_limit_depth", message, node);
    }
    if (this.#open.size > 0 && ++this.#aliasNodes > this.#options.maxAliasNodes) {
      const message = `aliases repeat more than ${this.#options.maxAliasNodes} nodes`;
      throw this.#failure("yaml_limit_aliases", message, node);
    }
    if (node === null) return null;
    if (isAlias(node)) return this.#expand(node, (target) => this.decode(target, depth + 1));
    if (isScalar(node)) return this.#scalar(node);
    if (isSeq(node)) return node.items.map((item) => this.decode(item as Node | null, depth + 1));
    if (isMap(node)) return this.#map(node, depth);
    throw this.#failure("yaml_syntax", "a node of unknown kind", node);
  }

  #expand<T>(alias: Alias, use: (target: Node | null) => T): T {
    if (this.#open.has(alias)) {
      throw this.#failure("yaml_alias", `anchor '${alias.source}' contains itself`, alias);
    }
    this.#open.add(alias);
    const result = use(this.#targets.get(alias) ?? null);
    this.#open.delete(alias);
    return result;
  }

  #scalar(node: Scalar): Data {
    const text = keyText(node);
    const tag = shortTag(node.tag);
    if (tag === "" && !isPlain(node)) return this.#checkText(text, node);
    try {
      const resolved = resolveScalar(tag, text);
      if (resolved.tag === "!!binary") return this.#binary(text, node);
      return typeof resolved.value === "string"
        ? this.#checkText(resolved.value, node)
        : resolved.value;
    } catch (error) {
      if (error instanceof CodecError) throw this.#failure(error.code, error.message, node);
      throw error;
    }
  }

  /** Refuses halves of surrogate pairs, which escapes such as `\ud800` would make. */
  #checkText(text: string, node: Scalar): string {
    if (!/\p{Surrogate}/u.test(text)) return text;
    throw this.#failure("yaml_syntax", "an escape that is no Unicode character", node);
  }

  #binary(text: string, node: Scalar): string {
    // Go's decoder skips line ends and nothing else.
    const digits = text.replace(/[\r\n]/g, "");
    if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(digits)) {
      throw this.#failure("yaml_tag", "!!binary holds no valid base64", node);
    }
    return fromBytes(Buffer.from(digits, "base64"));
  }

  #map(node: YAMLMap, depth: number): Data {
    this.#checkUnique(node);
    if (node.items.every((pair) => this.#isTextKey(pair.key as Node | null))) {
      const map: DataMap = new Map();
      this.#fillText(map, node, undefined, depth);
      return map;
    }
    const entries = new Map<Value, Value>();
    this.#fillAny(entries, new Map(), node, undefined, depth);
    return new TypedMap("map[interface {}]interface {}", entries);
  }

  /** yaml.v3 compares keys by kind and source text: `1` and `"1"` are duplicates, and so are two maps. */
  #checkUnique(node: YAMLMap): void {
    const seen = new Set<string>();
    for (const pair of node.items) {
      const key = pair.key as Node | null;
      const id = keyId(key);
      if (seen.has(id)) {
        const text = isScalar(key) ? `key "${keyText(key)}"` : "key";
        throw this.#failure("yaml_duplicate_key", `${text} is already defined`, key ?? node);
      }
      seen.add(id);
    }
  }

  #isTextKey(key: Node | null): boolean {
    const node = isAlias(key) ? (this.#targets.get(key) ?? null) : key;
    if (!isScalar(node)) return false;
    const tag = shortTag(node.tag);
    if (tag !== "") return tag === "!!str" || tag === "!!merge";
    return !isPlain(node) || isMergeKey(node) || resolveScalar("", keyText(node)).tag === "!!str";
  }

  /**
   * Fills a map with text keys. While a merge source is read, `taken` holds the keys that stand
   * already and win.
   */
  #fillText(map: DataMap, node: YAMLMap, taken: Set<string> | undefined, depth: number): void {
    let merge: Node | null | undefined;
    for (const pair of node.items) {
      const keyNode = pair.key as Node | null;
      if (isMergeKey(keyNode)) {
        merge = pair.value as Node | null;
        continue;
      }
      const key = this.#keyAsText(keyNode);
      if (key === undefined || taken?.has(key)) continue;
      taken?.add(key);
      map.set(key, this.decode(pair.value as Node | null, depth + 1));
    }
    if (merge === undefined) return;
    const known = taken ?? new Set(map.keys());
    this.#merge(merge, depth, (source) => this.#fillText(map, source, known, depth + 1));
  }

  #fillAny(
    entries: Map<Value, Value>,
    byId: Map<string, Value>,
    node: YAMLMap,
    taken: Set<string> | undefined,
    depth: number,
  ): void {
    let merge: Node | null | undefined;
    for (const pair of node.items) {
      const keyNode = pair.key as Node | null;
      if (isMergeKey(keyNode)) {
        merge = pair.value as Node | null;
        continue;
      }
      const key = this.decode(keyNode, depth + 1);
      if (Array.isArray(key) || key instanceof Map || key instanceof TypedMap) {
        throw this.#failure("yaml_key", "a map or list cannot be a key", keyNode);
      }
      const id = valueId(key);
      if (taken?.has(id)) continue;
      taken?.add(id);
      const kept = byId.get(id) ?? key;
      byId.set(id, kept);
      entries.set(kept, this.decode(pair.value as Node | null, depth + 1));
    }
    if (merge === undefined) return;
    const known = taken ?? new Set(byId.keys());
    this.#merge(merge, depth, (source) => this.#fillAny(entries, byId, source, known, depth + 1));
  }

  #merge(value: Node | null, depth: number, fill: (source: YAMLMap) => void): void {
    const one = (node: Node | null): void => {
      if (depth > this.#options.maxDepth) {
        throw this.#failure("yaml_limit_depth", "merges nest too deep", node);
      }
      if (isAlias(node)) {
        this.#expand(node, (target) => {
          if (!isMap(target)) throw this.#failure("yaml_merge", MERGE_WANTS, node);
          this.#checkUnique(target);
          fill(target);
        });
      } else if (isMap(node)) {
        this.#checkUnique(node);
        fill(node);
      } else {
        throw this.#failure("yaml_merge", MERGE_WANTS, node);
      }
    };
    if (isSeq(value)) for (const item of value.items) one(item as Node | null);
    else one(value);
  }

  /** A key that goes into a map with text keys: any scalar by its source text, but for null. */
  #keyAsText(key: Node | null): string | undefined {
    const node = isAlias(key) ? (this.#targets.get(key) ?? null) : key;
    if (!isScalar(node)) {
      if (node === null) return undefined;
      throw this.#failure("yaml_key", "a map or list cannot be a key", node);
    }
    const value = this.#scalar(node);
    if (value === null) return undefined;
    return typeof value === "string" ? value : keyText(node);
  }

  #failure(code: CodecErrorCode, message: string, node: Node | null): CodecError {
    return failure(code, message, node, this.#options);
  }
}

const MERGE_WANTS = "`<<` takes a map or a list of maps";

function failure(
  code: CodecErrorCode,
  message: string,
  node: Node | null,
  options: DecodeOptions,
): CodecError {
  const place = node?.range ? options.placeAt(node.range[0]) : undefined;
  if (place === undefined) return new CodecError(code, message);
  return new CodecError(code, `line ${place.line}: ${message}`, { place });
}

function isPlain(node: Scalar): boolean {
  return node.type === undefined || node.type === "PLAIN";
}

const TAG_PREFIX = "tag:yaml.org,2002:";

/** `!!int` for `tag:yaml.org,2002:int`; "" for no tag and for the non-specific `!`. */
function shortTag(tag: string | undefined): string {
  if (tag === undefined || tag === "!") return "";
  return tag.startsWith(TAG_PREFIX) ? `!!${tag.slice(TAG_PREFIX.length)}` : tag;
}

function keyId(node: Node | null): string {
  if (node === null) return "scalar ";
  if (isAlias(node)) return `alias ${node.source}`;
  if (isScalar(node)) return `scalar ${keyText(node)}`;
  return isMap(node) ? "map" : "list";
}

function valueId(value: Data): string {
  if (value instanceof Int) return `${value.kind} ${value.value}`;
  if (value instanceof Time) return `time ${value.unixNanos} ${value.offsetSeconds}`;
  return `${typeof value} ${String(value)}`;
}
