/** The functions that every template has (text/template funcs.go). */
import { callFunction } from "./call.js";
import { equals, equalsAny, isLess, isLessOrEqual } from "./compare.js";
import { escapeHtml, escapeQuery, escapeScript } from "./escape.js";
import { indexValue, lengthOf, sliceValue } from "./indexing.js";
import { printable } from "./printable.js";
import { sprint, sprintf, sprintln } from "./printf.js";
import { isTrue } from "./truth.js";
import {
  type CallContext,
  type FunctionMap,
  GoFunction,
  type ParamType,
  type Value,
} from "./value.js";

type Operand = Value | undefined;
const ANY: ParamType = "reflect.Value";

/** Work of looking at a character of text, in steps. */
const STEPS_PER_CHARACTER = 1 / 16;

function variadic(
  name: string,
  params: readonly ParamType[],
  call: (context: CallContext, ...args: never[]) => Value,
): GoFunction {
  return new GoFunction(name, params, call, { variadic: true });
}

function comparison(name: string, holds: (a: Operand, b: Operand) => boolean): GoFunction {
  return new GoFunction(name, [ANY, ANY], (_context: CallContext, a: Operand, b: Operand) =>
    holds(a, b),
  );
}

function escaper(name: string, escaped: (text: string) => string): GoFunction {
  return variadic(name, ["any"], (context: CallContext, ...args: Value[]) => {
    const text = printedArguments(args, context);
    context.charge(text.length * STEPS_PER_CHARACTER);
    context.allocate(text.length * 6);
    return escaped(text);
  });
}

/** Like fmt.Sprint, but nil shows as templates print it. */
function printedArguments(args: readonly Value[], context: CallContext): string {
  const [first] = args;
  return args.length === 1 && typeof first === "string"
    ? first
    : sprint(
        args.map((arg) => printable(arg) ?? arg),
        context,
      );
}

/** `and` and `or` short-circuit, which the compiler sees to; called by value they only choose. */
function choice(name: string, stopAt: boolean): GoFunction {
  return variadic(name, [ANY, ANY], (_context: CallContext, ...args: Operand[]) => {
    const found = args.findIndex((arg) => isTrue(arg) === stopAt);
    return args.at(found) ?? null;
  });
}

const FUNCTIONS: readonly GoFunction[] = [
  choice("and", false),
  choice("or", true),
  new GoFunction("not", [ANY], (_context: CallContext, value: Operand) => !isTrue(value)),
  callFunction(),
  escaper("html", escapeHtml),
  escaper("js", escapeScript),
  escaper("urlquery", escapeQuery),
  variadic("index", [ANY, ANY], (_context: CallContext, item: Operand, ...indexes: Operand[]) =>
    indexValue(item, indexes),
  ),
  variadic("slice", [ANY, ANY], (context: CallContext, item: Operand, ...indexes: Operand[]) => {
    const cut = sliceValue(item, indexes);
    context.allocate(8 * lengthOf(cut));
    return cut;
  }),
  new GoFunction("len", [ANY], (_context: CallContext, item: Operand) => BigInt(lengthOf(item))),
  variadic("print", ["any"], (context: CallContext, ...args: Value[]) => sprint(args, context)),
  variadic("printf", ["string", "any"], (context: CallContext, format: string, ...args: Value[]) =>
    sprintf(format, args, context),
  ),
  variadic("println", ["any"], (context: CallContext, ...args: Value[]) => sprintln(args, context)),
  variadic("eq", [ANY, ANY], (_context: CallContext, first: Operand, ...others: Operand[]) =>
    equalsAny(first, others),
  ),
  comparison("ne", (a, b) => !equals(a, b)),
  comparison("lt", isLess),
  comparison("le", isLessOrEqual),
  comparison("gt", (a, b) => !isLessOrEqual(a, b)),
  comparison("ge", (a, b) => !isLess(a, b)),
];

export const builtinFunctions: FunctionMap = new Map(FUNCTIONS.map((fn) => [fn.name, fn]));

/** Whether a function is a builtin, not one of the same name that took its place. */
export function isBuiltin(fn: GoFunction): boolean {
  return builtinFunctions.get(fn.name) === fn;
}
