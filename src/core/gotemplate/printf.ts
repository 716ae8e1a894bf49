/**
 * Go's package fmt (1.26) over template values: Sprint, Sprintln, Sprintf with all verbs, flags,
 * widths, argument indexes and the `%!verb(type=value)` forms of mistakes. Given a context, printed
 * elements and text are charged to its budgets.
 */
import { normalize } from "./bytes.js";
import { integerValue, isInteger, typeName } from "./kind.js";
import { Printer, printArgument } from "./print-value.js";
import { type CallContext, type Int, NamedString, type Value } from "./value.js";
import { type Directive, plainDirective } from "./verb.js";

/** Go's tooLarge: widths, precisions and argument indexes beyond this are refused. */
const MAX_NUMBER = 1_000_000;

/** `%v`, as templates print a value. */
export function formatValue(value: Value, context?: CallContext): string {
  return typeof value === "string" ? value : sprint([value], context);
}

/** fmt.Sprint: a space between two operands that are both no strings. */
export function sprint(args: readonly Value[], context?: CallContext): string {
  const printer = new Printer(context);
  let text = "";
  let afterString = false;
  args.forEach((arg, i) => {
    const isString = typeof arg === "string" || arg instanceof NamedString;
    const space = i > 0 && !isString && !afterString ? " " : "";
    text += space + printArgument(printer, arg, "v");
    afterString = isString;
  });
  return normalize(text);
}

/** fmt.Sprintln. */
export function sprintln(args: readonly Value[], context?: CallContext): string {
  const printer = new Printer(context);
  return normalize(`${args.map((arg) => printArgument(printer, arg, "v")).join(" ")}\n`);
}

/** fmt.Sprintf. */
export function sprintf(format: string, args: readonly Value[], context?: CallContext): string {
  return new Formatter(format, args, context).run();
}

/** Walks a format string; the invariant is the position in it and the next argument. */
class Formatter {
  private readonly format: string;
  private readonly args: readonly Value[];
  private readonly printer: Printer;
  private text = "";
  private at = 0;
  private next = 0;
  private reordered = false;
  private goodIndex = true;
  private afterIndex = false;

  constructor(format: string, args: readonly Value[], context: CallContext | undefined) {
    this.format = format;
    this.args = args;
    this.printer = new Printer(context);
  }

  run(): string {
    const { format } = this;
    while (this.at < format.length) {
      const percent = format.indexOf("%", this.at);
      const end = percent === -1 ? format.length : percent;
      if (end > this.at) {
        this.text += format.slice(this.at, end);
      }
      this.at = end + 1;
      if (percent !== -1) {
        this.directive();
      }
    }
    if (!this.reordered && this.next < this.args.length) {
      this.extraArguments();
    }
    return normalize(this.text);
  }

  /** Everything after one `%` up to and with its verb. */
  private directive(): void {
    const { format, args, printer } = this;
    const directive = plainDirective();
    printer.directive = directive;
    this.goodIndex = true;
    this.afterIndex = false;
    this.flags(directive);
    this.index();
    this.width(directive);
    this.precision(directive);
    if (!this.afterIndex) {
      this.index();
    }
    const code = format.codePointAt(this.at);
    if (code === undefined) {
      this.text += "%!(NOVERB)";
      return;
    }
    const verb = String.fromCodePoint(code);
    this.at += verb.length;
    // Go reads a byte that is not UTF-8 as U+FFFD.
    const shown = code >= 0xd800 && code <= 0xdfff ? "\ufffd" : verb;
    if (verb === "%") {
      this.text += "%";
    } else if (!this.goodIndex) {
      this.text += `%!${shown}(BADINDEX)`;
    } else if (this.next >= args.length) {
      this.text += `%!${shown}(MISSING)`;
    } else {
      if (verb === "v" || verb === "w") {
        directive.sharpV = directive.sharp;
        directive.plusV = directive.plus;
        directive.sharp = false;
        directive.plus = false;
      }
      this.text += printArgument(printer, args[this.next] ?? null, shown);
      this.next++;
    }
  }

