/** From YAML tokens to nodes: the grammar of YAML 1.1 as libyaml and yaml.v3 3.0.1 take it. */
import { Scanner, type Token, type TokenType } from "./yaml-scanner.js";

export interface ScalarNode {
  readonly kind: "scalar";
  /** Offset in the text. */
  readonly at: number;
  /** In short form (`!!int`), "" for none. */
  readonly tag: string;
  readonly text: string;
  readonly plain: boolean;
}

export interface ListNode {
  readonly kind: "list";
  readonly at: number;
  readonly items: Node[];
}

export interface MapNode {
  readonly kind: "map";
  readonly at: number;
  readonly pairs: (readonly [key: Node, value: Node])[];
}

export interface AliasNode {
  readonly kind: "alias";
  readonly at: number;
  readonly name: string;
  readonly target: Node;
}

export type Node = ScalarNode | ListNode | MapNode | AliasNode;

const TAG_PREFIX = "tag:yaml.org,2002:";

const DOCUMENT_STARTS: readonly TokenType[] = ["directive", "document start"];
const DOCUMENT_ENDS: readonly TokenType[] = [...DOCUMENT_STARTS, "document end", "stream end"];
/** What stands where a key, value or entry is left out. */
const MAP_ENDS: readonly TokenType[] = ["key", "value", "block end"];
const LIST_ENDS: readonly TokenType[] = ["entry", "block end"];
const BARE_LIST_ENDS: readonly TokenType[] = ["entry", ...MAP_ENDS];
const FLOW_MAP_ENDS: readonly TokenType[] = ["comma", "flow map end"];
const FLOW_MAP_KEY_ENDS: readonly TokenType[] = ["value", ...FLOW_MAP_ENDS];
const FLOW_LIST_ENDS: readonly TokenType[] = ["comma", "flow list end"];
const FLOW_LIST_KEY_ENDS: readonly TokenType[] = ["value", ...FLOW_LIST_ENDS];

export class YamlParser {
  readonly scanner: Scanner;
  readonly #maxDepth: number;
  #anchors = new Map<string, Node>();
  #tagPrefixes = new Map<string, string>();
  #first = true;

  constructor(text: string, file: string | undefined, maxDepth: number) {
    this.scanner = new Scanner(text, file);
    this.#maxDepth = maxDepth;
  }

