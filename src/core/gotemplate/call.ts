/** The builtin `call`: its callee is a value, found while the template runs (text/template funcs.go). */
import { ArgumentFault, convertValue, paramAt } from "./argument.js";
import { FunctionError } from "./error.js";
import { paramTypeName, typeName } from "./kind.js";
import { type CallContext, GoFunction, type Value } from "./value.js";

type Operand = Value | undefined;

/** `call` for a callee that the template writes as `name`; a piped one has no name but its type. */
export function callFunction(written?: string): GoFunction {
  return new GoFunction(
    "call",
    ["reflect.Value", "reflect.Value"],
    (context: CallContext, callee: Operand, ...args: Operand[]) => {
      const name = written ?? `<${typeName(callee)} Value>`;
      const fn = checkCallee(name, callee, args.length);
      const converted = args.map((arg, i) => convertArgument(fn, arg, i));
      return (fn.call as (context: CallContext, ...args: Operand[]) => Value)(
        context,
        ...converted,
      );
    },
    { variadic: true },
  );
}

function checkCallee(name: string, callee: Operand, count: number): GoFunction {
  if (callee === undefined || callee === null) {
    throw new FunctionError("call of nil");
  }
  if (!(callee instanceof GoFunction)) {
    throw new FunctionError(`non-function ${name} of type ${typeName(callee)}`);
  }
  const fixed = callee.variadic ? callee.params.length - 1 : callee.params.length;
  if (callee.variadic ? count < fixed : count !== fixed) {
    const want = callee.variadic ? `at least ${fixed}` : String(fixed);
    throw new FunctionError(`wrong number of args for ${name}: got ${count} want ${want}`);
  }
  return callee;
}

function convertArgument(fn: GoFunction, arg: Operand, index: number): Operand {
  const param = paramAt(fn, index);
  const value = convertValue(arg ?? undefined, param);
  if (value instanceof ArgumentFault) {
    const want = paramTypeName(param);
    throw new FunctionError(`arg ${index}: value has type ${typeName(arg)}; should be ${want}`);
  }
  return value;
}
