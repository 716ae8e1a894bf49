/**
 * Sprig's functions that choose between values or leave the template: defaults, tests for emptiness,
 * `fail`, and the environment and names of the host.
 */
import { FunctionError } from "../error.js";
import { isList, isMap, isNil, listItems, mapEntries } from "../kind.js";
import { Time } from "../time.js";
import {
  type CallContext,
  Complex,
  GoFunction,
  Int,
  NamedString,
  Struct,
  type Value,
} from "../value.js";
import { ipVersion } from "./ip-address.js";

export const flowFunctions: readonly GoFunction[] = [
  new GoFunction("hello", [], () => "Hello!"),
  new GoFunction("default", ["any", "any"], defaultTo, { variadic: true }),
  new GoFunction("empty", ["any"], (_context: CallContext, value: Value) => isEmpty(value)),
  new GoFunction("coalesce", ["any"], coalesce, { variadic: true }),
  new GoFunction("all", ["any"], all, { variadic: true }),
  new GoFunction("any", ["any"], any, { variadic: true }),
  new GoFunction("ternary", ["any", "any", "bool"], ternary),
  new GoFunction("fail", ["string"], fail),
  new GoFunction(
    "env",
    ["string"],
    (context: CallContext, name: string) => context.host.env(name) ?? "",
  ),
  new GoFunction("expandenv", ["string"], expandEnv),
  new GoFunction("getHostByName", ["string"], getHostByName),
];

/** Whether the value is the zero value of its kind, or a list, map or text without content. Structs never are. */
export function isEmpty(value: Value): boolean {
  if (isNil(value)) return true;
  if (isList(value)) return listItems(value).length === 0;
  if (isMap(value)) return mapEntries(value).size === 0;
  if (value instanceof Int) return value.value === 0n;
  if (value instanceof NamedString) return value.value === "";
  if (value instanceof Complex) return value.re === 0 && value.im === 0;
  if (value instanceof Struct || value instanceof Time || value instanceof GoFunction) return false;
  return value === "" || value === 0n || value === 0 || value === false;
}

/** Only the first given value counts. */
function defaultTo(_context: CallContext, fallback: Value, ...given: Value[]): Value {
  const value = given[0] ?? null;
  return isEmpty(value) ? fallback : value;
}

function coalesce(_context: CallContext, ...values: Value[]): Value {
  return values.find((value) => !isEmpty(value)) ?? null;
}

function all(_context: CallContext, ...values: Value[]): boolean {
  return !values.some(isEmpty);
}

function any(_context: CallContext, ...values: Value[]): boolean {
  return !values.every(isEmpty);
}

function ternary(_context: CallContext, yes: Value, no: Value, condition: boolean): Value {
  return condition ? yes : no;
}

function fail(_context: CallContext, message: string): never {
  throw new FunctionError(message);
}

/** `$name` and `${name}` as Go's os.ExpandEnv; names that are not set become nothing. */
function expandEnv(context: CallContext, text: string): string {
  const pieces: string[] = [];
  const lastBrace = text.lastIndexOf("}");
  let at = 0;
  for (let dollar = text.indexOf("$"); dollar !== -1; dollar = text.indexOf("$", at)) {
    if (dollar + 1 === text.length) break;
    const { name, size } = variableName(text, dollar + 1, lastBrace);
    // "$" before what cannot be a name stays; "${" that is wrong or empty goes away
    const value = name === "" ? (size === 0 ? "$" : "") : (context.host.env(name) ?? "");
    context.allocate(value.length + 16);
    pieces.push(text.slice(at, dollar), value);
    at = dollar + 1 + size;
  }
  context.allocate(text.length - at);
  pieces.push(text.slice(at));
  return pieces.join("");
}

/** The name after a "$", and how much of the text belongs to it. */
function variableName(
  text: string,
  start: number,
  lastBrace: number,
): { name: string; size: number } {
  const braced = /^\{([*#$@!?\-0-9])\}/.exec(text.slice(start, start + 3));
  if (braced !== null) return { name: braced[1] ?? "", size: 3 };
  if (text[start] === "{") {
    // without the closing brace only the opening one is dropped
    if (lastBrace < start) return { name: "", size: 1 };
    const end = text.indexOf("}", start + 1);
    return { name: text.slice(start + 1, end), size: end + 1 - start };
  }
  if (/[*#$@!?\-0-9]/.test(text.charAt(start))) return { name: text.charAt(start), size: 1 };
  let end = start;
  while (/[A-Za-z0-9_]/.test(text.charAt(end))) end++;
  return { name: text.slice(start, end), size: end - start };
}

/** An IP address as it is, and the address of a name where the host resolves names. */
function getHostByName(context: CallContext, name: string): string {
  const address = ipVersion(name) === undefined ? context.host.lookupHost(name) : name;
  if (address === undefined) throw new FunctionError(`no address for host ${name}`);
  return address;
}
