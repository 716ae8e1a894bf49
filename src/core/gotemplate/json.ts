/**
 * Go's encoding/json for template values. Written: keys in byte order, floats in Go's form, nil lists
 * and maps as null, times by RFC 3339. Read: every number is a float64, of equal keys the last counts,
 * broken text becomes U+FFFD.
 */
import { Buffer } from "node:buffer";
import { compareStrings, fromBytes } from "./bytes.js";
import { appended } from "./capacity.js";
import { FunctionError } from "./error.js";
import { bytesOf, elementTypeName, isExported, isMap, keyTypeName, typeName } from "./kind.js";
import { Time } from "./time.js";
import { strictRfc3339 } from "./time-encode.js";
import {
  type CallContext,
  type Data,
  type DataMap,
  Int,
  NamedString,
  Struct,
  TypedList,
  TypedMap,
  type Value,
} from "./value.js";

// Go looks for maps that contain themselves where values nest deeper
const CYCLES_AFTER = 1000;
// Go's own limit, of what is read and of what is indented
const MAX_READ_DEPTH = 10_000;

export interface JsonFormat {
  /** Breaks lines and indents each level by this. */
  readonly indent?: string;
  /** Writes `<`, `>` and `&` as \u00XX. */
  readonly escapeHtml: boolean;
  /** Charged with the text as it grows; methods of structs run in it. */
  readonly context?: CallContext;
}

/**
 * The JSON text of `value`, as Go's json.Marshal and json.MarshalIndent write it.
 * @throws {FunctionError} for what JSON cannot hold: NaN, functions, complex numbers, maps whose keys
 * are of no one kind, maps that contain themselves
 */
export function formatJson(value: Value, format: JsonFormat): string {
  return new JsonWriter(format).write(value);
}

const PIECES_PER_BLOCK = 4096;
const STEPS_PER_VALUE = 4;

/** A list or map being written; `names` are those of a map's elements. */
interface Container {
  readonly names: readonly string[] | undefined;
  readonly elements: readonly Value[];
  readonly of: Value;
  next: number;
}

/**
 * Collects the pieces of a text, joined from time to time as most are single characters. What is
 * begun and not ended is on a stack of its own, so depth costs no calls.
 */
class JsonWriter {
  private readonly format: JsonFormat;
  private readonly colon: string;
  private readonly open: Container[] = [];
  /** The maps around the value at hand, those beyond the depth at which Go begins to look. */
  private readonly around = new Set<Value>();
  private readonly blocks: string[] = [];
  private pieces: string[] = [];

  constructor(format: JsonFormat) {
    this.format = format;
    this.colon = format.indent === undefined ? ":" : ": ";
  }

  write(value: Value): string {
    this.value(value);
    for (let inner = this.open.at(-1); inner !== undefined; inner = this.open.at(-1)) {
      if (inner.next === inner.elements.length) this.end(inner);
      else this.element(inner, inner.next++);
    }
    return this.blocks.join("") + this.pieces.join("");
  }

  private value(value: Value): void {
    this.format.context?.charge(STEPS_PER_VALUE);
    if (Array.isArray(value)) this.begin({ names: undefined, elements: value, of: value, next: 0 });
    else if (value instanceof TypedList) this.typedList(value);
    else if (value instanceof Map) this.members(value, sorted([...value]));
    else if (value instanceof TypedMap) this.typedMap(value);
    else if (value instanceof Struct) this.struct(value);
    else this.text(formatScalar(value, this.format.escapeHtml));
  }

  private begin(container: Container): void {
    if (this.open.length >= CYCLES_AFTER && isMap(container.of)) {
      if (this.around.has(container.of)) {
        throw new FunctionError(
          `json: unsupported value: encountered a cycle via ${typeName(container.of)}`,
        );
      }
      this.around.add(container.of);
    }
    this.open.push(container);
    if (this.format.indent !== undefined && this.open.length > MAX_READ_DEPTH) {
      throw new FunctionError("json: exceeded max depth");
    }
    this.text(container.names === undefined ? "[" : "{");
  }

  private element({ names, elements }: Container, at: number): void {
    const lead = (at > 0 ? "," : "") + this.lineBreak(this.open.length);
    const name = names?.[at];
    if (name !== undefined) {
      this.text(lead + quoteJson(name, this.format.escapeHtml) + this.colon);
    } else if (lead !== "") {
      this.text(lead);
    }
    this.value(elements[at] ?? null);
  }

  private end({ names, elements, of }: Container): void {
    this.open.pop();
    this.around.delete(of);
    const lead = elements.length > 0 ? this.lineBreak(this.open.length) : "";
    this.text(lead + (names === undefined ? "]" : "}"));
  }

