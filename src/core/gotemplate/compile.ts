/** Syntax trees to programs: lists, branches, loops and template calls as jumps (exec.go, walk). */
import { Assembler, type Label } from "./assembler.js";
import type { ActionNode, BranchNode, ListNode, StatementNode, TemplateCallNode } from "./ast.js";
import { byteLength } from "./bytes.js";
import { ExpressionCompiler } from "./compile-expression.js";
import { cut, type Loop, type Machine, type Program } from "./machine.js";
import { formatNode } from "./node-text.js";
import { printable } from "./printable.js";
import { formatValue } from "./printf.js";
import { emptyLoop, openLoop } from "./range.js";
import { isTrue } from "./truth.js";
import { type FunctionMap, GoFunction, type Value } from "./value.js";

/** Compiles the body of one template. */
export function compile(name: string, list: ListNode, functions: FunctionMap): Program {
  const assembler = new Assembler();
  const compiler = new StatementCompiler(assembler, functions);
  compiler.list(list);
  assembler.run();
  assembler.emit((machine) => {
    machine.leave();
  });
  return { name, code: assembler.code };
}

/** Where `continue` and `break` of a loop go; in an `else` there is no next round. */
interface LoopLabels {
  readonly next: Label | undefined;
  readonly end: Label;
}

/** The invariant: `loops` holds the labels of the loops around the statement at hand. */
class StatementCompiler {
  private readonly assembler: Assembler;
  private readonly expressions: ExpressionCompiler;
  private readonly loops: LoopLabels[] = [];

  constructor(assembler: Assembler, functions: FunctionMap) {
    this.assembler = assembler;
    this.expressions = new ExpressionCompiler(assembler, functions);
  }

  list(list: ListNode): void {
    this.assembler.schedule(list.map((node) => () => this.statement(node)));
  }

  private statement(node: StatementNode): void {
    switch (node.type) {
      case "text": {
        const { text } = node;
        const sizeBytes = byteLength(text);
        this.assembler.emit((machine) => {
          machine.write(text, sizeBytes);
        });
        return;
      }
      case "action":
        this.action(node);
        return;
      case "if":
      case "with":
        this.branch(node);
        return;
      case "range":
        this.range(node);
        return;
      case "template":
        this.templateCall(node);
        return;
      case "break":
      case "continue":
        this.loopControl(node.type);
    }
  }

  /** Without declared variables the value is written. */
  private action(node: ActionNode): void {
    const silent = node.pipe.declared.length > 0;
    this.assembler.schedule([
      () => this.expressions.pipeline(node.pipe),
      () =>
        this.assembler.emit((machine) => {
          const value = machine.stack.pop();
          if (!silent) {
            writeValue(machine, value, node);
          }
        }),
    ]);
  }

  private branch(node: BranchNode): void {
    const { assembler } = this;
    const otherwise = assembler.label();
    const end = assembler.label();
    const isWith = node.type === "with";
    this.scoped(node, [
      () =>
        assembler.emit((machine) => {
          const value = machine.stack.pop();
          if (!isTrue(value)) {
            machine.pc = otherwise.pc;
          } else if (isWith) {
            machine.dots.push(machine.dot);
            machine.dot = value;
          }
        }),
      () => this.list(node.list),
      () => {
        assembler.emit((machine) => {
          if (isWith) {
            machine.dot = machine.dots.pop();
          }
          machine.pc = end.pc;
        });
        assembler.place(otherwise);
      },
      () => this.list(node.elseList ?? []),
      () => assembler.place(end),
    ]);
  }

  /** The pipeline of a control structure and the rest of it; its variables end with it. */
  private scoped(node: BranchNode, rest: readonly (() => void)[]): void {
    const { assembler } = this;
    assembler.emit((machine) => {
      machine.at = node;
      machine.marks.push(machine.variableCount);
    });
    assembler.schedule([
      () => this.expressions.pipeline(node.pipe),
      ...rest,
      () =>
        assembler.emit((machine) => {
          machine.dropVariables(machine.marks.pop() ?? 0);
        }),
    ]);
  }

