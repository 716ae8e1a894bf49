/**
 * YAML documents as Go's yaml.v3 3.0.1 decodes them into `interface{}`, with places and limits. The
 * scanner is our own because the Score CLIs read YAML 1.1: readers of YAML 1.2 refuse or change what
 * those take (a `]` that stands below its key, a block that ends the file in mid-line). Input is
 * untrusted: bytes, depth and what aliases expand to are capped.
 */
import type { Place } from "../../errors.js";
import type { Data } from "../gotemplate/value.js";
import { CodecError } from "./error.js";
import { checkCharacters } from "./yaml-characters.js";
import { decodeNode, isMergeKey, targetOf } from "./yaml-decode.js";
import { type MapNode, type Node, type ScalarNode, YamlParser } from "./yaml-parser.js";
import { formatYamlPath, type YamlPath } from "./yaml-path.js";
import { findTextStart, type TextStart } from "./yaml-text-start.js";

export interface YamlOptions {
  /** Goes into places and messages. */
  readonly file?: string;
  readonly maxBytes?: number;
  readonly maxDepth?: number;
  /** How many nodes aliases may repeat. */
  readonly maxAliasNodes?: number;
}

export interface YamlDocument {
  /** The decoded document; null for an empty one. */
  readonly value: Data;
  /** True where the text holds no document at all: blank, or comments only. */
  readonly empty: boolean;
  /** The place of the key or list entry at `path`, or of its nearest ancestor that stands in the text. */
  locate(path: YamlPath): Place;
  /** The text of the scalar at `path` before it was resolved (`007`, not 7); undefined for others. */
  scalarText(path: YamlPath): string | undefined;
  /** Where the text of the scalar at `path` stands in the file; undefined for others. */
  textStart(path: YamlPath): TextStart | undefined;
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
    textStart: () => undefined,
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
  // A UTF-16 unit takes three bytes at most.
  if (text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes) {
    const message = `the YAML text is longer than ${maxBytes} bytes`;
    throw new CodecError("yaml_limit_bytes", message, { place: filePlace(options) });
  }
  // A byte order mark says how the stream is written and is no part of it; elsewhere it is text.
  const content = text.startsWith("\ufeff") ? text.slice(1) : text;
  checkCharacters(content, filePlace(options));
  const parser = new YamlParser(content, options.file, options.maxDepth ?? MAX_YAML_DEPTH);
  for (let root = parser.nextDocument(); root !== undefined; root = parser.nextDocument()) {
    yield read(root, parser, options);
  }
}

function read(root: Node, parser: YamlParser, options: YamlOptions): YamlDocument {
  const { cursor } = parser.scanner;
  const value = decodeNode(root, {
    maxDepth: options.maxDepth ?? MAX_YAML_DEPTH,
    maxAliasNodes: options.maxAliasNodes ?? MAX_YAML_ALIAS_NODES,
    cursor,
  });
  const finder = new PathFinder(root);
  return {
    value,
    empty: false,
    locate: (path) => {
      const place = cursor.place(finder.follow(path).at.at);
      return path.length === 0 ? place : { ...place, path: formatYamlPath(path) };
    },
    scalarText: (path) => finder.scalar(path)?.text,
    textStart: (path) => {
      const scalar = finder.scalar(path);
      return scalar && findTextStart(cursor, scalar);
    },
  };
}

interface Step {
  /** The value that was reached. */
  readonly node: Node;
  /** Where to point: the key of the last step, or the entry of a list. */
  readonly at: Node;
}

/** What stands under each key of a map, merges included. */
type KeyIndex = ReadonlyMap<string, Step>;

/** Finds nodes by path. A map's keys are gone through once, on the first step into it. */
class PathFinder {
  readonly #root: Node;
  readonly #indexes = new Map<MapNode, KeyIndex>();

  constructor(root: Node) {
    this.#root = root;
  }

  /** Walks down `path` as far as it goes; `rest` counts the steps that found nothing. */
  follow(path: YamlPath): Step & { readonly rest: number } {
    let reached: Step = { node: this.#root, at: this.#root };
    for (const [i, key] of path.entries()) {
      const next = this.#step(reached.node, key);
      if (next === undefined) return { ...reached, rest: path.length - i };
      reached = next;
    }
    return { ...reached, rest: 0 };
  }

  /** The scalar at the end of `path`, if that is one. */
  scalar(path: YamlPath): ScalarNode | undefined {
    const { node, rest } = this.follow(path);
    const target = targetOf(node);
    return rest === 0 && target.kind === "scalar" ? target : undefined;
  }

  #step(from: Node, key: string | number): Step | undefined {
    const node = targetOf(from);
    if (node.kind === "map") return this.#index(node).get(String(key));
    const item = node.kind === "list" ? node.items[Number(key)] : undefined;
    return item && { node: item, at: item };
  }

  /** Decoding has capped how deep merges nest and how many keys they repeat. */
  #index(map: MapNode): KeyIndex {
    const known = this.#indexes.get(map);
    if (known !== undefined) return known;
    const index = new Map<string, Step>();
    const add = (key: string, step: Step) => {
      if (!index.has(key)) index.set(key, step);
    };
    let merged: Node | undefined;
    for (const [key, node] of map.pairs) {
      const target = targetOf(key);
      if (isMergeKey(key)) merged = node;
      else if (target.kind === "scalar") add(target.text, { node, at: key });
    }
    for (const source of mergeSources(merged)) {
      for (const [key, step] of this.#index(source)) add(key, step);
    }
    this.#indexes.set(map, index);
    return index;
  }
}

function mergeSources(merged: Node | undefined): MapNode[] {
  const node = merged && targetOf(merged);
  const sources = node?.kind === "list" ? node.items : node ? [node] : [];
  return sources.map(targetOf).filter((source) => source.kind === "map");
}

function filePlace(options: YamlOptions): Place {
  return options.file === undefined ? {} : { file: options.file };
}