  /**
   * The root of the next document; undefined behind the last one.
   * @throws {CodecError} yaml_syntax, yaml_alias, yaml_limit_depth
   */
  nextDocument(): Node | undefined {
    // Only a document can be ended: `...` at the start of the stream is no value.
    while (!this.#first && this.#at("document end")) this.scanner.next();
    if (this.#at("stream end")) return undefined;
    this.#anchors = new Map();
    this.#tagPrefixes = new Map([
      ["!", "!"],
      ["!!", TAG_PREFIX],
    ]);
    const bare = this.#first && !this.#atOne(DOCUMENT_STARTS);
    this.#first = false;
    if (!bare) this.#documentStart();
    const empty = !bare && this.#atOne(DOCUMENT_ENDS);
    const root = empty ? emptyScalar(this.scanner.peek().at) : this.#node(true, false, 0);
    if (this.#at("document end")) this.scanner.next();
    return root;
  }

  #documentStart(): void {
    while (this.#at("directive")) this.#directive(this.scanner.next());
    const token = this.scanner.peek();
    if (token.type !== "document start") throw this.#expected("the start of a document", token);
    this.scanner.next();
  }

  #directive({ text, at }: Token): void {
    const [name, ...parts] = text
      .replace(/\s#.*$/, "")
      .trim()
      .split(/\s+/);
    if (name === "%YAML" && parts.length === 1 && parts[0] === "1.1") return;
    const [handle = "", prefix = ""] = parts;
    if (name !== "%TAG" || parts.length !== 2 || !/^!([A-Za-z0-9_-]*!)?$/.test(handle)) {
      throw this.scanner.cursor.fail("a directive other than %YAML 1.1 and %TAG", at);
    }
    this.#tagPrefixes.set(handle, prefix);
  }

  #node(block: boolean, indentless: boolean, depth: number): Node {
    if (depth > this.#maxDepth) {
      const message = `the YAML text nests deeper than ${this.#maxDepth} levels`;
      throw this.scanner.cursor.fail(message, this.scanner.peek().at, "yaml_limit_depth");
    }
    const first = this.scanner.peek();
    if (first.type === "alias") return this.#alias(this.scanner.next());
    const { anchor, tag, given } = this.#properties();
    const token = this.scanner.peek();
    const at = first.at;
    switch (token.type) {
      case "scalar": {
        this.scanner.next();
        return this.#named(anchor, {
          kind: "scalar",
          at,
          tag,
          text: token.text,
          plain: token.plain,
        });
      }
      case "flow list":
        return this.#list(anchor, at, (items) => this.#flowList(items, depth));
      case "flow map":
        return this.#map(anchor, at, (pairs) => this.#flowMap(pairs, depth));
      case "block list":
        if (block) return this.#list(anchor, at, (items) => this.#blockList(items, depth));
        break;
      case "block map":
        if (block) return this.#map(anchor, at, (pairs) => this.#blockMap(pairs, depth));
        break;
      case "entry":
        if (indentless) return this.#list(anchor, at, (items) => this.#bareList(items, depth));
        break;
    }
    if (!given) throw this.#expected("a value", token);
    return this.#named(anchor, { ...emptyScalar(at), tag });
  }

  #alias({ text, at }: Token): AliasNode {
    const target = this.#anchors.get(text);
    if (target !== undefined) return { kind: "alias", at, name: text, target };
    throw this.scanner.cursor.fail(`unknown anchor '${text}'`, at, "yaml_alias");
  }

  #properties(): { anchor: string | undefined; tag: string; given: boolean } {
    let anchor: string | undefined;
    let tag: string | undefined;
    while (true) {
      const { type } = this.scanner.peek();
      if (type === "anchor" && anchor === undefined) anchor = this.scanner.next().text;
      else if (type === "tag" && tag === undefined) tag = this.#resolveTag(this.scanner.next());
      else {
        const given = anchor !== undefined || tag !== undefined;
        return { anchor, tag: tag ?? "", given };
      }
    }
  }

  /** A tag in short form; the non-specific `!` counts as none. */
  #resolveTag({ text, at }: Token): string {
    if (text === "!") return "";
    let full: string;
    if (text.startsWith("!<")) full = text.slice(2, -1);
    else {
      const handle = /^!(?:[A-Za-z0-9_-]*!)?/.exec(text)?.[0] ?? "!";
      const prefix = this.#tagPrefixes.get(handle);
      if (prefix === undefined) throw this.scanner.cursor.fail(`unknown tag ${text}`, at);
      full = prefix + text.slice(handle.length);
    }
    return full.startsWith(TAG_PREFIX) ? `!!${full.slice(TAG_PREFIX.length)}` : full;
  }

  /** A node is known by its anchor before its content is read. */
  #named<T extends Node>(anchor: string | undefined, node: T): T {
    if (anchor !== undefined) this.#anchors.set(anchor, node);
    return node;
  }

  #list(anchor: string | undefined, at: number, fill: (items: Node[]) => void): ListNode {
    const node = this.#named(anchor, { kind: "list", at, items: [] as Node[] });
    fill(node.items);
    return node;
  }

  #map(anchor: string | undefined, at: number, fill: (pairs: MapNode["pairs"]) => void): MapNode {
    const node = this.#named(anchor, { kind: "map", at, pairs: [] as MapNode["pairs"] });
    fill(node.pairs);
    return node;
  }

  #blockList(items: Node[], depth: number): void {
    this.scanner.next();
    while (this.#at("entry")) {
      this.scanner.next();
      items.push(this.#optional(true, false, depth, LIST_ENDS));
    }
    this.#close("block end", "a list entry");
  }

  /** A list under a key that stands at the key's own indent: it has no end of its own. */
  #bareList(items: Node[], depth: number): void {
    while (this.#at("entry")) {
      this.scanner.next();
      items.push(this.#optional(true, false, depth, BARE_LIST_ENDS));
    }
  }

  #blockMap(pairs: MapNode["pairs"], depth: number): void {
    this.scanner.next();
    while (this.#at("key")) {
      this.scanner.next();
      const key = this.#optional(true, true, depth, MAP_ENDS);
      pairs.push([key, this.#valueOf(true, depth, MAP_ENDS)]);
    }
    this.#close("block end", "a key");
  }

  #flowList(items: Node[], depth: number): void {
    this.scanner.next();
    while (!this.#at("flow list end")) {
      if (items.length > 0 && this.#comma("]").type === "flow list end") break;
      if (!this.#at("key")) {
        items.push(this.#node(false, false, depth + 1));
        continue;
      }
      // `[a: b]` is a list of one map with one key.
      const at = this.scanner.next().at;
      const key = this.#optional(false, false, depth, FLOW_LIST_KEY_ENDS);
      const value = this.#valueOf(false, depth, FLOW_LIST_ENDS);
      items.push({ kind: "map", at, pairs: [[key, value]] });
    }
    this.scanner.next();
  }

  #flowMap(pairs: MapNode["pairs"], depth: number): void {
    this.scanner.next();
    while (!this.#at("flow map end")) {
      if (pairs.length > 0 && this.#comma("}").type === "flow map end") break;
      if (this.#at("key")) {
        this.scanner.next();
        const key = this.#optional(false, false, depth, FLOW_MAP_KEY_ENDS);
        pairs.push([key, this.#valueOf(false, depth, FLOW_MAP_ENDS)]);
      } else {
        const key = this.#node(false, false, depth + 1);
        pairs.push([key, emptyScalar(key.at)]);
      }
    }
    this.scanner.next();
  }

  /** Takes the comma between two entries and gives the token behind it. */
  #comma(end: string): Token {
    const token = this.scanner.peek();
    if (token.type !== "comma") throw this.#expected(`',' or '${end}'`, token);
    this.scanner.next();
    return this.scanner.peek();
  }

  /** The value behind a key: nothing, where there is no `:` or nothing behind it. */
  #valueOf(block: boolean, depth: number, ends: readonly TokenType[]): Node {
    if (!this.#at("value")) return emptyScalar(this.scanner.peek().at);
    this.scanner.next();
    return this.#optional(block, block, depth, ends);
  }

  /** A node, or an empty scalar before one of `ends`. */
  #optional(block: boolean, indentless: boolean, depth: number, ends: readonly TokenType[]): Node {
    if (this.#atOne(ends)) return emptyScalar(this.scanner.peek().at);
    return this.#node(block, indentless, depth + 1);
  }

  #close(type: TokenType, wanted: string): void {
    const token = this.scanner.peek();
    if (token.type !== type) throw this.#expected(wanted, token);
    this.scanner.next();
  }

  #at(type: TokenType): boolean {
    return this.scanner.peek().type === type;
  }

  #atOne(types: readonly TokenType[]): boolean {
    return types.includes(this.scanner.peek().type);
  }

  #expected(what: string, token: Token): Error {
    return this.scanner.cursor.fail(`expected ${what}, found ${token.type}`, token.at);
  }
}

function emptyScalar(at: number): ScalarNode {
  return { kind: "scalar", at, tag: "", text: "", plain: true };
}
