/**
 * YAML documents as Go's yaml.v3 3.0.1 decodes them into `interface{}`, with places and limits. The
 * `yaml` package reads the syntax; tags, scalars, keys, aliases and merges are resolved here. Input
 * is untrusted: bytes, depth and what aliases expand to are capped.
 */
import {
  type Alias,
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  Parser,
  type YAMLParseError,
} from "yaml";
import type { Place } from "../../errors.js";
import type { Data } from "../gotemplate/value.js";
import { CodecError } from "./error.js";
import { decodeNode, isMergeKey, keyText } from "./yaml-decode.js";
import { checkCharacters, checkDepth } from "./yaml-limits.js";

export interface YamlOptions {
  /** Goes into places and messages. */
  readonly file?: string;
  readonly maxBytes?: number;
  readonly maxDepth?: number;
  /** How many nodes aliases may repeat. */
  readonly maxAliasNodes?: number;
}

export type YamlPath = readonly (string | number)[];

export interface YamlDocument {
  /** The decoded document; null for an empty one. */
  readonly value: Data;
  /** True where the text holds no document at all: blank, or comments only. */
  readonly empty: boolean;
  /** The place of the key or list entry at `path`, or of its nearest ancestor that stands in the text. */
  locate(path: YamlPath): Place;
  /** The text of the scalar at `path` before it was resolved (`007`, not 7); undefined for others. */
  scalarText(path: YamlPath): string | undefined;
}

export const MAX_YAML_BYTES = 4 * 1024 * 1024;
export const MAX_YAML_DEPTH = 200;
export const MAX_YAML_ALIAS_NODES = 100_000;

/**
 * The first document of `text`; what follows it is not read.
 * @throws {CodecError} yaml_*
 */
export function parseYaml(text: string, options: YamlOptions = {}): YamlDocument {
  for (const document of parseStream(text, options)) return document;
  return {
    value: null,
    empty: true,
    locate: () => filePlace(options),
    scalarText: () => undefined,
  };
}

/**
 * All documents of `text`, in order; empty for a text without any.
 * @throws {CodecError} yaml_*
 */
export function parseYamlDocuments(text: string, options: YamlOptions = {}): YamlDocument[] {
  return [...parseStream(text, options)];
}

function* parseStream(text: string, options: YamlOptions): Generator<YamlDocument, void> {
  const maxBytes = options.maxBytes ?? MAX_YAML_BYTES;
  if (text.length > maxBytes || Buffer.byteLength(text) > maxBytes) {
    const message = `the YAML text is longer than ${maxBytes} bytes`;
    throw new CodecError("yaml_limit_bytes", message, { place: filePlace(options) });
  }
  checkCharacters(text, filePlace(options));
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { ...filePlace(options), line, column: col };
  };
  const composer = new Composer({
    schema: "failsafe",
    uniqueKeys: false,
    logLevel: "silent",
    stringKeys: false,
  });
  const maxDepth = options.maxDepth ?? MAX_YAML_DEPTH;
  for (const token of new Parser(lines.addNewLine).parse(text)) {
    checkDepth(token, maxDepth, placeAt);
    for (const document of composer.next(token)) yield read(document, options, placeAt);
  }
  for (const document of composer.end()) yield read(document, options, placeAt);
  const stray = composer.streamInfo().errors[0];
  if (stray !== undefined) throw syntaxError(stray, placeAt);
}

function read(
  document: Document.Parsed,
  options: YamlOptions,
  placeAt: (offset: number) => Place,
): YamlDocument {
  const error = document.errors[0];
  if (error !== undefined) throw syntaxError(error, placeAt);
  const root = document.contents as Node | null;
  const { value, targets } = decodeNode(root, {
    maxDepth: options.maxDepth ?? MAX_YAML_DEPTH,
    maxAliasNodes: options.maxAliasNodes ?? MAX_YAML_ALIAS_NODES,
    placeAt,
  });
  return {
    value,
    empty: false,
    locate: (path) => {
      const { at } = follow(root, path, targets);
      const place = at?.range
        ? placeAt(at.range[0])
        : { ...filePlace(options), line: 1, column: 1 };
      return path.length === 0 ? place : { ...place, path: formatYamlPath(path) };
    },
    scalarText: (path) => {
      const { node, rest } = follow(root, path, targets);
      return rest === 0 && isScalar(node) ? keyText(node) : undefined;
    },
  };
}

/** `containers.web.args.0`; dots inside keys are escaped as in override paths. */
export function formatYamlPath(path: YamlPath): string {
  return path.map((key) => String(key).replace(/[\\.]/g, "\\$&")).join(".");
}

interface Found {
  /** The value at the end of the walk. */
  readonly node: Node | null;
  /** Where to point: the key of the last step, or the entry of a list. */
  readonly at: Node | null;
  /** How many steps found nothing. */
  readonly rest: number;
}

function follow(root: Node | null, path: YamlPath, targets: ReadonlyMap<Alias, Node>): Found {
  let found: Found = { node: root, at: root, rest: 0 };
  for (const [i, key] of path.entries()) {
    const next = step(found.node, key, targets, 0);
    if (next === undefined) return { ...found, rest: path.length - i };
    found = { ...next, rest: 0 };
  }
  return found;
}

function step(
  node: Node | null,
  key: string | number,
  targets: ReadonlyMap<Alias, Node>,
  depth: number,
): { node: Node | null; at: Node | null } | undefined {
  // Merges may nest; decoding has capped their depth, this cap only ends the search.
  if (depth > MAX_YAML_DEPTH) return undefined;
  if (isAlias(node)) return step(targets.get(node) ?? null, key, targets, depth + 1);
  if (isSeq(node)) {
    const item = node.items[Number(key)] as Node | undefined;
    return item === undefined ? undefined : { node: item, at: item };
  }
  if (!isMap(node)) return undefined;
  let merged: Node | null = null;
  for (const pair of node.items) {
    const pairKey = pair.key as Node | null;
    const value = pair.value as Node | null;
    if (isMergeKey(pairKey)) merged = value;
    else if (isScalar(pairKey) && keyText(pairKey) === String(key))
      return { node: value, at: pairKey };
  }
  const source = isAlias(merged) ? (targets.get(merged) ?? null) : merged;
  const sources = isSeq(source) ? (source.items as Node[]) : source === null ? [] : [source];
  for (const item of sources) {
    const found = step(item, key, targets, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function syntaxError(error: YAMLParseError, placeAt: (offset: number) => Place): CodecError {
  const place = placeAt(error.pos[0]);
  // The package appends the source lines to some messages; the place says where, and sources may hold secrets.
  const message = error.message.split("\n")[0]?.replace(/ at line \d+, column \d+:?$/, "") ?? "";
  return new CodecError("yaml_syntax", `line ${place.line}: ${message}`, { place });
}

function filePlace(options: YamlOptions): Place {
  return options.file === undefined ? {} : { file: options.file };
}
