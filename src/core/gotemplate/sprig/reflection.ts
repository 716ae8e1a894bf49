/** Sprig's questions about Go's types. */
import { deepEqual } from "../equal.js";
import { kindOf, typeName } from "../kind.js";
import { type CallContext, GoFunction, type Value } from "../value.js";

export const reflectionFunctions: readonly GoFunction[] = [
  new GoFunction("typeOf", ["any"], (_context: CallContext, value: Value) => typeName(value)),
  new GoFunction(
    "typeIs",
    ["string", "any"],
    (_context: CallContext, type: string, value: Value) => type === typeName(value),
  ),
  new GoFunction(
    "typeIsLike",
    ["string", "any"],
    (_context: CallContext, type: string, value: Value) =>
      type === typeName(value) || `*${type}` === typeName(value),
  ),
  new GoFunction("kindOf", ["any"], (_context: CallContext, value: Value) => kindOf(value)),
  new GoFunction(
    "kindIs",
    ["string", "any"],
    (_context: CallContext, kind: string, value: Value) => kind === kindOf(value),
  ),
  new GoFunction("deepEqual", ["any", "any"], (context: CallContext, a: Value, b: Value) =>
    deepEqual(a, b, context),
  ),
];
