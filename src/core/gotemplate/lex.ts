/** Template text to tokens (text/template/parse, lex.go of Go 1.26). Positions are offsets in the text. */

import { quote } from "./quote.js";
import { isAssigned } from "./unicode.js";
import { formatUnicode, plainDirective } from "./verb.js";

export type TokenType =
  | "error"
  | "eof"
  | "text"
  | "left-delimiter"
  | "right-delimiter"
  | "left-paren"
  | "right-paren"
  | "space"
  | "pipe"
  | "assign"
  | "declare"
  | "char"
  | "char-constant"
  | "complex"
  | "number"
  | "bool"
  | "string"
  | "raw-string"
  | "dot"
  | "field"
  | "identifier"
  | "variable"
  | "nil"
  | KeywordType;

type KeywordType =
  | "block"
  | "break"
  | "continue"
  | "define"
  | "else"
  | "end"
  | "if"
  | "range"
  | "template"
  | "with";

export interface Token {
  readonly type: TokenType;
  readonly pos: number;
  /** The text of the token, or the message of an error. */
  readonly value: string;
}

export interface LexOptions {
  /** Whether `break` and `continue` are keywords: not where functions have these names. */
  readonly breakKeyword: boolean;
  readonly continueKeyword: boolean;
}

const KEYWORDS: ReadonlySet<string> = new Set<KeywordType>([
  "block",
  "break",
  "continue",
  "define",
  "else",
  "end",
  "if",
  "range",
  "template",
  "with",
]);
const LEFT = "{{";
const RIGHT = "}}";
const ALPHANUMERIC = /^[\p{L}\p{Nd}_]$/u;
const EOF = "";

/** All tokens of a template; the last one is `eof` or `error`. */
export function lex(text: string, options: LexOptions): readonly Token[] {
  return new Lexer(text, options).run();
}

function isAlphanumeric(char: string): boolean {
  const code = char.charCodeAt(0);
  if (code < 0x80) {
    return (
      (code >= 0x61 && code <= 0x7a) ||
      (code >= 0x41 && code <= 0x5a) ||
      (code >= 0x30 && code <= 0x39) ||
      code === 0x5f
    );
  }
  return ALPHANUMERIC.test(char) && isAssigned(char);
}

function isSpace(char: string): boolean {
  return char === " " || char === "\t" || char === "\r" || char === "\n";
}

/** The invariant: everything before `start` is in tokens or dropped, `pos` is the end of the token at hand. */
class Lexer {
  private readonly text: string;
  private readonly options: LexOptions;
  private readonly tokens: Token[] = [];
  private start = 0;
  private pos = 0;
  private parenDepth = 0;

  constructor(text: string, options: LexOptions) {
    this.text = text;
    this.options = options;
  }

  run(): readonly Token[] {
    while (this.plainText() && this.action()) {
      // Each round takes the text before an action, and the action.
    }
    return this.tokens;
  }

  /** Takes text, and comments, up to an action. False at the end or at an error. */
  private plainText(): boolean {
    for (;;) {
      const at = this.text.indexOf(LEFT, this.pos);
      if (at === -1) {
        this.pos = this.text.length;
        if (this.pos > this.start) {
          this.emit("text");
        }
        return this.end("eof", "EOF");
      }
      const marked = this.text[at + 2] === "-" && isSpace(this.char(at + 3));
      this.pos = marked ? trimRight(this.text, this.start, at) : at;
      if (this.pos > this.start) {
        this.emit("text");
      }
      const inside = at + LEFT.length + (marked ? 2 : 0);
      if (!this.text.startsWith("/*", inside)) {
        this.start = at;
        this.pos = at + LEFT.length;
        this.emit("left-delimiter");
        this.pos = inside;
        this.start = inside;
        this.parenDepth = 0;
        return true;
      }
      this.start = inside;
      this.pos = inside;
      if (!this.comment()) {
        return false;
      }
    }
  }