  private typedList(list: TypedList): void {
    if (list.items === null) this.text("null");
    else if (elementTypeName(list.type) === "uint8") this.text(formatBytes(list));
    else this.begin({ names: undefined, elements: list.items, of: list, next: 0 });
  }

  private typedMap(map: TypedMap): void {
    if (/^(?:interface \{\}|float64|bool|complex128)$/.test(keyTypeName(map.type))) {
      throw unsupported(map);
    }
    if (map.entries === null) {
      this.text("null");
      return;
    }
    const members = [...map.entries].map(([key, element]): Member => [keyText(key), element]);
    this.members(map, sorted(members));
  }

  private struct(struct: Struct): void {
    const marshal = struct.methods.get("MarshalText");
    if (marshal !== undefined && this.format.context !== undefined) {
      const text = marshal.call(this.format.context);
      this.value(text instanceof TypedList ? fromBytes(bytesOf(text)) : text);
      return;
    }
    const exported = [...struct.fields].filter(([name]) => isExported(name));
    const members = exported.map(([name, field]): Member => {
      return [struct.jsonNames.get(name) ?? name, field];
    });
    this.members(struct, members);
  }

  private members(of: Value, members: readonly Member[]): void {
    const names = members.map(([name]) => name);
    const elements = members.map(([, element]) => element);
    this.begin({ names, elements, of, next: 0 });
  }

  private lineBreak(depth: number): string {
    const { indent } = this.format;
    return indent === undefined ? "" : `\n${indent.repeat(depth)}`;
  }

  private text(text: string): void {
    this.format.context?.allocate(text.length);
    this.pieces.push(text);
    if (this.pieces.length < PIECES_PER_BLOCK) return;
    this.blocks.push(this.pieces.join(""));
    this.pieces = [];
  }
}

type Member = [name: string, value: Value];

function sorted(members: Member[]): Member[] {
  return members.sort(([a], [b]) => compareStrings(a, b));
}

function keyText(key: Value): string {
  if (typeof key === "string") return key;
  if (key instanceof NamedString) return key.value;
  return String(key instanceof Int ? key.value : key);
}

function formatBytes(list: TypedList): string {
  return `"${Buffer.from(bytesOf(list)).toString("base64")}"`;
}

function formatScalar(value: Value, escapeHtml: boolean): string {
  if (value === null) return "null";
  if (value instanceof Int) return value.value.toString();
  if (value instanceof NamedString) return quoteJson(value.value, escapeHtml);
  if (value instanceof Time) return `"${strictRfc3339(value, "MarshalJSON")}"`;
  switch (typeof value) {
    case "string":
      return quoteJson(value, escapeHtml);
    case "number":
      return formatJsonFloat(value);
    case "bigint":
    case "boolean":
      return value.toString();
    default:
      throw unsupported(value);
  }
}

/** JavaScript's form is Go's, but for the sign of zero. */
function formatJsonFloat(value: number): string {
  if (!Number.isFinite(value)) throw new FunctionError(`json: unsupported value: ${value}`);
  return Object.is(value, -0) ? "-0" : String(value);
}

function unsupported(value: Value): FunctionError {
  return new FunctionError(`json: unsupported type: ${typeName(value)}`);
}

const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);
const PLAIN_TEXT = /^[ !#-%'-;=?-[\]-~]*$/;
// a lone surrogate is a byte that is no UTF-8 (value.ts)
const NOT_PLAIN = /["\\<>&\u2028\u2029\udc80-\udcff]|[^ -\u{10ffff}]/gu;

function quoteJson(text: string, escapeHtml: boolean): string {
  if (PLAIN_TEXT.test(text)) return `"${text}"`;
  return `"${text.replace(NOT_PLAIN, (rune) => escapeRune(rune, escapeHtml))}"`;
}

function escapeRune(rune: string, escapeHtml: boolean): string {
  const short = SHORT_ESCAPES.get(rune);
  if (short !== undefined) return short;
  const code = rune.charCodeAt(0);
  if (rune.length === 1 && code >= 0xdc80 && code <= 0xdcff) return "\\ufffd";
  const html = escapeHtml && (rune === "<" || rune === ">" || rune === "&");
  if (code < 0x20 || html || code === 0x2028 || code === 0x2029) {
    return `\\u${code.toString(16).padStart(4, "0")}`;
  }
  return rune;
}

/** What json.Unmarshal leaves in an interface: numbers beyond float64 are an error but stay behind as nil. */
export interface DecodedJson {
  readonly value: Data;
  readonly outOfRange: string | undefined;
}

/**
 * The value of a JSON text.
 * @throws {FunctionError} for wrong syntax, more than 10000 levels and numbers beyond float64
 */
export function parseJson(text: string): Data {
  const { value, outOfRange } = decodeJson(text);
  if (outOfRange !== undefined) {
    throw new FunctionError(`json: cannot unmarshal number ${outOfRange} into a float64`);
  }
  return value;
}

/**
 * Like `parseJson`, with nil for the numbers beyond float64.
 * @throws {FunctionError} for wrong syntax and more than 10000 levels
 */
export function decodeJson(text: string): DecodedJson {
  return new JsonReader(text).document();
}

/** Surrogates that are no half of a pair become U+FFFD. */
function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udfff]/gu, "\ufffd");
}

