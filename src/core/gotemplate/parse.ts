/**
 * Tokens to syntax trees, one for each named template (text/template/parse of Go 1.26). Open control
 * structures are kept on an explicit stack, so that no nesting overflows the host's stack.
 */
import type { BranchNode, ListNode, PipeNode, StatementNode } from "./ast.js";
import { lex, type Token } from "./lex.js";
import { parsePipeline, type Scope, unquoteToken, VariableNames } from "./parse-pipeline.js";
import { quote } from "./quote.js";
import { TokenStream } from "./token-stream.js";
import type { FunctionMap } from "./value.js";

/** Templates by name: the text's own and those that it defines. */
export type Trees = ReadonlyMap<string, ListNode>;

/** What Go's bytes.TrimSpace removes. */
const BLANK = /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$/;

/**
 * Parses the text of template `name`.
 * @throws {TemplateError} template_parse
 */
export function parse(name: string, text: string, functions: FunctionMap): Trees {
  const tokens = lex(text, {
    breakKeyword: !functions.has("break"),
    continueKeyword: !functions.has("continue"),
  });
  return new Parser(new TokenStream(name, text, tokens), functions).run();
}

/** A text, definition or block that is still open. */
interface OpenTemplate {
  readonly type: "root" | "define" | "block";
  readonly name: string;
  /** Where the name stands. */
  readonly pos: number;
  readonly list: StatementNode[];
  /** What holds again after its end. */
  readonly outerVars: VariableNames;
  readonly outerRangeDepth: number;
  /** The call that a block leaves in its place. */
  readonly call: StatementNode | undefined;
  /** Where its clause ends. */
  readonly clauseEnd: number;
}

/** A control structure that is still open. */
interface OpenBranch {
  readonly type: BranchNode["type"];
  readonly pos: number;
  readonly pipe: PipeNode;
  readonly list: StatementNode[];
  elseList: StatementNode[] | undefined;
  readonly varsMark: number;
  /** Whether it is the `if` of an `{{else if}}`: its end is also that of the one around it. */
  readonly chained: boolean;
}

type Open = OpenTemplate | OpenBranch;

function isBranch(open: Open): open is OpenBranch {
  return open.type === "if" || open.type === "with" || open.type === "range";
}

/** The invariant: `open` holds the structures around the next token, the innermost last. */
class Parser {
  private readonly stream: TokenStream;
  private readonly scope: Scope;
  private readonly trees = new Map<string, ListNode>();
  private readonly outer: Open[] = [];
  private open: Open;
  private rangeDepth = 0;

  constructor(stream: TokenStream, functions: FunctionMap) {
    this.stream = stream;
    this.scope = { vars: new VariableNames(), functions };
    this.open = {
      type: "root",
      name: stream.name,
      pos: 0,
      list: [],
      outerVars: this.scope.vars,
      outerRangeDepth: 0,
      call: undefined,
      clauseEnd: 0,
    };
  }

  run(): Trees {
    for (;;) {
      const token = this.stream.nextNonSpace();
      if (token.type === "eof") {
        if (this.open.type !== "root") {
          this.stream.fail("unexpected EOF", token.pos);
        }
        this.addTemplate(this.open);
        return this.trees;
      }
      if (token.type === "text") {
        this.append({ type: "text", pos: token.pos, text: token.value });
      } else if (token.type === "left-delimiter") {
        const depth = this.outer.length;
        this.stream.actionStart = token.pos;
        this.action();
        // A branch counts as the action under way until the first action inside of it.
        const opened = this.outer.length > depth && isBranch(this.open) && !this.open.chained;
        if (!opened) this.stream.actionStart = undefined;
      } else {
        this.stream.unexpected(token, "input");
      }
    }
  }

  private append(node: StatementNode): void {
    const { open } = this;
    const list = isBranch(open) ? (open.elseList ?? open.list) : open.list;
    list.push(node);
  }

  private action(): void {
    const token = this.stream.peekNonSpace();
    switch (token.type) {
      case "block":
        this.stream.next();
        this.openBlock();
        return;
      case "define":
        if (this.open.type === "root") {
          this.stream.next();
          this.openDefinition();
          return;
        }
        break;
      case "break":
      case "continue":
        this.stream.next();
        this.loopControl(token.type, token.pos);
        return;
      case "else":
        this.stream.next();
        this.elseControl();
        return;
      case "end":
        this.stream.next();
        this.endControl();
        return;
      case "if":
      case "range":
      case "with":
        this.stream.next();
        this.openBranch(token.type, false);
        return;
      case "template":
        this.stream.next();
        this.templateCall();
        return;
    }
    const pipe = parsePipeline(this.stream, this.scope, "command");
    this.append({ type: "action", pos: token.pos, pipe });
  }

  private openDefinition(): void {
    const context = "define clause";
    // Nor do they in the clause of a definition.
    this.stream.actionStart = undefined;
    const token = this.stream.expect(["string", "raw-string"], context);
    const name = unquoteToken(this.stream, token);
    this.stream.expect(["right-delimiter"], context);
    this.openTemplate("define", name, token.pos, undefined);
  }

