/**
 * YAML text of decoded documents in the manner of yaml.v3 3.0.1 with an indent of two: block style,
 * lists indented below their key, text with line ends as literal blocks, keys in yaml.v3's order.
 */
import { Time } from "../gotemplate/time.js";
import { type Data, type DataMap, Int, TypedMap, type Value } from "../gotemplate/value.js";
import { compareYamlKeys } from "./key-order.js";
import { formatFloat, formatText, formatTextBlock, formatTime } from "./yaml-scalar-format.js";

export interface YamlFormatOptions {
  /** False keeps the order in which the maps were built. */
  readonly sortKeys?: boolean;
  /**
   * Writes what the Score CLIs write even where yaml.v3 changes the text: a leading line end is lost
   * in a literal block, and U+2028 and U+2029 gather spaces behind them. Text that only readers of
   * YAML 1.1 take for something else (`..`) is not quoted. For documents that have to be equal to
   * theirs; everything else must read back as it was.
   */
  readonly likeGo?: boolean;
}

interface Style {
  readonly sort: boolean;
  readonly likeGo: boolean;
}

const INDENT = 2;
/** Longer keys are written as `? key`, since readers limit how far they look for the colon. */
const MAX_SIMPLE_KEY_BYTES = 128;

/** `data` as one YAML document, ended by a line feed. */
export function formatYaml(data: Data, options: YamlFormatOptions = {}): string {
  const style = { sort: options.sortKeys ?? true, likeGo: options.likeGo ?? false };
  return node(data, 0, style).slice(1);
}

/** Several documents, each after a `---` line, as the Score CLIs write manifests. */
export function formatYamlDocuments(
  documents: readonly Data[],
  options: YamlFormatOptions = {},
): string {
  return documents.map((document) => `---\n${formatYaml(document, options)}`).join("");
}

/** A copy of `data` with the keys of all maps in yaml.v3's order. */
export function sortKeys(data: Data): Data {
  if (Array.isArray(data)) return data.map(sortKeys);
  if (data instanceof TypedMap) {
    const entries = [...(data.entries ?? [])].sort(([a], [b]) => compareAnyKeys(a, b));
    const sorted = entries.map(([key, value]) => [key, sortKeys(value as Data)] as const);
    return new TypedMap(data.type, new Map(sorted), data.zero);
  }
  if (!(data instanceof Map)) return data;
  const sorted: DataMap = new Map();
  for (const [key, value] of sortedEntries(data)) sorted.set(key, sortKeys(value));
  return sorted;
}

/**
 * The text that stands behind `key:` or at the root, line end included: ` scalar\n`, or `\n` and the
 * lines of a collection, which begin at column `indent`.
 */
function node(data: Value, indent: number, style: Style): string {
  if (data instanceof Map) {
    return data.size === 0 ? " {}\n" : `\n${mapLines(textEntries(data, style), indent, style)}`;
  }
  if (Array.isArray(data)) {
    return data.length === 0 ? " []\n" : `\n${listLines(data, indent, style)}`;
  }
  if (data instanceof TypedMap) {
    const entries = [...(data.entries ?? [])];
    return entries.length === 0
      ? " {}\n"
      : `\n${mapLines(anyEntries(entries, style), indent, style)}`;
  }
  return ` ${scalar(data, indent, style)}\n`;
}

function mapLines(
  entries: Iterable<readonly [string, Value]>,
  indent: number,
  style: Style,
): string {
  const pad = " ".repeat(indent);
  let lines = "";
  for (const [key, value] of entries) {
    if (Buffer.byteLength(key) > MAX_SIMPLE_KEY_BYTES) {
      lines += `${pad}? ${key}\n${pad}:${inline(value, indent, style)}`;
    } else {
      lines += `${pad}${key}:${node(value, indent + INDENT, style)}`;
    }
  }
  return lines;
}

function listLines(list: readonly Value[], indent: number, style: Style): string {
  const pad = " ".repeat(indent);
  let lines = "";
  for (const item of list) lines += `${pad}-${inline(item, indent, style)}`;
  return lines;
}

/** As `node`, but a collection begins on the line of its `-` or `:`. */
function inline(data: Value, indent: number, style: Style): string {
  const text = node(data, indent + INDENT, style);
  return text.startsWith("\n") ? ` ${text.slice(1 + indent + INDENT)}` : text;
}

function scalar(data: Value, indent: number, style: Style): string {
  if (typeof data === "string") return formatTextBlock(data, indent, style.likeGo);
  return plainScalar(data);
}

function plainScalar(data: Value): string {
  if (data === null || data === undefined) return "null";
  if (typeof data === "number") return formatFloat(data);
  if (data instanceof Int) return String(data.value);
  if (data instanceof Time) return formatTime(data);
  return String(data);
}

function* textEntries(map: DataMap | Map<string, Value>, style: Style): Generator<[string, Value]> {
  const entries = style.sort ? sortedEntries(map) : map;
  for (const [key, value] of entries) yield [keyText(key, style), value];
}

/** A plain `<<` would be no key of the map but a merge. */
function keyText(key: string, { likeGo }: Style): string {
  return formatText(key, likeGo && key !== "<<");
}

function sortedEntries<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => compareYamlKeys(a, b));
}

/** Keys of mixed types: booleans and numbers by value, then null, text, times. */
function anyEntries(entries: [Value, Value][], style: Style): [string, Value][] {
  if (style.sort) entries.sort(([a], [b]) => compareAnyKeys(a, b));
  return entries.map(([key, value]) => [
    typeof key === "string" ? keyText(key, style) : plainScalar(key),
    value,
  ]);
}

function compareAnyKeys(a: Value, b: Value): number {
  const rankA = keyRank(a);
  const rankB = keyRank(b);
  if (rankA !== rankB) return rankA - rankB;
  if (typeof a === "string" && typeof b === "string") return compareYamlKeys(a, b);
  return keyNumber(a) - keyNumber(b) || kindRank(a) - kindRank(b);
}

/** Go's order of kinds, for numbers that are equal. */
function kindRank(key: Value): number {
  if (typeof key === "boolean") return 0;
  return typeof key === "bigint" ? 1 : key instanceof Int ? 2 : 3;
}

function keyRank(key: Value): number {
  if (key === null) return 1;
  if (typeof key === "string") return 2;
  return key instanceof Time ? 3 : 0;
}

function keyNumber(key: Value): number {
  if (key instanceof Int) return Number(key.value);
  return key instanceof Time ? Number(key.unixNanos) : Number(key);
}
