/** Pipelines: declarations, commands, operands, parentheses on an explicit stack. */
import type { ChainNode, CommandNode, OperandNode, PipeNode } from "./ast.js";
import { readConstant } from "./constant.js";
import type { Token, TokenType } from "./lex.js";
import { formatNode } from "./node-text.js";
import { quote } from "./quote.js";
import type { TokenStream } from "./token-stream.js";
import { unquote } from "./unquote.js";
import type { FunctionMap } from "./value.js";

/** Go's limit of nested parentheses. */
const MAX_PARENS = 10_000;

/** What names mean at this place of a template. */
export interface Scope {
  /** The variables in sight; pipelines add theirs. */
  vars: VariableNames;
  readonly functions: FunctionMap;
}

/** A stack of names; `has` takes no time however many there are. */
export class VariableNames {
  private readonly names: string[] = ["$"];
  private readonly counts = new Map<string, number>([["$", 1]]);

  get size(): number {
    return this.names.length;
  }

  has(name: string): boolean {
    return (this.counts.get(name) ?? 0) > 0;
  }

  push(name: string): void {
    this.names.push(name);
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }

  /** Forgets all names after the first `size`. */
  truncate(size: number): void {
    for (const name of this.names.splice(size)) {
      this.counts.set(name, (this.counts.get(name) ?? 1) - 1);
    }
  }
}

/** A pipeline that is still open. */
interface OpenPipe {
  readonly pos: number;
  readonly context: string;
  readonly end: TokenType;
  readonly declared: string[];
  assign: boolean;
  readonly commands: CommandNode[];
  command: { readonly pos: number; readonly args: OperandNode[] } | undefined;
}

const OPERAND_STARTS: ReadonlySet<TokenType> = new Set<TokenType>([
  "bool",
  "char-constant",
  "complex",
  "dot",
  "field",
  "identifier",
  "number",
  "nil",
  "raw-string",
  "string",
  "variable",
  "left-paren",
]);

/** Parses a pipeline up to and with the right delimiter. */
export function parsePipeline(stream: TokenStream, scope: Scope, context: string): PipeNode {
  const outer: OpenPipe[] = [];
  let open = openPipe(stream, scope, context, "right-delimiter");
  for (;;) {
    if (open.command === undefined) {
      const token = stream.peekNonSpace();
      if (token.type === open.end) {
        stream.next();
        const pipe = closePipe(stream, open);
        const parent = outer.pop();
        if (parent === undefined) {
          return pipe;
        }
        open = parent;
        operandDone(stream, open, withFields(stream, pipe));
        continue;
      }
      if (!OPERAND_STARTS.has(token.type)) {
        stream.unexpected(stream.nextNonSpace(), open.context);
      }
      open.command = { pos: token.pos, args: [] };
    }
    if (stream.peekNonSpace().type === "left-paren") {
      if (outer.length >= MAX_PARENS) {
        stream.fail("max expression depth exceeded");
      }
      stream.next();
      outer.push(open);
      open = openPipe(stream, scope, "parenthesized pipeline", "right-paren");
    } else {
      const term = parseTerm(stream, scope);
      operandDone(stream, open, term === undefined ? undefined : withFields(stream, term));
    }
  }
}

/** Starts a pipeline and reads its declarations. */
function openPipe(stream: TokenStream, scope: Scope, context: string, end: TokenType): OpenPipe {
  const open: OpenPipe = {
    pos: stream.peekNonSpace().pos,
    context,
    end,
    declared: [],
    assign: false,
    commands: [],
    command: undefined,
  };
  while (stream.peekNonSpace().type === "variable") {
    const mark = stream.mark();
    const variable = stream.next();
    const next = stream.peekNonSpace();
    if (next.type === "assign" || next.type === "declare") {
      stream.next();
      open.assign = next.type === "assign";
      declare(scope, open, variable);
      break;
    }
    if (next.type !== "char" || next.value !== ",") {
      stream.reset(mark);
      break;
    }
    stream.next();
    declare(scope, open, variable);
    checkSecondVariable(stream, open);
  }
  return open;
}

