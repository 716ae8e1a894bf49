/**
 * From YAML text to tokens, as YAML 1.1 is scanned by libyaml and yaml.v3 3.0.1. Indentation and keys
 * without `?` become tokens of their own: where a `:` shows that what came before was a key, its
 * tokens are put in front of it afterwards.
 */
import type { CodecError } from "./error.js";
import { Cursor } from "./yaml-cursor.js";
import { scanBlock, scanDoubleQuoted, scanPlain, scanSingleQuoted } from "./yaml-scan-scalar.js";

export type TokenType =
  | "directive"
  | "document start"
  | "document end"
  | "stream end"
  | "block list"
  | "block map"
  | "block end"
  | "flow list"
  | "flow list end"
  | "flow map"
  | "flow map end"
  | "entry"
  | "comma"
  | "key"
  | "value"
  | "alias"
  | "anchor"
  | "tag"
  | "scalar";

export interface Token {
  readonly type: TokenType;
  readonly at: number;
  /** Text of a scalar, name of an anchor or alias, a tag or directive as written. */
  readonly text: string;
  /** Scalars: without quotes and not a block. */
  readonly plain: boolean;
}

/** Where a key may have begun. */
interface PossibleKey {
  /** Number of its first token, counted from the start of the stream. */
  readonly token: number;
  readonly at: number;
  readonly line: number;
  readonly column: number;
  /** At the indent of the block: it must turn out to be a key. */
  readonly required: boolean;
}

