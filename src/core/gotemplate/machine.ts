/**
 * Runs compiled templates. Everything that nests, of statements and of expressions, is kept on the
 * stacks of this machine and not on the host's; every instruction and call is charged to budgets.
 */
import type { Node } from "./ast.js";
import { byteLength, normalize } from "./bytes.js";
import { FunctionError, TemplateError, type TemplateErrorCode } from "./error.js";
import { formatNode } from "./node-text.js";
import { quote } from "./quote.js";
import { positionOf } from "./token-stream.js";
import type { CallContext, GoFunction, Host, Value } from "./value.js";

/** One step of a template: reads and writes the machine's stacks, moves `pc` to jump. */
export type Instruction = (machine: Machine) => void;

/** A compiled template body. */
export interface Program {
  readonly name: string;
  readonly code: readonly Instruction[];
}

/** The programs of one template text, by name. */
export interface Unit {
  /** What errors call the file. */
  readonly file: string;
  readonly text: string;
  readonly programs: ReadonlyMap<string, Program>;
}

/** Budgets of one execution. */
export interface Limits {
  /** Instructions, calls and what functions charge for their work. */
  readonly steps: number;
  readonly outputBytes: number;
  /** Bytes that functions and printing ask for, in sum. */
  readonly memoryBytes: number;
  /** Nested template calls. */
  readonly depth: number;
}

/** A `range` under way. */
export interface Loop {
  /** Moves to the next element; false at the end. */
  readonly advance: () => boolean;
  index: Value | undefined;
  element: Value | undefined;
  readonly dot: Value | undefined;
  /** Heights of the stacks inside the loop, to which `break` and `continue` come back. */
  readonly vars: number;
  readonly marks: number;
  readonly dots: number;
}

interface Frame {
  readonly program: Program;
  readonly pc: number;
  readonly dot: Value | undefined;
  readonly varsBase: number;
}

/** Longest piece of a template that a message shows, in UTF-16 units. */
const MAX_PIECE = 1000;

/** A function reads the texts that it is given: so many UTF-16 units are a step. */
const UNITS_PER_STEP = 64;

/** Functions whose result tells a secret that they are given whole. */
const TELLING = new Set([
  "adler32sum",
  "b32enc",
  "b64enc",
  "lower",
  "quote",
  "sha1sum",
  "sha256sum",
  "sha512sum",
  "squote",
  "substr",
  "title",
  "toJson",
  "trunc",
  "upper",
  "urlquery",
]);

/** Shorter results tell little, and hiding them would hide them everywhere. */
const MIN_TOLD_LENGTH = 5;

type Callable = (
  context: CallContext,
  ...args: readonly (Value | undefined)[]
) => Value | undefined;

/** Shortens a stack. Setting the length is slow even where it stays, as in most rounds of a loop. */
export function cut(stack: unknown[], length: number): void {
  if (stack.length !== length) stack.length = length;
}

export class Machine implements CallContext {
  readonly host: Host;
  readonly stack: (Value | undefined)[] = [];
  /** Methods whose arguments are being evaluated. */
  readonly callees: GoFunction[] = [];
  readonly loops: Loop[] = [];
  /** Dots that `with` will restore. */
  readonly dots: (Value | undefined)[] = [];
  readonly secrets: string[] = [];
  private readonly knownSecrets = new Set<string>();
  pc = 0;
  dot: Value | undefined;
  /** The node that an error now would be about. */
  at: Node | undefined;
  /** Heights of the variables to come back to at an `end`. */
  readonly marks: number[] = [];
  private readonly varNames: string[] = [];
  private readonly varValues: (Value | undefined)[] = [];
  private varsBase = 0;
  private readonly unit: Unit;
  private readonly limits: Limits;
  private readonly isSecret: ((text: string) => boolean) | undefined;
  private readonly frames: Frame[] = [];
  private program: Program;
  private running = true;
  private steps = 0;
  private memoryBytes = 0;
  private outputBytes = 0;
  private output = "";

  constructor(
    unit: Unit,
    program: Program,
    host: Host,
    limits: Limits,
    isSecret?: (text: string) => boolean,
  ) {
    this.unit = unit;
    this.program = program;
    this.host = host;
    this.limits = limits;
    this.isSecret = isSecret;
  }

  /** Executes the main program over `data`; the text written. */
  run(data: Value | undefined): string {
    this.dot = data;
    this.declare("$", data);
    try {
      let { code } = this.program;
      while (this.running) {
        if (++this.steps > this.limits.steps) {
          this.exceeded("template_budget_steps", `more than ${this.limits.steps} steps`);
        }
        (code[this.pc++] as Instruction)(this);
        code = this.program.code;
      }
    } catch (error) {
      throw this.explained(error);
    }
    return normalize(this.output);
  }

  // Budgets.

  charge(steps: number): void {
    this.steps += steps;
    if (this.steps > this.limits.steps) {
      this.exceeded("template_budget_steps", `more than ${this.limits.steps} steps`);
    }
  }

  allocate(bytes: number): void {
    this.memoryBytes += bytes;
    if (this.memoryBytes > this.limits.memoryBytes) {
      this.exceeded(
        "template_budget_memory",
        `more than ${this.limits.memoryBytes} bytes of memory`,
      );
    }
  }

  secret(text: string): void {
    this.secrets.push(text);
    this.knownSecrets.add(text);
  }

