/**
 * Arguments to the types that parameters are declared with, by the rules of text/template: constants
 * convert, values must be assignable, nil fits only what can be nil (exec.go: evalArg, validateType).
 */
import type { ConstantNode, NumberNode } from "./ast.js";
import { paramTypeName, typeName } from "./kind.js";
import { formatNode } from "./node-text.js";
import { MAX_INT64, wrapInt } from "./number.js";
import { Time } from "./time.js";
import {
  Complex,
  type GoFunction,
  Int,
  NamedInt,
  type ParamType,
  Struct,
  TypedList,
  TypedMap,
  type Value,
} from "./value.js";

/** Why an argument does not fit; the executor adds the place. */
export class ArgumentFault {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

/** The declared type of the argument at `index`, from 0. */
export function paramAt(fn: GoFunction, index: number): ParamType {
  return fn.params[Math.min(index, fn.params.length - 1)] ?? "any";
}

/** Checks a number of arguments; `given` is how many stand in the call itself, without a piped one. */
export function checkCount(
  fn: GoFunction,
  name: string,
  count: number,
  given: number,
): ArgumentFault | undefined {
  const least = fn.variadic ? fn.params.length - 1 : fn.params.length;
  if (fn.variadic && count < least) {
    const message = `wrong number of args for ${name}: want at least ${least} got ${given}`;
    return new ArgumentFault(message);
  }
  if (!fn.variadic && count !== least) {
    return new ArgumentFault(`wrong number of args for ${name}: want ${least} got ${count}`);
  }
  return fn.fault === undefined ? undefined : new ArgumentFault(fn.fault);
}

/** A value for a parameter; only for `reflect.Value` can the result be no value. */
export function convertValue(
  value: Value | undefined,
  param: ParamType,
): Value | undefined | ArgumentFault {
  if (param === "reflect.Value") {
    return value;
  }
  if (value === undefined) {
    const zero = zeroOf(param);
    return zero === undefined
      ? new ArgumentFault(`invalid value; expected ${paramTypeName(param)}`)
      : zero;
  }
  if (param === "any") {
    return value;
  }
  const converted = value === null ? undefined : assign(value, param);
  if (converted !== undefined) {
    return converted;
  }
  const got = value === null ? "interface {}" : typeName(value);
  return new ArgumentFault(`wrong type for value; expected ${paramTypeName(param)}; got ${got}`);
}

/** The literal `nil` for a parameter. */
export function convertNil(param: ParamType): Value | undefined | ArgumentFault {
  if (param === "reflect.Value") {
    return undefined;
  }
  return (
    zeroOf(param) ??
    (canBeNil(param) ? null : new ArgumentFault(`cannot assign nil to ${paramTypeName(param)}`))
  );
}

function canBeNil(param: ParamType): boolean {
  return param === "any" || param === "error" || param[0] === "*";
}

/** The nil of a parameter type; undefined if it has none. */
function zeroOf(param: ParamType): Value | undefined {
  switch (param) {
    case "[]any":
    case "[]string":
      return new TypedList(paramTypeName(param), null);
    case "map[string]any":
      return new TypedMap(paramTypeName(param), null);
    default:
      return canBeNil(param) ? null : undefined;
  }
}

/** The value as its parameter takes it; undefined if Go would not assign it. */
function assign(value: NonNullable<Value>, param: ParamType): Value | undefined {
  switch (param) {
    case "string":
      return typeof value === "string" ? value : undefined;
    case "bool":
      return typeof value === "boolean" ? value : undefined;
    case "int":
      return typeof value === "bigint" ? value : undefined;
    case "float64":
      return typeof value === "number" ? value : undefined;
    case "int32":
    case "int64":
    case "uint32":
      return value instanceof Int && !(value instanceof NamedInt) && value.kind === param
        ? value.value
        : undefined;
    case "time.Duration":
      return value instanceof NamedInt && value.type === param ? value.value : undefined;
    case "time.Time":
      return value instanceof Time ? value : undefined;
    case "[]any":
      return Array.isArray(value) || hasType(value, "[]interface {}") ? value : undefined;
    case "[]string":
      return hasType(value, param) ? value : undefined;
    case "map[string]any":
      return value instanceof Map || hasType(value, "map[string]interface {}") ? value : undefined;
    case "error":
      return value instanceof Struct && value.methods.has("Error") ? value : undefined;
    case "*time.Location":
    case "*semver.Version":
      return value instanceof Struct && typeName(value) === param ? value : undefined;
    case "sprig.certificate":
      // A pointer is followed once.
      return value instanceof Struct && value.type === param ? value : undefined;
    case "any":
    case "reflect.Value":
      return value;
  }
}

function hasType(value: Value, type: string): boolean {
  return (value instanceof TypedList || value instanceof TypedMap) && value.type === type;
}

/** A constant for a parameter: untyped, it becomes what the parameter wants if it can. */
export function convertConstant(node: ConstantNode, param: ParamType): Value | ArgumentFault {
  switch (param) {
    case "any":
    case "reflect.Value":
      return constantValue(node);
    case "string":
      return node.type === "string" ? node.value : expected("string", node);
    case "bool":
      return node.type === "bool" ? node.value : expected("bool", node);
    case "float64":
      return (node.type === "number" ? node.float : undefined) ?? expected("float", node);
    case "int":
    case "int64":
    case "time.Duration":
      return (node.type === "number" ? node.int : undefined) ?? expected("integer", node);
    case "int32":
      return node.type === "number" && node.int !== undefined
        ? wrapInt(node.int, 32)
        : expected("integer", node);
    case "uint32":
      return node.type === "number" && node.uint !== undefined
        ? BigInt.asUintN(32, node.uint)
        : expected("unsigned integer", node);
    default:
      return new ArgumentFault(
        `can't handle ${formatNode(node)} for arg of type ${paramTypeName(param)}`,
      );
  }
}

function expected(kind: string, node: ConstantNode): ArgumentFault {
  return new ArgumentFault(`expected ${kind}; found ${formatNode(node)}`);
}

/** A constant where no type is asked for: its syntax decides. */
export function constantValue(node: ConstantNode): Value | ArgumentFault {
  return node.type === "number" ? numberValue(node) : node.value;
}

function numberValue(node: NumberNode): Value | ArgumentFault {
  const { text, complex, float, int } = node;
  if (complex !== undefined) {
    return new Complex(complex.re, complex.im);
  }
  const hexInteger = /^0[xX]./.test(text) && !/[pP]/.test(text);
  if (float !== undefined && !hexInteger && text[0] !== "'" && /[.eEpP]/.test(text)) {
    return float;
  }
  return int !== undefined && int <= MAX_INT64 ? int : new ArgumentFault(`${text} overflows int`);
}