  private openBlock(): void {
    const context = "block clause";
    const token = this.stream.nextNonSpace();
    const name = this.templateName(token, context);
    const pipe = parsePipeline(this.stream, this.scope, context);
    this.openTemplate("block", name, token.pos, { type: "template", pos: token.pos, name, pipe });
  }

  /** Variables and loops do not reach into the body of another template. */
  private openTemplate(
    type: "define" | "block",
    name: string,
    pos: number,
    call: StatementNode | undefined,
  ): void {
    this.outer.push(this.open);
    this.open = {
      type,
      name,
      pos,
      list: [],
      outerVars: this.scope.vars,
      outerRangeDepth: this.rangeDepth,
      call,
      clauseEnd: this.stream.lastRead().pos,
    };
    this.scope.vars = new VariableNames();
    this.rangeDepth = 0;
  }

  private openBranch(type: BranchNode["type"], chained: boolean): void {
    const varsMark = this.scope.vars.size;
    const pipe = parsePipeline(this.stream, this.scope, type);
    this.outer.push(this.open);
    this.open = { type, pos: pipe.pos, pipe, list: [], elseList: undefined, varsMark, chained };
    this.rangeDepth += type === "range" ? 1 : 0;
  }

  private loopControl(type: "break" | "continue", pos: number): void {
    const token = this.stream.nextNonSpace();
    if (token.type !== "right-delimiter") {
      this.stream.unexpected(token, `{{${type}}}`);
    }
    if (this.rangeDepth === 0) {
      this.stream.fail(`{{${type}}} outside {{range}}`, pos);
    }
    this.append({ type, pos });
  }

  private templateCall(): void {
    const context = "template clause";
    const token = this.stream.nextNonSpace();
    const name = this.templateName(token, context);
    let pipe: PipeNode | undefined;
    if (this.stream.peekNonSpace().type === "right-delimiter") {
      this.stream.next();
    } else {
      pipe = parsePipeline(this.stream, this.scope, context);
    }
    this.append({ type: "template", pos: token.pos, name, pipe });
  }

  private templateName(token: Token, context: string): string {
    return token.type === "string" || token.type === "raw-string"
      ? unquoteToken(this.stream, token)
      : this.stream.unexpected(token, context);
  }

  private elseControl(): void {
    const { stream, open } = this;
    const next = stream.peekNonSpace();
    if (next.type !== "if" && next.type !== "with") {
      stream.expect(["right-delimiter"], "else");
    }
    if (!isBranch(open)) {
      this.misplaced("{{else}}", next.pos);
    }
    if (open.elseList !== undefined) {
      stream.fail("expected end; found {{else}}", next.pos);
    }
    this.rangeDepth -= open.type === "range" ? 1 : 0;
    open.elseList = [];
    // `{{else if x}}` is `{{else}}{{if x}}` whose ends are one; `range` has no such form.
    if (next.type === open.type && (next.type === "if" || next.type === "with")) {
      stream.next();
      // For Go the action is over at its {{else}}: errors do not tell where it started.
      stream.actionStart = undefined;
      this.openBranch(next.type, true);
    }
  }

  private endControl(): void {
    const token = this.stream.expect(["right-delimiter"], "end");
    let { open } = this;
    if (open.type === "root") {
      this.misplaced("{{end}}", token.pos);
    }
    while (isBranch(open)) {
      const { type, pos, pipe, list, elseList, chained } = open;
      this.scope.vars.truncate(open.varsMark);
      this.rangeDepth -= type === "range" && elseList === undefined ? 1 : 0;
      this.leave();
      this.append({ type, pos, pipe, list, elseList });
      if (!chained) {
        return;
      }
      open = this.open;
    }
    this.addTemplate(open);
    this.scope.vars = open.outerVars;
    this.rangeDepth = open.outerRangeDepth;
    this.leave();
    if (open.call !== undefined) {
      this.append(open.call);
    }
  }

  private leave(): void {
    this.open = this.outer.pop() ?? this.open;
  }

  private misplaced(what: string, pos: number): never {
    const { open } = this;
    const context = open.type === "root" ? "" : ` in ${open.type} clause`;
    // For a block Go tells the line of its clause.
    const readTo = isBranch(open) || open.type !== "block" ? undefined : open.clauseEnd;
    this.stream.fail(`unexpected ${what}${context}`, pos, readTo);
  }

  /** A second definition may only fill or be a blank one. */
  private addTemplate(open: OpenTemplate): void {
    const existing = this.trees.get(open.name);
    if (existing === undefined || isBlank(existing)) {
      this.trees.set(open.name, open.list);
    } else if (!isBlank(open.list)) {
      const message = `template: multiple definition of template ${quote(open.name)}`;
      this.stream.fail(message, open.pos);
    }
  }
}

function isBlank(list: ListNode): boolean {
  return list.every((node) => node.type === "text" && BLANK.test(node.text));
}