/** A key without `?` is no longer than this. */
const MAX_KEY_LENGTH = 1024;
/** Tokens that are scanned ahead of the parser, as yaml.v3 does. */
const LOOKAHEAD = 2;
const DIRECTIVE =
  /^%(?:YAML[ \t]+[0-9]+\.[0-9]+|TAG[ \t]+![A-Za-z0-9_!-]*[ \t]+\S+)[ \t]*(?:#.*)?$/;
const WORD = /[A-Za-z0-9_-]*/y;
const TAG =
  /!(?:<[^>\s]*>|[A-Za-z0-9_-]*!?(?:[A-Za-z0-9_\-;/?:@&=+$,.!~*'()[\]]|%[0-9A-Fa-f]{2})*)/y;

export class Scanner {
  readonly cursor: Cursor;
  readonly #tokens: Token[] = [];
  #head = 0;
  /** The token at the head once nothing can be put in front of it any more. */
  #next: Token | undefined;
  /** Tokens handed out before those in the queue. */
  #taken = 0;
  #flowLevel = 0;
  #indent = -1;
  readonly #indents: number[] = [];
  #keyAllowed = true;
  /** One for each open flow collection, and one for the block around them. */
  readonly #keys: (PossibleKey | undefined)[] = [undefined];

  constructor(text: string, file: string | undefined) {
    this.cursor = new Cursor(text, file);
  }

  /** The next token, which stays. */
  peek(): Token {
    if (this.#next !== undefined) return this.#next;
    while (this.#tokens.length - this.#head <= LOOKAHEAD || this.#headMayBeKey()) this.#fetch();
    this.#next = this.#tokens[this.#head] as Token;
    return this.#next;
  }

  /** Takes the next token. */
  next(): Token {
    const token = this.peek();
    this.#next = undefined;
    this.#head++;
    this.#taken++;
    if (this.#head > 1000) {
      this.#tokens.splice(0, this.#head);
      this.#head = 0;
    }
    return token;
  }

  #headMayBeKey(): boolean {
    for (let level = 0; level < this.#keys.length; level++) {
      if (this.#keys[level]?.token === this.#taken) return this.#validKey(level) !== undefined;
    }
    return false;
  }

  /** The possible key of a level, unless the cursor has left it behind. */
  #validKey(level: number): PossibleKey | undefined {
    const key = this.#keys[level];
    if (key === undefined) return undefined;
    if (key.line === this.cursor.line && key.at + MAX_KEY_LENGTH >= this.cursor.at) return key;
    if (key.required) throw this.#missingColon(key);
    this.#keys[level] = undefined;
    return undefined;
  }

  #fetch(): void {
    const { cursor } = this;
    this.#skipToToken();
    this.#closeBlocks(cursor.isEnd() ? -1 : cursor.column);
    if (cursor.isEnd()) {
      cursor.endLastLine();
      this.#fetchMark("stream end", 0);
    } else if (cursor.column === 0 && cursor.peek() === 0x25) this.#fetchDirective();
    else if (cursor.isDocumentMark("---")) this.#fetchMark("document start", 3);
    else if (cursor.isDocumentMark("...")) this.#fetchMark("document end", 3);
    else this.#fetchBySign(cursor.text.charAt(cursor.at));
  }

  #fetchBySign(sign: string): void {
    const inFlow = this.#flowLevel > 0;
    const apart = this.cursor.isBlankOrEnd(1);
    if (sign === "[") this.#openFlow("flow list");
    else if (sign === "{") this.#openFlow("flow map");
    else if (sign === "]") this.#closeFlow("flow list end");
    else if (sign === "}") this.#closeFlow("flow map end");
    else if (sign === ",") this.#fetchComma();
    else if (sign === "-" && apart) this.#fetchEntry();
    else if (sign === "?" && (inFlow || apart)) this.#fetchKey();
    else if (sign === ":" && (inFlow || apart)) this.#fetchValue();
    else if (sign === "*") this.#fetchName("alias");
    else if (sign === "&") this.#fetchName("anchor");
    else if (sign === "!") this.#fetchTag();
    else if (sign === "'" || sign === '"') this.#fetchQuoted();
    else if ((sign === "|" || sign === ">") && !inFlow) this.#fetchBlock();
    else if ("|>%@`\t".includes(sign)) throw this.#noToken();
    else this.#fetchPlain();
  }

  #fetchComma(): void {
    this.#dropKey();
    this.#keyAllowed = true;
    this.#sign("comma");
  }

  /** Tabs count as space only where no key, and so no indentation, can be. */
  #skipToToken(): void {
    const { cursor } = this;
    while (true) {
      const tabs = this.#flowLevel > 0 || !this.#keyAllowed;
      while (cursor.peek() === 0x20 || (tabs && cursor.peek() === 0x09)) cursor.at++;
      if (cursor.peek() === 0x23) while (!cursor.isBreak() && !cursor.isEnd()) cursor.at++;
      if (!cursor.isBreak()) return;
      cursor.takeBreak();
      if (this.#flowLevel === 0) this.#keyAllowed = true;
    }
  }

  #fetchMark(type: "stream end" | "document start" | "document end", size: number): void {
    this.#closeBlocks(-1);
    this.#dropKey();
    this.#keyAllowed = false;
    this.#push(type, this.cursor.at);
    this.cursor.at += size;
  }

  #fetchDirective(): void {
    const { cursor } = this;
    this.#closeBlocks(-1);
    this.#dropKey();
    this.#keyAllowed = false;
    const start = cursor.at;
    while (!cursor.isBreak() && !cursor.isEnd()) cursor.at++;
    const text = cursor.text.slice(start, cursor.at);
    if (!DIRECTIVE.test(text)) throw cursor.fail("a directive other than %YAML and %TAG", start);
    this.#push("directive", start, text);
  }

  #openFlow(type: "flow list" | "flow map"): void {
    this.#saveKey();
    this.#keys.push(undefined);
    this.#flowLevel++;
    this.#keyAllowed = true;
    this.#sign(type);
  }

  #closeFlow(type: "flow list end" | "flow map end"): void {
    this.#dropKey();
    if (this.#flowLevel > 0) {
      this.#flowLevel--;
      this.#keys.pop();
    }
    this.#keyAllowed = false;
    this.#sign(type);
  }

  #fetchEntry(): void {
    if (this.#flowLevel === 0) {
      if (!this.#keyAllowed) throw this.cursor.fail("a list entry is not allowed here");
      this.#openBlock("block list", this.cursor.column, this.cursor.at);
    }
    this.#dropKey();
    this.#keyAllowed = true;
    this.#sign("entry");
  }

  #fetchKey(): void {
    if (this.#flowLevel === 0) {
      if (!this.#keyAllowed) throw this.cursor.fail("a key is not allowed here");
      this.#openBlock("block map", this.cursor.column, this.cursor.at);
    }
    this.#dropKey();
    this.#keyAllowed = this.#flowLevel === 0;
    this.#sign("key");
  }

  #fetchValue(): void {
    const level = this.#keys.length - 1;
    const key = this.#validKey(level);
    if (key !== undefined) {
      const index = key.token - this.#taken;
      this.#insert(index, "key", key.at);
      this.#openBlock("block map", key.column, key.at, index);
      this.#keys[level] = undefined;
      this.#keyAllowed = false;
    } else {
      if (this.#flowLevel === 0) {
        if (!this.#keyAllowed) throw this.cursor.fail("a mapping value is not allowed here");
        this.#openBlock("block map", this.cursor.column, this.cursor.at);
      }
      this.#keyAllowed = this.#flowLevel === 0;
    }
    this.#sign("value");
  }

  #fetchName(type: "alias" | "anchor"): void {
    const { cursor } = this;
    this.#saveKey();
    this.#keyAllowed = false;
    const start = cursor.at;
    WORD.lastIndex = start + 1;
    const name = WORD.exec(cursor.text)?.[0] ?? "";
    cursor.at = start + 1 + name.length;
    const follows = cursor.text.charAt(cursor.at);
    if (name === "" || !(cursor.isBlankOrEnd() || "?:,]}%@`".includes(follows))) {
      throw cursor.fail(`an ${type} needs a name of letters, digits, _ and -`, start);
    }
    this.#push(type, start, name);
  }

  #fetchTag(): void {
    const { cursor } = this;
    this.#saveKey();
    this.#keyAllowed = false;
    const start = cursor.at;
    TAG.lastIndex = start;
    const tag = TAG.exec(cursor.text)?.[0] ?? "!";
    cursor.at = start + tag.length;
    if (tag === "!!" || !cursor.isBlankOrEnd()) {
      throw cursor.fail("a tag must be followed by a space", start);
    }
    this.#push("tag", start, tag);
  }

  #fetchBlock(): void {
    this.#dropKey();
    this.#keyAllowed = true;
    const start = this.cursor.at;
    this.#push("scalar", start, scanBlock(this.cursor, this.#indent));
  }

  #fetchQuoted(): void {
    const { cursor } = this;
    this.#saveKey();
    this.#keyAllowed = false;
    const start = cursor.at;
    const text = cursor.peek() === 0x22 ? scanDoubleQuoted(cursor) : scanSingleQuoted(cursor);
    this.#push("scalar", start, text);
  }

  #fetchPlain(): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const start = this.cursor.at;
    const { text, ledByBreak } = scanPlain(this.cursor, this.#flowLevel > 0, this.#indent + 1);
    if (ledByBreak) this.#keyAllowed = true;
    this.#push("scalar", start, text, true);
  }

  #saveKey(): void {
    if (!this.#keyAllowed) return;
    const { at, line, column } = this.cursor;
    const required = this.#flowLevel === 0 && this.#indent === column;
    this.#dropKey();
    const token = this.#taken + this.#tokens.length - this.#head;
    this.#keys[this.#keys.length - 1] = { token, at, line, column, required };
  }

  #dropKey(): void {
    const key = this.#keys.at(-1);
    if (key?.required) throw this.#missingColon(key);
    this.#keys[this.#keys.length - 1] = undefined;
  }

  /** Opens a block collection at `column` unless one is open there; `index` is its place in the queue. */
  #openBlock(type: "block list" | "block map", column: number, at: number, index?: number): void {
    if (this.#flowLevel > 0 || this.#indent >= column) return;
    this.#indents.push(this.#indent);
    this.#indent = column;
    if (index === undefined) this.#push(type, at);
    else this.#insert(index, type, at);
  }

  #closeBlocks(column: number): void {
    if (this.#flowLevel > 0) return;
    while (this.#indent > column) {
      this.#push("block end", this.cursor.at);
      this.#indent = this.#indents.pop() ?? -1;
    }
  }

  #sign(type: TokenType): void {
    this.#push(type, this.cursor.at);
    this.cursor.at++;
  }

  #push(type: TokenType, at: number, text = "", plain = false): void {
    this.#tokens.push({ type, at, text, plain });
  }

  #insert(index: number, type: TokenType, at: number): void {
    this.#tokens.splice(this.#head + index, 0, { type, at, text: "", plain: false });
  }

  #missingColon(key: PossibleKey): CodecError {
    return this.cursor.fail("a key without ':'", key.at);
  }

  #noToken(): CodecError {
    const char = this.cursor.text.charAt(this.cursor.at);
    const shown = char === "\t" ? "a tab" : `'${char}'`;
    return this.cursor.fail(`${shown} cannot begin a value`);
  }
}
