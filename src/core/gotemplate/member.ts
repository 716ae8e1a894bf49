/** What `.Name` finds on a value: a method, a field of a struct, an entry of a map (exec.go, evalField). */
import { FunctionError } from "./error.js";
import { keyTypeName, typeName } from "./kind.js";
import { Time } from "./time.js";
import { timeMethods } from "./time-methods.js";
import { type GoFunction, NamedInt, Struct, TypedMap, type Value } from "./value.js";

/** The method `name` of a value, bound to it. */
export function methodOf(receiver: Value | undefined, name: string): GoFunction | undefined {
  if (receiver instanceof Struct || receiver instanceof NamedInt) {
    return receiver.methods.get(name);
  }
  return receiver instanceof Time ? timeMethods(receiver).get(name) : undefined;
}

/**
 * The field or entry `name` of a value that has no such method. No value has no fields: the result is
 * no value again, as for a missing key.
 */
export function fieldOf(receiver: Value | undefined, name: string): Value | undefined {
  if (receiver instanceof Map) {
    return receiver.get(name);
  }
  if (receiver === undefined) {
    return undefined;
  }
  if (receiver === null) {
    throw new FunctionError(`nil pointer evaluating interface {}.${name}`);
  }
  // Templates see only exported names.
  if (receiver instanceof Struct && /^\p{Lu}/u.test(name)) {
    const field = receiver.fields.get(name);
    if (field !== undefined) {
      return field;
    }
  }
  if (receiver instanceof TypedMap) {
    const key = keyTypeName(receiver.type);
    if (key === "string" || key === "interface {}") {
      return receiver.entries?.get(name);
    }
  }
  throw new FunctionError(`can't evaluate field ${name} in type ${typeName(receiver)}`);
}