  private comment(): boolean {
    const close = this.text.indexOf("*/", this.pos + 2);
    if (close === -1) {
      return this.fail("unclosed comment");
    }
    this.pos = close + 2;
    const marked = this.atTrimmedRight(this.pos);
    if (!marked && !this.text.startsWith(RIGHT, this.pos)) {
      return this.fail("comment ends before closing delimiter");
    }
    this.pos += RIGHT.length + (marked ? 2 : 0);
    if (marked) {
      this.skipSpace();
    }
    this.start = this.pos;
    return true;
  }

  /** Takes everything up to and with the right delimiter. False at an error. */
  private action(): boolean {
    for (;;) {
      const marked = this.atTrimmedRight(this.pos);
      if (marked || this.text.startsWith(RIGHT, this.pos)) {
        if (this.parenDepth > 0) {
          return this.fail("unclosed left paren");
        }
        this.rightDelimiter(marked);
        return true;
      }
      if (!this.insideAction()) {
        return false;
      }
    }
  }

  private rightDelimiter(marked: boolean): void {
    if (marked) {
      this.pos += 2;
      this.start = this.pos;
    }
    this.pos += RIGHT.length;
    this.emit("right-delimiter");
    if (marked) {
      this.skipSpace();
      this.start = this.pos;
    }
  }

  private insideAction(): boolean {
    const char = this.next();
    switch (char) {
      case EOF:
        return this.fail("unclosed action");
      case " ":
      case "\t":
      case "\r":
      case "\n":
        return this.space();
      case "=":
        return this.emit("assign");
      case ":":
        return this.next() === "=" ? this.emit("declare") : this.fail("expected :=");
      case "|":
        return this.emit("pipe");
      case '"':
        return this.quoted('"', "string", "unterminated quoted string");
      case "'":
        return this.quoted("'", "char-constant", "unterminated character constant");
      case "`":
        return this.rawQuoted();
      case "$":
        return this.fieldOrVariable("variable");
      case ".":
        if (!isDigit(this.char(this.pos)) && this.pos < this.text.length) {
          return this.fieldOrVariable("field");
        }
        return this.number();
      case "(":
        this.parenDepth++;
        return this.emit("left-paren");
      case ")":
        this.parenDepth--;
        return this.parenDepth < 0 ? this.fail("unexpected right paren") : this.emit("right-paren");
    }
    if (char === "+" || char === "-" || isDigit(char)) {
      return this.number();
    }
    if (isAlphanumeric(char)) {
      return this.identifier();
    }
    return char > " " && char < "\x7f"
      ? this.emit("char")
      : this.fail(`unrecognized character in action: ${describe(char)}`);
  }

  /** A run of spaces; the last one may belong to a trim marker. */
  private space(): boolean {
    while (isSpace(this.char(this.pos))) {
      this.pos++;
    }
    if (this.atTrimmedRight(this.pos - 1)) {
      this.pos--;
      if (this.pos === this.start) {
        return true;
      }
    }
    return this.emit("space");
  }

  private identifier(): boolean {
    this.skipAlphanumeric();
    if (!this.atTerminator()) {
      return this.fail(`bad character ${describe(this.char(this.pos))}`);
    }
    const word = this.text.slice(this.start, this.pos);
    if (word === "true" || word === "false") {
      return this.emit("bool");
    }
    if (word === "nil") {
      return this.emit("nil");
    }
    const plain =
      (word === "break" && !this.options.breakKeyword) ||
      (word === "continue" && !this.options.continueKeyword);
    return this.emit(KEYWORDS.has(word) && !plain ? (word as KeywordType) : "identifier");
  }

  private fieldOrVariable(type: "field" | "variable"): boolean {
    if (this.atTerminator()) {
      return this.emit(type === "field" ? "dot" : "variable");
    }
    this.skipAlphanumeric();
    return this.atTerminator()
      ? this.emit(type)
      : this.fail(`bad character ${describe(this.char(this.pos))}`);
  }

  /** Whether a word may end here. */
  private atTerminator(): boolean {
    const char = this.char(this.pos);
    return (
      char === EOF ||
      isSpace(char) ||
      ".,|:)(".includes(char) ||
      this.text.startsWith(RIGHT, this.pos)
    );
  }

