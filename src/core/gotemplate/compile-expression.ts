/**
 * Pipelines to instructions (exec.go: evalPipeline, evalCommand, evalCall). A pipeline leaves one
 * value on the machine's stack. Functions, argument counts and constants are settled here; what Go
 * reports at execution becomes an instruction that fails when it is reached.
 */
import {
  ArgumentFault,
  checkCount,
  constantValue,
  convertConstant,
  convertNil,
  convertValue,
  paramAt,
} from "./argument.js";
import type { Assembler } from "./assembler.js";
import type {
  ChainNode,
  CommandNode,
  ConstantNode,
  FieldNode,
  IdentifierNode,
  Node,
  OperandNode,
  PipeNode,
  VariableNode,
} from "./ast.js";
import { isBuiltin } from "./builtins.js";
import { callFunction } from "./call.js";
import type { Machine } from "./machine.js";
import { argumentsFault, fieldFault, findField, methodOf, NO_FIELD } from "./member.js";
import { formatNode } from "./node-text.js";
import { isTrue } from "./truth.js";
import type { FunctionMap, GoFunction, ParamType, Value } from "./value.js";

type Operand = Value | undefined;
type MemberNode = ChainNode | FieldNode | VariableNode;
/** What is done to a value before it is left on the stack. */
type Finish = (machine: Machine, value: Operand) => Operand;

/** The value of a command: an interface that holds nil is no value. */
const unwrap: Finish = (_machine, value) => value ?? undefined;
const asIs: Finish = (_machine, value) => value;

const finishes = new Map<ParamType, Finish>();

/** The value of an argument: checked and converted for its parameter. */
function forParam(param: ParamType): Finish {
  let finish = finishes.get(param);
  if (finish === undefined) {
    finish = (machine, value) => unfault(machine, convertValue(value, param));
    finishes.set(param, finish);
  }
  return finish;
}

function unfault(machine: Machine, value: Operand | ArgumentFault): Operand {
  return value instanceof ArgumentFault ? machine.fail(value.message) : value;
}

/** The invariant: what is scheduled on the assembler runs in order, each part after the ones before. */
export class ExpressionCompiler {
  private readonly assembler: Assembler;
  private readonly functions: FunctionMap;

  constructor(assembler: Assembler, functions: FunctionMap) {
    this.assembler = assembler;
    this.functions = functions;
  }

  /** Evaluates a pipeline and declares its variables; its value is left on the stack. */
  pipeline(pipe: PipeNode): void {
    const { assembler } = this;
    const { declared, assign } = pipe;
    assembler.schedule([
      ...pipe.commands.map((command, i) => () => this.command(pipe, command, i > 0)),
      () => {
        if (declared.length > 0) {
          assembler.emit((machine) => {
            const value = machine.stack[machine.stack.length - 1];
            for (const name of declared) {
              if (assign) {
                machine.assign(name, value);
              } else {
                machine.declare(name, value);
              }
            }
          });
        }
      },
    ]);
  }

  /** With `piped` the value of the command before is on the stack: the last argument of this one. */
  private command(pipe: PipeNode, command: CommandNode, piped: boolean): void {
    const [first, ...args] = command.args;
    const hasArgs = args.length > 0 || piped;
    switch (first.type) {
      case "field":
      case "chain":
        if (hasArgs) {
          this.memberCall(first, args, piped);
        } else {
          this.operand(first, unwrap);
        }
        return;
      case "identifier":
        this.call(first, command, args, piped, unwrap);
        return;
      case "variable":
        if (first.fields.length > 0 && hasArgs) {
          this.memberCall(first, args, piped);
          return;
        }
        break;
      case "pipe":
        if (hasArgs) {
          // Go's errors stay at the command before this one.
          this.failAt(
            piped ? undefined : pipe,
            `can't give argument to non-function ${formatNode(first, 1)}`,
          );
        }
        this.operand(first, unwrap);
        return;
    }
    // Of these only a variable is looked up before Go sees that it takes no arguments.
    if (!hasArgs || first.type === "variable") {
      if (first.type === "nil") {
        this.failAt(first, "nil is not a command");
      } else {
        this.operand(first, unwrap);
      }
    }
    if (hasArgs) {
      this.failAt(first, `can't give argument to non-function ${formatNode(first)}`);
    }
  }

  /** Fails at a node, or at the one that the machine was at. */
  private failAt(node: Node | undefined, message: string): void {
    this.assembler.emit((machine) => {
      machine.at = node ?? machine.at;
      machine.fail(message);
    });
  }

