/** The parser's view of the tokens: look-ahead, and errors in Go's form with their place. */
import { byteLength, runeCount } from "./bytes.js";
import { TemplateError } from "./error.js";
import type { Token, TokenType } from "./lex.js";
import { quote } from "./quote.js";

/** Line, and column in bytes from 0 (Go's messages) and in characters from 1 (ours). */
export interface Position {
  readonly line: number;
  readonly byteColumn: number;
  readonly column: number;
}

/** The position of an offset in a text. */
export function positionOf(text: string, offset: number): Position {
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) {
    line++;
    lineStart = at + 1;
  }
  const before = text.slice(lineStart, offset);
  return { line, byteColumn: byteLength(before), column: runeCount(before) + 1 };
}

/** The invariant: `at` is the next token, `furthest` the last one ever looked at. */
export class TokenStream {
  readonly name: string;
  readonly text: string;
  /** Where the action being parsed starts; undefined outside of actions. */
  actionStart: number | undefined;
  private readonly tokens: readonly Token[];
  private readonly last: Token;
  private at = 0;
  private furthest = 0;

  constructor(name: string, text: string, tokens: readonly Token[]) {
    this.name = name;
    this.text = text;
    this.tokens = tokens;
    this.last = tokens.at(-1) ?? { type: "eof", pos: text.length, value: "EOF" };
  }

  /** The next token; after the end or an error always that one. */
  next(): Token {
    const token = this.peek();
    this.at++;
    return token;
  }

  peek(): Token {
    this.furthest = Math.max(this.furthest, this.at);
    return this.tokens[this.at] ?? this.last;
  }

  nextNonSpace(): Token {
    const token = this.peekNonSpace();
    this.at++;
    return token;
  }

  /** Skips space for good and looks at what follows. */
  peekNonSpace(): Token {
    while (this.peek().type === "space") {
      this.at++;
    }
    return this.peek();
  }

  /** A place to come back to with `reset`. */
  mark(): number {
    return this.at;
  }

  reset(mark: number): void {
    this.at = mark;
  }

  expect(types: readonly TokenType[], context: string): Token {
    const token = this.nextNonSpace();
    return types.includes(token.type) ? token : this.unexpected(token, context);
  }

  unexpected(token: Token, context: string): never {
    if (token.type !== "error") {
      this.fail(`unexpected ${describeToken(token)} in ${context}`, token.pos);
    }
    this.fail(token.value + this.startedAt(token), token.pos);
  }

  /** Tells where an action over several lines began. */
  private startedAt(token: Token): string {
    if (this.actionStart === undefined) {
      return "";
    }
    const { line } = positionOf(this.text, this.actionStart);
    if (line === positionOf(this.text, token.pos).line) {
      return "";
    }
    const extra = `started at ${this.name}:${line}`;
    return token.value.endsWith(" action") ? ` ${extra}` : ` in action ${extra}`;
  }

  /** The last token ever looked at. */
  lastRead(): Token {
    return this.tokens[this.furthest] ?? this.last;
  }

  /** Fails about `pos`; Go's messages tell the line of `readTo`, as a rule the last token looked at. */
  fail(message: string, pos?: number, readTo = this.lastRead().pos): never {
    const { line } = positionOf(this.text, readTo);
    const place = positionOf(this.text, pos ?? readTo);
    throw new TemplateError("template_parse", `template: ${this.name}:${line}: ${message}`, {
      place: { file: this.name, line: place.line, column: place.column },
    });
  }
}

const WORDS: ReadonlySet<TokenType> = new Set<TokenType>([
  "dot",
  "block",
  "break",
  "continue",
  "define",
  "else",
  "end",
  "if",
  "range",
  "nil",
  "template",
  "with",
]);

function describeToken(token: Token): string {
  if (token.type === "eof") {
    return "EOF";
  }
  if (WORDS.has(token.type)) {
    return `<${token.value}>`;
  }
  // Go counts bytes to decide, and cuts by characters.
  if (byteLength(token.value) <= 10) return quote(token.value);
  return `${quote([...token.value].slice(0, 10).join(""))}...`;
}