/** A list or map that is still open; `key` is what the next value goes under. */
type Open = { readonly list: Data[] } | { readonly map: DataMap; key: string };

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORDS: readonly (readonly [string, Data])[] = [
  ["null", null],
  ["true", true],
  ["false", false],
];
const ESCAPED: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

/** Reads from `at` on; open lists and maps are on a stack of their own, so depth costs no calls. */
class JsonReader {
  private readonly text: string;
  private readonly open: Open[] = [];
  private at = 0;
  private outOfRange: string | undefined;

  constructor(text: string) {
    this.text = text;
  }

  document(): DecodedJson {
    for (;;) {
      const started = this.valueOrOpen();
      if (started === undefined) continue;
      const value = this.closeAfter(started);
      if (value === undefined) continue;
      this.skipSpace();
      if (this.at < this.text.length) throw this.fault("nothing more");
      return { value, outOfRange: this.outOfRange };
    }
  }

  /** A whole value, or undefined where a list or map with content has begun. */
  private valueOrOpen(): Data | undefined {
    this.skipSpace();
    switch (this.text[this.at]) {
      case "{":
        this.enter();
        if (this.take("}")) return new Map();
        this.open.push({ map: new Map(), key: this.key() });
        return undefined;
      case "[":
        this.enter();
        if (this.take("]")) return [];
        this.open.push({ list: [] });
        return undefined;
      case '"':
        return this.string();
      default:
        return this.wordOrNumber();
    }
  }

  /** Steps over an opening bracket. */
  private enter(): void {
    if (this.open.length >= MAX_READ_DEPTH) throw new FunctionError("json: exceeded max depth");
    this.at++;
  }

  /** Puts a finished value in its place; the outermost value, or undefined where another must follow. */
  private closeAfter(finished: Data): Data | undefined {
    let value = finished;
    for (;;) {
      const parent = this.open.at(-1);
      if (parent === undefined) return value;
      if ("map" in parent) {
        parent.map.set(parent.key, value);
        if (this.take(",")) {
          parent.key = this.key();
          return undefined;
        }
        if (!this.take("}")) throw this.fault("',' or '}'");
        value = parent.map;
      } else {
        parent.list.push(value);
        if (this.take(",")) return undefined;
        if (!this.take("]")) throw this.fault("',' or ']'");
        value = appended(parent.list);
      }
      this.open.pop();
    }
  }

  private key(): string {
    this.skipSpace();
    if (this.text[this.at] !== '"') throw this.fault("a key");
    const key = this.string();
    if (!this.take(":")) throw this.fault("':'");
    return key;
  }

  private wordOrNumber(): Data {
    for (const [word, value] of WORDS) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    NUMBER.lastIndex = this.at;
    const digits = NUMBER.exec(this.text)?.[0];
    if (digits === undefined) throw this.fault("a value");
    this.at += digits.length;
    const value = Number(digits);
    if (Number.isFinite(value)) return value;
    this.outOfRange ??= digits.slice(0, 40);
    return null;
  }

  private string(): string {
    const pieces: string[] = [];
    let start = ++this.at;
    for (;;) {
      const char = this.text.charAt(this.at);
      if (char === "" || char < " ") throw this.fault("the end of a string");
      if (char === '"' || char === "\\") {
        pieces.push(wellFormed(this.text.slice(start, this.at++)));
        if (char === '"') return wellFormed(pieces.join(""));
        pieces.push(this.escape());
        start = this.at;
      } else {
        this.at++;
      }
    }
  }

  private escape(): string {
    const char = this.text.charAt(this.at++);
    const plain = ESCAPED.get(char);
    if (plain !== undefined) return plain;
    const digits = this.text.slice(this.at, this.at + 4);
    if (char !== "u" || !/^[0-9a-fA-F]{4}$/.test(digits)) throw this.fault("an escape");
    this.at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  private take(char: string): boolean {
    this.skipSpace();
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  private skipSpace(): void {
    while (/[ \t\r\n]/.test(this.text.charAt(this.at))) this.at++;
  }

  private fault(expected: string): FunctionError {
    return new FunctionError(`invalid JSON at character ${this.at + 1}: expected ${expected}`);
  }
}
