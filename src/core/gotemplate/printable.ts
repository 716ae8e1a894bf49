/** What a template writes for a value (exec.go, printableValue). */
import { GoFunction, Struct, type Value } from "./value.js";

const NO_VALUE = "<no value>";

/** The value as it is to be printed: no value as its words, pointers followed; undefined for functions. */
export function printable(value: Value | undefined): Value | undefined {
  if (value === undefined || value === null) {
    return NO_VALUE;
  }
  if (value instanceof Struct && value.pointer) {
    const { type, fields, methods, jsonNames } = value;
    return new Struct(type, fields, { methods, jsonNames });
  }
  return value instanceof GoFunction ? undefined : value;
}