  private flags(directive: Directive): void {
    for (; this.at < this.format.length; this.at++) {
      switch (this.format[this.at]) {
        case "#":
          directive.sharp = true;
          break;
        case "0":
          directive.zero = true;
          break;
        case "+":
          directive.plus = true;
          break;
        case "-":
          directive.minus = true;
          break;
        case " ":
          directive.space = true;
          break;
        default:
          return;
      }
    }
  }

  /** `[n]`: the next argument by its number, from 1. */
  private index(): void {
    this.afterIndex = false;
    if (this.format[this.at] !== "[") {
      return;
    }
    this.reordered = true;
    const close = this.format.indexOf("]", this.at);
    // Go looks for no number where fewer than three characters are left.
    if (close === -1 || this.format.length - this.at < 3) {
      this.goodIndex = false;
      this.at++;
      return;
    }
    const digits = this.format.slice(this.at + 1, close);
    this.at = close + 1;
    const number = /^[0-9]+$/.test(digits) ? Number(digits) : Number.NaN;
    if (Number.isNaN(number) || number >= 10 * (MAX_NUMBER + 1)) {
      this.goodIndex = false;
      return;
    }
    this.afterIndex = true;
    if (number >= 1 && number <= this.args.length) {
      this.next = number - 1;
    } else {
      this.goodIndex = false;
    }
  }

  private width(directive: Directive): void {
    if (this.format[this.at] !== "*") {
      directive.width = this.number();
      if (this.afterIndex && directive.width !== undefined) {
        this.goodIndex = false;
      }
      return;
    }
    this.at++;
    directive.width = this.integerArgument();
    if (directive.width === undefined) {
      this.text += "%!(BADWIDTH)";
    } else if (directive.width < 0) {
      directive.width = -directive.width;
      directive.minus = true;
      directive.zero = false;
    }
    this.afterIndex = false;
  }

  private precision(directive: Directive): void {
    if (this.format[this.at] !== "." || this.at + 1 >= this.format.length) {
      return;
    }
    this.at++;
    if (this.afterIndex) {
      this.goodIndex = false;
    }
    this.index();
    if (this.format[this.at] !== "*") {
      directive.precision = this.number() ?? 0;
      return;
    }
    this.at++;
    const precision = this.integerArgument();
    if (precision === undefined || precision < 0) {
      this.text += "%!(BADPREC)";
    } else {
      directive.precision = precision;
    }
    this.afterIndex = false;
  }

  /** Digits of a width or precision; a number too large swallows the rest of the format. */
  private number(): number | undefined {
    let value: number | undefined;
    for (; this.at < this.format.length; this.at++) {
      const digit = this.format.charCodeAt(this.at) - 0x30;
      if (digit < 0 || digit > 9) {
        break;
      }
      if (value !== undefined && value > MAX_NUMBER) {
        this.at = this.format.length;
        return undefined;
      }
      value = (value ?? 0) * 10 + digit;
    }
    return value;
  }

  /** The argument of a `*`; undefined if it is no integer or too large. */
  private integerArgument(): number | undefined {
    if (this.next >= this.args.length) {
      return undefined;
    }
    const arg = this.args[this.next];
    this.next++;
    if (!isInteger(arg ?? null)) {
      return undefined;
    }
    const value = integerValue(arg as bigint | Int);
    return value > MAX_NUMBER || value < -MAX_NUMBER ? undefined : Number(value);
  }

  private extraArguments(): void {
    const { printer } = this;
    printer.directive = plainDirective();
    this.text += "%!(EXTRA ";
    this.args.slice(this.next).forEach((arg, i) => {
      if (i > 0) {
        this.text += ", ";
      }
      if (arg === null) {
        this.text += "<nil>";
      } else {
        this.text += `${typeName(arg)}=${printArgument(printer, arg, "v")}`;
      }
    });
    this.text += ")";
  }
}
