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
/** yaml.v3 writes keys with line ends so, too. */
const LINE_END = /[\n\r\u0085\u2028\u2029]/;

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
    const entries = style.sort ? sortedEntries(data) : data;
    return data.size === 0 ? " {}\n" : `\n${mapLines(entries, indent, style)}`;
  }
  if (Array.isArray(data)) {
    return data.length === 0 ? " []\n" : `\n${listLines(data, indent, style)}`;
  }
  if (data instanceof TypedMap) {
    const entries = anyEntries(data, style);
    return entries.length === 0 ? " {}\n" : `\n${mapLines(entries, indent, style)}`;
  }
  return ` ${scalar(data, indent, style)}\n`;
}

function mapLines(
  entries: Iterable<readonly [Value, Value]>,
  indent: number,
  style: Style,
): string {
  const pad = " ".repeat(indent);
  let lines = "";
  for (const [key, value] of entries) {
    const text = keyText(key, style);
    if (style.likeGo && typeof key === "string" && LINE_END.test(key)) {
      const block = formatTextBlock(key, indent + INDENT, true);
      lines += `${pad}? ${block}\n${pad}:${inline(value, indent, style)}`;
    } else if (Buffer.byteLength(text) > MAX_SIMPLE_KEY_BYTES) {
      lines += `${pad}? ${text}\n${pad}:${inline(value, indent, style)}`;
    } else {
      lines += `${pad}${text}:${node(value, indent + INDENT, style)}`;
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

/** A plain `<<` would be no key of the map but a merge. */
function keyText(key: Value, { likeGo }: Style): string {
  return typeof key === "string" ? formatText(key, likeGo && key !== "<<") : plainScalar(key);
}

function sortedEntries<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => compareYamlKeys(a, b));
}

/** Keys of mixed types: booleans and numbers by value, then null, text, times. */
function anyEntries(map: TypedMap, style: Style): [Value, Value][] {
  const entries = [...(map.entries ?? [])];
  return style.sort ? entries.sort(([a], [b]) => compareAnyKeys(a, b)) : entries;
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