  /** Leaves the value of an operand without arguments on the stack. */
  private operand(node: OperandNode, finish: Finish): void {
    const { assembler } = this;
    switch (node.type) {
      case "field":
      case "variable":
      case "chain":
        this.chain(node, node.fields, finish);
        return;
      case "identifier":
        this.call(node, node, [], false, finish);
        return;
      case "pipe":
        assembler.schedule([() => this.pipeline(node), () => this.finishTop(finish)]);
        return;
      case "dot":
        assembler.emit((machine) => {
          machine.at = node;
          machine.stack.push(finish(machine, machine.dot));
        });
        return;
      case "nil":
        this.failAt(node, "nil has no value here");
        return;
      default:
        this.constant(node, constantValue(node));
    }
  }

  private finishTop(finish: Finish): void {
    if (finish !== asIs && finish !== unwrap) {
      this.assembler.emit((machine) => {
        machine.stack.push(finish(machine, machine.stack.pop()));
      });
    }
  }

  /** Fields of dot, of a variable or of a pipeline's value; `fields` are all or the first of the node's. */
  private chain(node: MemberNode, fields: readonly string[], finish: Finish): void {
    const { assembler } = this;
    if (node.type === "chain") {
      assembler.schedule([
        () => this.operand(node.node, asIs),
        () =>
          assembler.emit((machine) => {
            const value = walk(machine, machine.stack.pop(), fields, node);
            machine.stack.push(finish(machine, value));
          }),
      ]);
    } else if (node.type === "field") {
      assembler.emit((machine) => {
        machine.at = node;
        machine.stack.push(finish(machine, walk(machine, machine.dot, fields, node)));
      });
    } else {
      assembler.emit((machine) => {
        machine.at = node;
        const value = walk(machine, machine.variable(node.name), fields, node);
        machine.stack.push(finish(machine, value));
      });
    }
  }

  private constant(node: Node, value: Operand | ArgumentFault): void {
    this.assembler.emit((machine) => {
      machine.at = node;
      machine.stack.push(unfault(machine, value));
    });
  }

  /** An argument for a parameter that is known. */
  private argument(node: OperandNode, param: ParamType): void {
    switch (node.type) {
      case "bool":
      case "number":
      case "string":
        this.constant(node, convertConstant(node, param));
        return;
      case "nil":
        this.constant(node, convertNil(param));
        return;
      default:
        this.operand(node, forParam(param));
    }
  }

  /** A call of a function by its name; `node` is what its errors are about. */
  private call(
    identifier: IdentifierNode,
    node: Node,
    args: readonly OperandNode[],
    piped: boolean,
    finish: Finish,
  ): void {
    const { assembler } = this;
    const { name } = identifier;
    const fn = this.functions.get(name);
    if (fn === undefined) {
      this.failAt(identifier, `"${name}" is not a defined function`);
      return;
    }
    const fault = checkCount(fn, name, args.length + (piped ? 1 : 0), args.length);
    if (fault !== undefined) {
      this.failAt(identifier, fault.message);
      return;
    }
    if ((name === "and" || name === "or") && isBuiltin(fn)) {
      if (args.length === 0) {
        assembler.emit((machine) => {
          machine.at = identifier;
        });
      }
      this.shortCircuit(name === "or", args, piped, finish);
      return;
    }
    const [first] = args;
    // The message about a callee that is no function shows what the template wrote.
    const named =
      name === "call" && isBuiltin(fn) && first !== undefined
        ? callFunction(formatNode(first))
        : fn;
    const invoke = callInstruction(named, identifier, node, args.length, piped);
    assembler.schedule([
      ...args.map((arg, i) => () => this.argument(arg, paramAt(fn, i))),
      () =>
        assembler.emit((machine) => {
          const result = invoke(machine);
          machine.stack.push(finish(machine, result));
        }),
    ]);
  }

  /** `and` and `or` evaluate their arguments only as far as needed; a piped one comes last. */
  private shortCircuit(
    stopAt: boolean,
    args: readonly OperandNode[],
    piped: boolean,
    finish: Finish,
  ): void {
    const { assembler } = this;
    const done = assembler.label();
    const steps: (() => void)[] = args.flatMap((arg, i) => {
      const last = i === args.length - 1 && !piped;
      return [
        () => this.argument(arg, "reflect.Value"),
        () => {
          if (!last) {
            assembler.emit((machine) => {
              const value = machine.stack.pop();
              if (isTrue(value) === stopAt) {
                if (piped) {
                  machine.stack.pop();
                }
                machine.stack.push(value);
                machine.pc = done.pc;
              }
            });
          }
        },
      ];
    });
    assembler.schedule([
      ...steps,
      () => {
        assembler.place(done);
        assembler.emit((machine) => {
          machine.stack.push(finish(machine, machine.stack.pop()));
        });
      },
    ]);
  }

