/** The comparisons of templates: eq, ne, lt, le, gt, ge (text/template funcs.go). */
import { compareStrings } from "./bytes.js";
import { equalScalars } from "./equal.js";
import { FunctionError } from "./error.js";
import { isList, isMap, isNil, kindOf, typeName } from "./kind.js";
import { Complex, GoFunction, Int, NamedString, Struct, type Value } from "./value.js";

type Operand = Value | undefined;
/** Kinds that compare with each other; signed and unsigned integers do too. */
type BasicKind = "bool" | "complex" | "float" | "integer" | "string" | "other";

function basicKind(value: Operand): BasicKind {
  switch (typeof value) {
    case "string":
      return "string";
    case "bigint":
      return "integer";
    case "number":
      return "float";
    case "boolean":
      return "bool";
  }
  if (value instanceof Int) {
    return "integer";
  }
  if (value instanceof NamedString) {
    return "string";
  }
  return value instanceof Complex ? "complex" : "other";
}

/** Whether `first` equals one of the others; stops at the first that does. */
export function equalsAny(first: Operand, others: readonly Operand[]): boolean {
  if (others.length === 0) {
    throw new FunctionError("missing argument for comparison");
  }
  return others.some((other) => equals(first, other));
}

export function equals(a: Operand, b: Operand): boolean {
  const kind = basicKind(a);
  if (kind !== basicKind(b)) {
    if (a === undefined || a === null || b === undefined || b === null) {
      return false;
    }
    throw incompatible(a, b);
  }
  if (kind === "integer") {
    return integer(a) === integer(b);
  }
  if (kind === "string") {
    return text(a) === text(b);
  }
  return kind === "other" ? equalOthers(a, b) : equalScalars(a as Value, b as Value);
}

/** Values without a basic kind: nil of any type, structs, pointers. */
function equalOthers(a: Operand, b: Operand): boolean {
  const left = kindOf(a);
  const right = kindOf(b);
  if (left !== right && left !== "invalid" && right !== "invalid") {
    throw new FunctionError(`non-comparable types ${typeName(a)}, ${typeName(b)}`);
  }
  if (isNil(a) || isNil(b)) {
    return isNil(a) === isNil(b);
  }
  if (!isComparable(b as Value)) {
    throw new FunctionError(`non-comparable type ${typeName(b)}`);
  }
  return typeName(a) === typeName(b) && equalComparable(a as Value, b as Value);
}

function isComparable(value: Value): boolean {
  if (isMap(value) || isList(value) || value instanceof GoFunction) {
    return false;
  }
  return (
    !(value instanceof Struct) || value.pointer || [...value.fields.values()].every(isComparable)
  );
}

/** Go's == of interfaces whose types are equal and comparable. */
function equalComparable(a: Value, b: Value): boolean {
  if (a instanceof Struct && b instanceof Struct && !a.pointer) {
    return [...a.fields].every(([name, value]) =>
      equalComparable(value, b.fields.get(name) as Value),
    );
  }
  return equalScalars(a, b);
}

/** Whether `a` is before `b`. */
export function isLess(a: Operand, b: Operand): boolean {
  const kind = basicKind(a);
  const other = basicKind(b);
  if (kind === "other" || other === "other") {
    throw new FunctionError("invalid type for comparison");
  }
  if (kind !== other) {
    throw incompatible(a, b);
  }
  switch (kind) {
    case "integer":
      return integer(a) < integer(b);
    case "float":
      return (a as number) < (b as number);
    case "string":
      return compareStrings(text(a), text(b)) < 0;
    default:
      throw new FunctionError("invalid type for comparison");
  }
}

/** As in Go "less or equal" and not "not greater", which differ for NaN. */
export function isLessOrEqual(a: Operand, b: Operand): boolean {
  return isLess(a, b) || equals(a, b);
}

function incompatible(a: Operand, b: Operand): FunctionError {
  return new FunctionError(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
}

function integer(value: Operand): bigint {
  return value instanceof Int ? value.value : (value as bigint);
}

function text(value: Operand): string {
  return value instanceof NamedString ? value.value : (value as string);
}
