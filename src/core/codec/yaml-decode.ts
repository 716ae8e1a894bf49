/**
 * From nodes to values, as yaml.v3 3.0.1 decodes into `interface{}`: duplicate keys, merge keys (`<<`),
 * aliases, explicit tags, and maps whose keys are not all text.
 */
import { fromBytes } from "../gotemplate/bytes.js";
import { Time } from "../gotemplate/time.js";
import { type Data, type DataMap, Int, TypedMap, type Value } from "../gotemplate/value.js";
import { CodecError, type CodecErrorCode } from "./error.js";
import type { Cursor } from "./yaml-cursor.js";
import type { AliasNode, MapNode, Node, ScalarNode } from "./yaml-parser.js";
import { isPlainText, isSurelyText, resolveScalar } from "./yaml-scalar.js";

export interface DecodeOptions {
  readonly maxDepth: number;
  readonly maxAliasNodes: number;
  readonly cursor: Cursor;
}

/**
 * The value of the document with the root node `root`.
 * @throws {CodecError} yaml_duplicate_key, yaml_alias, yaml_merge, yaml_tag, yaml_key, yaml_limit_*
 */
export function decodeNode(root: Node, options: DecodeOptions): Data {
  return new Decoder(options).decode(root, 0);
}

/** Whether `node` as a key means "merge what follows". */
export function isMergeKey(node: Node): boolean {
  if (node.kind !== "scalar" || node.text !== "<<") return false;
  return node.tag === "!!merge" || (node.tag === "" && node.plain);
}

/** What `node` stands for, which for an alias is its target. */
export function targetOf(node: Node): Node {
  return node.kind === "alias" ? node.target : node;
}

class Decoder {
  readonly #options: DecodeOptions;
  /** Targets of the aliases being expanded, to find one inside itself. */
  readonly #open = new Set<Node>();
  #aliasNodes = 0;

  constructor(options: DecodeOptions) {
    this.#options = options;
  }

  decode(node: Node, depth: number): Data {
    if (depth > this.#options.maxDepth) {
      const message = `the YAML text nests deeper than ${this.#options.maxDepth} levels`;
      throw this.#failure("yaml_limit_depth", message, node);
    }
    if (this.#open.size > 0 && ++this.#aliasNodes > this.#options.maxAliasNodes) {
      const message = `aliases repeat more than ${this.#options.maxAliasNodes} nodes`;
      throw this.#failure("yaml_limit_aliases", message, node);
    }
    switch (node.kind) {
      case "alias":
        return this.#expand(node, (target) => this.decode(target, depth + 1));
      case "scalar":
        return this.#scalar(node);
      case "list":
        return node.items.map((item) => this.decode(item, depth + 1));
      case "map":
        return this.#map(node, depth);
    }
  }