  /** `.A.B arg`: only a method takes arguments, and which one only the value tells. */
  private memberCall(node: MemberNode, args: readonly OperandNode[], piped: boolean): void {
    const { assembler } = this;
    const path = node.fields.slice(0, -1);
    const name = node.fields.at(-1) ?? "";
    const done = assembler.label();
    const open = (machine: Machine) => {
      openMethod(machine, machine.stack.pop(), { name, given: args.length, piped, done });
    };
    assembler.schedule([
      () => this.chain(node, path, asIs),
      () => assembler.emit(open),
      ...args.map((arg, i) => () => this.methodArgument(arg, i)),
      () => {
        assembler.emit((machine) => {
          const fn = machine.callees.pop() as GoFunction;
          const values = machine.stack.splice(machine.stack.length - args.length);
          if (piped) {
            const param = paramAt(fn, args.length);
            values.push(forParam(param)(machine, machine.stack.pop()));
          }
          machine.stack.push(unwrap(machine, machine.invoke(fn, name, values, node)));
        });
        assembler.place(done);
      },
    ]);
  }

  /** An argument of the method that is last in `callees`. */
  private methodArgument(node: OperandNode, index: number): void {
    const param = (machine: Machine) =>
      paramAt(machine.callees[machine.callees.length - 1] as GoFunction, index);
    switch (node.type) {
      case "bool":
      case "number":
      case "string":
        this.methodConstant(node, (machine) => convertConstant(node, param(machine)));
        return;
      case "nil":
        this.methodConstant(node, (machine) => convertNil(param(machine)));
        return;
      default:
        this.operand(node, (machine, value) => forParam(param(machine))(machine, value));
    }
  }

  private methodConstant(
    node: ConstantNode | OperandNode,
    value: (machine: Machine) => Operand | ArgumentFault,
  ): void {
    this.assembler.emit((machine) => {
      machine.at = node;
      machine.stack.push(unfault(machine, value(machine)));
    });
  }
}

/** Takes the arguments off the stack and calls. */
function callInstruction(
  fn: GoFunction,
  identifier: IdentifierNode,
  node: Node,
  count: number,
  piped: boolean,
): (machine: Machine) => Operand {
  const { name } = identifier;
  const last = forParam(paramAt(fn, count));
  return (machine) => {
    const { stack } = machine;
    const values = count === 0 ? [] : stack.splice(stack.length - count);
    if (count === 0) {
      machine.at = identifier;
    }
    if (piped) {
      values.push(last(machine, stack.pop()));
    }
    return machine.invoke(fn, name, values, node);
  };
}

/** Follows fields and methods without arguments from a value. */
function walk(machine: Machine, receiver: Operand, fields: readonly string[], node: Node): Operand {
  let value = receiver;
  for (const name of fields) {
    if (value instanceof Map) {
      value = value.get(name);
      continue;
    }
    const method = methodOf(value, name);
    if (method === undefined) {
      const field = findField(value, name);
      if (field === NO_FIELD) {
        return machine.fail(fieldFault(value ?? null, name));
      }
      value = field;
    } else {
      const fault = checkCount(method, name, 0, 0);
      if (fault !== undefined) {
        machine.fail(fault.message);
      }
      value = machine.invoke(method, name, [], node);
    }
  }
  return value;
}

interface MethodCall {
  readonly name: string;
  /** Arguments in the call itself, without a piped one. */
  readonly given: number;
  readonly piped: boolean;
  /** Where to go on without a call. */
  readonly done: { readonly pc: number };
}

/** Finds the method for arguments that follow; without a receiver they are not even evaluated. */
function openMethod(machine: Machine, receiver: Operand, call: MethodCall): void {
  const { name, given, piped } = call;
  const method = methodOf(receiver, name);
  if (method !== undefined) {
    const fault = checkCount(method, name, given + (piped ? 1 : 0), given);
    if (fault !== undefined) {
      machine.fail(fault.message);
    }
    machine.callees.push(method);
    return;
  }
  if (receiver !== undefined) {
    machine.fail(argumentsFault(receiver, name) ?? fieldFault(receiver, name));
  }
  if (piped) {
    machine.stack.pop();
  }
  machine.stack.push(undefined);
  machine.pc = call.done.pc;
}