function declare(scope: Scope, open: OpenPipe, variable: Token): void {
  open.declared.push(variable.value);
  scope.vars.push(variable.value);
}

/** Only `range $i, $e := …` has two variables. */
function checkSecondVariable(stream: TokenStream, open: OpenPipe): void {
  if (open.context !== "range" || open.declared.length > 1) {
    stream.fail(`too many declarations in ${open.context}`);
  }
  const { type } = stream.peekNonSpace();
  if (type !== "variable" && type !== "right-delimiter" && type !== "right-paren") {
    stream.fail("range can only initialize variables");
  }
}

function closePipe(stream: TokenStream, open: OpenPipe): PipeNode {
  const { pos, declared, assign, commands, context } = open;
  if (commands.length === 0) {
    stream.fail(`missing value for ${context}`);
  }
  commands.forEach((command, i) => {
    const { type } = command.args[0];
    const constant = ["bool", "dot", "nil", "number", "string"].includes(type);
    if (i > 0 && constant) {
      stream.fail(`non executable command in pipeline stage ${i + 1}`, command.pos);
    }
  });
  return { type: "pipe", pos, declared, assign, commands };
}

/** Adds an operand to the open command, and ends the command where a space does not follow. */
function operandDone(stream: TokenStream, open: OpenPipe, operand: OperandNode | undefined): void {
  const { command } = open;
  if (command === undefined) {
    return;
  }
  if (operand !== undefined) {
    command.args.push(operand);
  }
  const token = stream.peek();
  switch (token.type) {
    case "space":
      stream.next();
      return;
    case "right-delimiter":
    case "right-paren":
      break;
    case "pipe":
      stream.next();
      break;
    default:
      stream.unexpected(stream.next(), "operand");
  }
  const [first, ...rest] = command.args;
  if (first === undefined) {
    stream.fail("empty command");
  }
  open.commands.push({ type: "command", pos: command.pos, args: [first, ...rest] });
  open.command = undefined;
}

/** Takes the fields that follow a term without space: `(x).A`, `.A.B`, `$x.A`. */
function withFields(stream: TokenStream, term: OperandNode): OperandNode {
  const first = stream.peek();
  if (first.type !== "field") {
    return term;
  }
  const fields: string[] = [];
  while (stream.peek().type === "field") {
    fields.push(stream.next().value.slice(1));
  }
  switch (term.type) {
    case "field":
    case "variable":
    case "chain":
      return { ...term, pos: first.pos, fields: [...term.fields, ...fields] };
    case "identifier":
    case "pipe": {
      const chain: ChainNode = { type: "chain", pos: first.pos, node: term, fields };
      return chain;
    }
    default:
      stream.fail(`unexpected . after term ${quote(formatNode(term))}`, first.pos);
  }
}

/** Any operand without its fields, parentheses aside; undefined if none is next. */
function parseTerm(stream: TokenStream, scope: Scope): OperandNode | undefined {
  const token = stream.peekNonSpace();
  if (!OPERAND_STARTS.has(token.type)) {
    return undefined;
  }
  stream.next();
  const { pos, value } = token;
  switch (token.type) {
    case "identifier":
      if (!scope.functions.has(value)) {
        stream.fail(`function ${quote(value)} not defined`, pos);
      }
      return { type: "identifier", pos, name: value };
    case "dot":
    case "nil":
      return { type: token.type, pos };
    case "variable":
      if (!scope.vars.has(value)) {
        stream.fail(`undefined variable ${quote(value)}`, pos);
      }
      return { type: "variable", pos, name: value, fields: [] };
    case "field":
      return { type: "field", pos, fields: [value.slice(1)] };
    case "bool":
      return { type: "bool", pos, value: value === "true" };
    case "string":
    case "raw-string":
      return { type: "string", pos, value: unquoteToken(stream, token), quoted: value };
    case "char-constant":
    case "complex":
    case "number": {
      const number = readConstant(pos, value, token.type);
      return typeof number === "string" ? stream.fail(number, pos) : number;
    }
    default:
      return undefined;
  }
}

/** The text of a string token. */
export function unquoteToken(stream: TokenStream, token: Token): string {
  return unquote(token.value) ?? stream.fail("invalid syntax", token.pos);
}