  private quoted(mark: string, type: TokenType, unterminated: string): boolean {
    for (;;) {
      let char = this.next();
      const escaped = char === "\\";
      if (escaped) {
        char = this.next();
      }
      if (char === EOF || char === "\n") {
        return this.fail(unterminated);
      }
      if (char === mark && !escaped) {
        return this.emit(type);
      }
    }
  }

  private rawQuoted(): boolean {
    const close = this.text.indexOf("`", this.pos);
    if (close === -1) {
      return this.fail("unterminated raw quoted string");
    }
    this.pos = close + 1;
    return this.emit("raw-string");
  }

  private number(): boolean {
    this.pos = this.start;
    if (!this.scanNumber()) {
      return this.badNumber();
    }
    const sign = this.char(this.pos);
    if (sign !== "+" && sign !== "-") {
      return this.emit("number");
    }
    return this.scanNumber() && this.text[this.pos - 1] === "i"
      ? this.emit("complex")
      : this.badNumber();
  }

  private badNumber(): boolean {
    return this.fail(`bad number syntax: ${quote(this.text.slice(this.start, this.pos))}`);
  }

  /** Not a strict scan: what is wrong here the reading of the constant finds. */
  private scanNumber(): boolean {
    this.accept("+-");
    let digits = "0123456789_";
    if (this.accept("0")) {
      if (this.accept("xX")) {
        digits = "0123456789abcdefABCDEF_";
      } else if (this.accept("oO")) {
        digits = "01234567_";
      } else if (this.accept("bB")) {
        digits = "01_";
      }
    }
    this.acceptRun(digits);
    if (this.accept(".")) {
      this.acceptRun(digits);
    }
    const exponent = digits.length === 11 ? "eE" : digits.length === 23 ? "pP" : "";
    if (exponent !== "" && this.accept(exponent)) {
      this.accept("+-");
      this.acceptRun("0123456789_");
    }
    this.accept("i");
    if (isAlphanumeric(this.char(this.pos))) {
      this.next();
      return false;
    }
    return true;
  }

  private accept(chars: string): boolean {
    const char = this.char(this.pos);
    const taken = char !== EOF && chars.includes(char);
    this.pos += taken ? 1 : 0;
    return taken;
  }

  private acceptRun(chars: string): void {
    while (this.accept(chars)) {
      // Each call takes one.
    }
  }

  private skipAlphanumeric(): void {
    for (;;) {
      const char = this.char(this.pos);
      if (char === EOF || !isAlphanumeric(char)) {
        return;
      }
      this.pos += char.length;
    }
  }

  private skipSpace(): void {
    while (isSpace(this.char(this.pos))) {
      this.pos++;
    }
  }

  private atTrimmedRight(at: number): boolean {
    return (
      isSpace(this.char(at)) && this.text[at + 1] === "-" && this.text.startsWith(RIGHT, at + 2)
    );
  }

  /** The character at `at`, "" at the end. */
  private char(at: number): string {
    const code = this.text.codePointAt(at);
    if (code === undefined) {
      return EOF;
    }
    return code < 0x10000 ? (this.text[at] as string) : String.fromCodePoint(code);
  }

  private next(): string {
    const char = this.char(this.pos);
    this.pos += char.length;
    return char;
  }

  private emit(type: TokenType): true {
    this.tokens.push({ type, pos: this.start, value: this.text.slice(this.start, this.pos) });
    this.start = this.pos;
    return true;
  }

  private fail(message: string): false {
    return this.end("error", message);
  }

  private end(type: "eof" | "error", value: string): false {
    this.tokens.push({ type, pos: this.start, value });
    return false;
  }
}

/** The end of `text[start:end]` without its trailing space. */
function trimRight(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && isSpace(text[at - 1] as string)) {
    at--;
  }
  return at;
}

function isDigit(char: string): boolean {
  return char >= "0" && char <= "9" && char.length === 1;
}

/** `U+0040 '@'`. */
function describe(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return formatUnicode({ ...plainDirective(), sharp: true }, BigInt(code));
}