  private range(node: BranchNode): void {
    const { assembler } = this;
    const { declared } = node.pipe;
    const otherwise = assembler.label();
    const { elseList = [] } = node;
    const labels = { next: assembler.label(), end: assembler.label() };
    const bind = loopVariables(declared, node.pipe.assign);
    this.scoped(node, [
      () => {
        assembler.emit((machine) => {
          const loop = openLoop(machine, machine.stack.pop(), declared.length);
          if (loop === undefined) {
            machine.pc = otherwise.pc;
          } else {
            machine.loops.push(loop);
          }
        });
        assembler.place(labels.next);
        assembler.emit((machine) => {
          nextElement(machine, bind, labels.end);
        });
        this.loops.push(labels);
      },
      () => this.list(node.list),
      () => {
        this.loops.pop();
        assembler.emit((machine) => {
          machine.pc = labels.next.pc;
        });
        assembler.place(otherwise);
        if (elseList.length === 0) return;
        assembler.emit((machine) => {
          machine.loops.push(emptyLoop(machine));
        });
        this.loops.push({ next: undefined, end: labels.end });
      },
      () => this.list(elseList),
      () => {
        if (elseList.length > 0) {
          this.loops.pop();
          assembler.emit((machine) => {
            machine.loops.pop();
          });
        }
        assembler.place(labels.end);
      },
    ]);
  }

  private loopControl(type: "break" | "continue"): void {
    const at = this.loops.findLastIndex(({ next }) => type === "break" || next !== undefined);
    const labels = this.loops[at];
    if (labels === undefined) {
      return;
    }
    const target = (type === "break" ? labels.end : labels.next) as Label;
    const left = this.loops.length - 1 - at;
    this.assembler.emit((machine) => {
      cut(machine.loops, machine.loops.length - left);
      const loop = machine.loops.at(-1);
      if (loop === undefined) {
        return;
      }
      unwind(machine, loop);
      if (type === "break") {
        machine.loops.pop();
      }
      machine.pc = target.pc;
    });
  }

  private templateCall(node: TemplateCallNode): void {
    const { assembler } = this;
    const { name, pipe } = node;
    assembler.emit((machine) => {
      machine.at = node;
      machine.callee(name);
    });
    assembler.schedule([
      () => {
        if (pipe !== undefined) {
          this.expressions.pipeline(pipe);
        }
      },
      () =>
        assembler.emit((machine) => {
          const dot = pipe === undefined ? undefined : machine.stack.pop();
          machine.enter(machine.callee(name), dot);
        }),
    ]);
  }
}

type Bind = (machine: Machine, loop: Loop) => void;

/** Sets the variables of `range $i, $e := …`; with one variable it is the element. */
function loopVariables(declared: readonly string[], assign: boolean): Bind {
  const [first, second] = declared;
  if (first === undefined) {
    return () => {};
  }
  if (second === undefined) {
    return (machine, loop) => {
      if (assign) {
        machine.assign(first, loop.element);
      } else {
        machine.setInnermost(1, loop.element);
      }
    };
  }
  return (machine, loop) => {
    if (assign) {
      machine.assign(first, loop.index);
      machine.assign(second, loop.element);
    } else {
      machine.setInnermost(1, loop.element);
      machine.setInnermost(2, loop.index);
    }
  };
}

/** Starts the next round of the innermost loop, or ends the loop. */
function nextElement(machine: Machine, bind: Bind, end: Label): void {
  const loop = machine.loops[machine.loops.length - 1] as Loop;
  unwind(machine, loop);
  if (!loop.advance()) {
    machine.loops.pop();
    machine.pc = end.pc;
    return;
  }
  bind(machine, loop);
  machine.dot = loop.element;
}

/** Brings the machine back to how the loop found it. */
function unwind(machine: Machine, loop: Loop): void {
  machine.dropVariables(loop.vars);
  cut(machine.marks, loop.marks);
  cut(machine.dots, loop.dots);
  machine.dot = loop.dot;
}

function writeValue(machine: Machine, value: Value | undefined, node: ActionNode): void {
  if (typeof value === "string") {
    machine.write(value);
    return;
  }
  machine.at = node;
  const shown = printable(value);
  if (shown === undefined || shown instanceof GoFunction) {
    machine.fail(`can't print ${formatNode(node)} of type func`);
  } else {
    machine.write(formatValue(shown, machine));
  }
}