  /** A secret in another form is a secret too. */
  private keepTold(args: readonly (Value | undefined)[], result: Value | undefined): void {
    if (typeof result !== "string" || result.length < MIN_TOLD_LENGTH) return;
    if (this.knownSecrets.has(result)) return;
    const told = args.some(
      (arg) => typeof arg === "string" && (this.knownSecrets.has(arg) || this.isSecret?.(arg)),
    );
    if (told) this.secret(result);
  }

  write(text: string, sizeBytes = byteLength(text)): void {
    this.outputBytes += sizeBytes;
    if (this.outputBytes > this.limits.outputBytes) {
      this.exceeded(
        "template_budget_output",
        `more than ${this.limits.outputBytes} bytes of output`,
      );
    }
    this.output += text;
  }

  private exceeded(code: TemplateErrorCode, what: string): never {
    throw this.error(code, `budget exceeded: ${what}`);
  }

  // Errors.

  /** Ends the execution with Go's message about the node at hand. */
  fail(message: string): never {
    throw this.error("template_exec", message);
  }

  private error(code: TemplateErrorCode, message: string, cause?: unknown): TemplateError {
    const { file, text } = this.unit;
    if (this.at === undefined) {
      return new TemplateError(code, `template: ${file}: ${message}`, { place: { file }, cause });
    }
    const { line, byteColumn, column } = positionOf(text, this.at.pos);
    const name = quote(this.program.name);
    const piece = formatNode(this.at);
    const shown = piece.length > MAX_PIECE ? `${piece.slice(0, MAX_PIECE)}…` : piece;
    return new TemplateError(
      code,
      `template: ${file}:${line}:${byteColumn}: executing ${name} at <${shown}>: ${message}`,
      { place: { file, line, column }, cause },
    );
  }

  /** Faults of functions and of the host's own limits as template errors; others are bugs and pass. */
  private explained(error: unknown): unknown {
    if (error instanceof FunctionError) {
      return this.error("template_exec", error.message, error.cause);
    }
    if (error instanceof TemplateError && error.place === undefined) {
      return this.error(error.code, error.message, error.cause);
    }
    if (error instanceof RangeError) {
      const code = /call stack/.test(error.message)
        ? "template_budget_depth"
        : "template_budget_memory";
      return this.error(code, "budget exceeded: the value is too large", error);
    }
    return error;
  }

  /** Calls a function whose arguments are checked; `node` is what its errors are about. */
  invoke(
    fn: GoFunction,
    name: string,
    args: readonly (Value | undefined)[],
    node: Node,
  ): Value | undefined {
    const { at } = this;
    this.at = node;
    this.charge(1 + readingSteps(args));
    try {
      const result = (fn.call as Callable)(this, ...args);
      this.at = at;
      if (TELLING.has(name)) this.keepTold(args, result);
      return result;
    } catch (error) {
      if (error instanceof FunctionError) {
        throw this.error("template_exec", `error calling ${name}: ${error.message}`, error.cause);
      }
      throw error;
    }
  }

  // Variables: a stack of names, the innermost last; a template sees only its own.

  declare(name: string, value: Value | undefined): void {
    this.varNames.push(name);
    this.varValues.push(value);
  }

  assign(name: string, value: Value | undefined): void {
    this.varValues[this.findVariable(name)] = value;
  }

  /** Sets a variable by its place, 1 is the innermost. */
  setInnermost(place: number, value: Value | undefined): void {
    this.varValues[this.varValues.length - place] = value;
  }

  variable(name: string): Value | undefined {
    return this.varValues[this.findVariable(name)];
  }

  private findVariable(name: string): number {
    const top = this.varNames.length - 1;
    for (let i = top; i >= this.varsBase; i--) {
      if (this.varNames[i] === name) {
        if (top - i > 16) {
          this.charge((top - i) / 16);
        }
        return i;
      }
    }
    return this.fail(`undefined variable: ${name}`);
  }

  get variableCount(): number {
    return this.varNames.length;
  }

  dropVariables(count: number): void {
    cut(this.varNames, count);
    cut(this.varValues, count);
  }

  // Template calls.

  /** The program of a template about to be called. */
  callee(name: string): Program {
    const program = this.unit.programs.get(name);
    if (program === undefined) {
      return this.fail(`template ${quote(name)} not defined`);
    }
    if (this.frames.length >= this.limits.depth) {
      throw this.error(
        "template_budget_depth",
        `exceeded maximum template depth (${this.limits.depth})`,
      );
    }
    return program;
  }

  enter(program: Program, dot: Value | undefined): void {
    this.frames.push({
      program: this.program,
      pc: this.pc,
      dot: this.dot,
      varsBase: this.varsBase,
    });
    this.program = program;
    this.pc = 0;
    this.dot = dot;
    this.varsBase = this.varNames.length;
    this.declare("$", dot);
  }

  /** Ends a template: back to its caller, or the end of the execution. */
  leave(): void {
    const frame = this.frames.pop();
    if (frame === undefined) {
      this.running = false;
      return;
    }
    this.dropVariables(this.varsBase);
    this.program = frame.program;
    this.pc = frame.pc;
    this.dot = frame.dot;
    this.varsBase = frame.varsBase;
  }
}

/** What reading the texts among arguments costs; functions that do more charge for it themselves. */
function readingSteps(args: readonly (Value | undefined)[]): number {
  let units = 0;
  for (const arg of args) if (typeof arg === "string") units += arg.length;
  return Math.floor(units / UNITS_PER_STEP);
}
