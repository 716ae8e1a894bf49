/** The syntax tree of a template: plain readonly data. `pos` is the offset in the template's text. */

interface TextNode {
  readonly type: "text";
  readonly pos: number;
  readonly text: string;
}

export interface ActionNode {
  readonly type: "action";
  readonly pos: number;
  readonly pipe: PipeNode;
}

export interface BranchNode {
  readonly type: "if" | "with" | "range";
  readonly pos: number;
  readonly pipe: PipeNode;
  readonly list: ListNode;
  readonly elseList: ListNode | undefined;
}

interface LoopControlNode {
  readonly type: "break" | "continue";
  readonly pos: number;
}

export interface TemplateCallNode {
  readonly type: "template";
  readonly pos: number;
  readonly name: string;
  readonly pipe: PipeNode | undefined;
}

export type StatementNode = TextNode | ActionNode | BranchNode | LoopControlNode | TemplateCallNode;
export type ListNode = readonly StatementNode[];

/** `$a, $b := command | command`. */
export interface PipeNode {
  readonly type: "pipe";
  readonly pos: number;
  /** Names of the declared or assigned variables, with their `$`. */
  readonly declared: readonly string[];
  /** Whether the variables exist already (`=`). */
  readonly assign: boolean;
  readonly commands: readonly CommandNode[];
}

export interface CommandNode {
  readonly type: "command";
  readonly pos: number;
  readonly args: readonly [OperandNode, ...OperandNode[]];
}

/** `.A.B`. */
export interface FieldNode {
  readonly type: "field";
  readonly pos: number;
  readonly fields: readonly string[];
}

/** `$x.A.B`; `name` has the `$`. */
export interface VariableNode {
  readonly type: "variable";
  readonly pos: number;
  readonly name: string;
  readonly fields: readonly string[];
}

/** A function's name. */
export interface IdentifierNode {
  readonly type: "identifier";
  readonly pos: number;
  readonly name: string;
}

/** `(pipeline).A.B` or `function.A.B`. */
export interface ChainNode {
  readonly type: "chain";
  readonly pos: number;
  readonly node: PipeNode | IdentifierNode;
  readonly fields: readonly string[];
}

interface DotNode {
  readonly type: "dot";
  readonly pos: number;
}

interface NilNode {
  readonly type: "nil";
  readonly pos: number;
}

interface BoolNode {
  readonly type: "bool";
  readonly pos: number;
  readonly value: boolean;
}

interface StringNode {
  readonly type: "string";
  readonly pos: number;
  readonly value: string;
  /** As written, with its quotes. */
  readonly quoted: string;
}

/** A numeric constant: every kind of number that it can be. */
export interface NumberNode {
  readonly type: "number";
  readonly pos: number;
  readonly text: string;
  readonly int: bigint | undefined;
  readonly uint: bigint | undefined;
  readonly float: number | undefined;
  readonly complex: { readonly re: number; readonly im: number } | undefined;
}

export type ConstantNode = BoolNode | NumberNode | StringNode;
export type OperandNode =
  | ConstantNode
  | ChainNode
  | DotNode
  | FieldNode
  | IdentifierNode
  | NilNode
  | PipeNode
  | VariableNode;

export type Node = StatementNode | PipeNode | CommandNode | OperandNode;