  #expand<T>(alias: AliasNode, use: (target: Node) => T): T {
    const { target } = alias;
    if (this.#open.has(target)) {
      throw this.#failure("yaml_alias", `anchor '${alias.name}' contains itself`, alias);
    }
    this.#open.add(target);
    const result = use(target);
    this.#open.delete(target);
    return result;
  }

  #scalar(node: ScalarNode): Data {
    if (node.tag === "" && (!node.plain || isSurelyText(node.text))) return node.text;
    try {
      const { tag, value } = resolveScalar(node.tag, node.text);
      return tag === "!!binary" ? decodeBinary(node.text) : value;
    } catch (error) {
      if (error instanceof CodecError) throw this.#failure(error.code, error.message, node);
      throw error;
    }
  }

  #map(node: MapNode, depth: number): Data {
    return this.#plainMap(node, depth) ?? this.#anyMap(node, depth);
  }

  /** Most maps: all keys are text that stands there. Undefined for others. */
  #plainMap({ pairs }: MapNode, depth: number): DataMap | undefined {
    const map: DataMap = new Map();
    for (const [key] of pairs) {
      if (key.kind !== "scalar" || key.tag !== "" || isMergeKey(key)) return undefined;
      if (key.plain && !isPlainText(key.text)) return undefined;
      map.set(key.text, null);
    }
    // The other way finds the first duplicate.
    if (map.size < pairs.length) return undefined;
    for (const [key, value] of pairs) {
      if (key.kind === "scalar") map.set(key.text, this.decode(value, depth + 1));
    }
    return map;
  }

  #anyMap(node: MapNode, depth: number): Data {
    this.#checkUnique(node);
    if (node.pairs.every(([key]) => isTextKey(targetOf(key)))) {
      const map: DataMap = new Map();
      this.#fillText(map, node, undefined, depth);
      return map;
    }
    const entries = new Map<Value, Value>();
    this.#fillAny(entries, new Map(), node, undefined, depth);
    return new TypedMap("map[interface {}]interface {}", entries);
  }

  /** yaml.v3 compares keys by kind and source text: `1` and `"1"` are duplicates, and so are two maps. */
  #checkUnique(node: MapNode): void {
    const seen = new Set<string>();
    for (const [key] of node.pairs) {
      const id = keyId(key);
      if (seen.has(id)) {
        const text = key.kind === "scalar" ? `key "${key.text}"` : "key";
        throw this.#failure("yaml_duplicate_key", `${text} is already defined`, key);
      }
      seen.add(id);
    }
  }

  /**
   * Fills a map with text keys. While a merge source is read, `taken` holds the keys that stand
   * already and win.
   */
  #fillText(map: DataMap, node: MapNode, taken: Set<string> | undefined, depth: number): void {
    let merge: Node | undefined;
    for (const [keyNode, valueNode] of node.pairs) {
      if (isMergeKey(keyNode)) {
        merge = valueNode;
        continue;
      }
      const key = this.#keyAsText(keyNode);
      if (key === undefined || taken?.has(key)) continue;
      taken?.add(key);
      map.set(key, this.decode(valueNode, depth + 1));
    }
    if (merge === undefined) return;
    const known = taken ?? new Set(map.keys());
    this.#merge(merge, depth, (source) => this.#fillText(map, source, known, depth + 1));
  }

  #fillAny(
    entries: Map<Value, Value>,
    byId: Map<string, Value>,
    node: MapNode,
    taken: Set<string> | undefined,
    depth: number,
  ): void {
    let merge: Node | undefined;
    for (const [keyNode, valueNode] of node.pairs) {
      if (isMergeKey(keyNode)) {
        merge = valueNode;
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
      entries.set(kept, this.decode(valueNode, depth + 1));
    }
    if (merge === undefined) return;
    const known = taken ?? new Set(byId.keys());
    this.#merge(merge, depth, (source) => this.#fillAny(entries, byId, source, known, depth + 1));
  }

  #merge(value: Node, depth: number, fill: (source: MapNode) => void): void {
    if (depth > this.#options.maxDepth) {
      throw this.#failure("yaml_limit_depth", "merges nest too deep", value);
    }
    const one = (node: Node): void => {
      if (node.kind === "alias") {
        this.#expand(node, (target) => {
          if (target.kind !== "map") throw this.#failure("yaml_merge", MERGE_WANTS, node);
          this.#mergeMap(target, fill);
        });
      } else if (node.kind === "map") {
        this.#mergeMap(node, fill);
      } else {
        throw this.#failure("yaml_merge", MERGE_WANTS, node);
      }
    };
    if (value.kind === "list") for (const item of value.items) one(item);
    else one(value);
  }

  #mergeMap(source: MapNode, fill: (source: MapNode) => void): void {
    this.#checkUnique(source);
    // Small sources merged into each other again and again would grow without decoding a node.
    this.#aliasNodes += source.pairs.length;
    if (this.#aliasNodes > this.#options.maxAliasNodes) {
      const message = `merges repeat more than ${this.#options.maxAliasNodes} keys`;
      throw this.#failure("yaml_limit_aliases", message, source);
    }
    fill(source);
  }

  /** A key that goes into a map with text keys: a scalar by its source text, but for null. */
  #keyAsText(key: Node): string | undefined {
    const node = targetOf(key);
    if (node.kind !== "scalar") {
      throw this.#failure("yaml_key", "a map or list cannot be a key", node);
    }
    const value = this.#scalar(node);
    if (value === null) return undefined;
    return typeof value === "string" ? value : node.text;
  }

  #failure(code: CodecErrorCode, message: string, node: Node): CodecError {
    return this.#options.cursor.fail(message, node.at, code);
  }
}

const MERGE_WANTS = "`<<` takes a map or a list of maps";

function decodeBinary(text: string): string {
  // Go's decoder skips line ends and nothing else.
  const digits = text.replace(/[\r\n]/g, "");
  if (digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(digits)) {
    throw new CodecError("yaml_tag", "!!binary holds no valid base64");
  }
  return fromBytes(Buffer.from(digits, "base64"));
}

function isTextKey(node: Node): boolean {
  if (node.kind !== "scalar") return false;
  if (node.tag !== "") return node.tag === "!!str" || node.tag === "!!merge";
  return !node.plain || isMergeKey(node) || resolveScalar("", node.text).tag === "!!str";
}

function keyId(node: Node): string {
  if (node.kind === "alias") return `alias ${node.name}`;
  return node.kind === "scalar" ? `scalar ${node.text}` : node.kind;
}

function valueId(value: Data): string {
  if (value instanceof Int) return `${value.kind} ${value.value}`;
  if (value instanceof Time) return `time ${value.unixNanos} ${value.offsetSeconds}`;
  return `${typeof value} ${String(value)}`;
}
