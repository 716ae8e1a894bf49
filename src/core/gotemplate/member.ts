/** What `.Name` finds on a value: a method, a field of a struct, an entry of a map (exec.go, evalField). */
import { isExported, keyTypeName, typeName } from "./kind.js";
import { Time } from "./time.js";
import { timeMethod } from "./time-methods.js";
import { type GoFunction, NamedInt, Struct, TypedMap, type Value } from "./value.js";

/** The method `name` of a value, bound to it. */
export function methodOf(receiver: Value | undefined, name: string): GoFunction | undefined {
  if (receiver instanceof Struct || receiver instanceof NamedInt) {
    return receiver.methods.get(name);
  }
  return receiver instanceof Time ? timeMethod(receiver, name) : undefined;
}

/** What `findField` gives where there is no such field. */
export const NO_FIELD = Symbol("no field");

/**
 * The field or entry `name` of a value that has no such method. No value has no fields: the result is
 * no value again, as for a missing key.
 */
export function findField(
  receiver: Value | undefined,
  name: string,
): Value | undefined | typeof NO_FIELD {
  if (receiver instanceof Map) {
    return receiver.get(name);
  }
  if (receiver === undefined) {
    return undefined;
  }
  // Templates see only exported names.
  if (receiver instanceof Struct && isExported(name)) {
    return receiver.fields.get(name) ?? NO_FIELD;
  }
  if (receiver instanceof TypedMap && hasTextKeys(receiver)) {
    return receiver.entries?.get(name);
  }
  return NO_FIELD;
}

function hasTextKeys(map: TypedMap): boolean {
  const key = keyTypeName(map.type);
  return key === "string" || key === "interface {}";
}

/** Why a value has no field `name`. Go tells no type of what it holds in an interface; ours always do. */
export function fieldFault(receiver: Value, name: string): string {
  if (receiver === null) {
    return `nil pointer evaluating interface {}.${name}`;
  }
  const type = typeName(receiver);
  return isHidden(receiver, name)
    ? `${name} is an unexported field of struct type ${type}`
    : `can't evaluate field ${name} in type ${type}`;
}

/** Why a field, or the entry of a map, takes no arguments; undefined where there is neither. */
export function argumentsFault(receiver: Value, name: string): string | undefined {
  if (receiver instanceof Map || (receiver instanceof TypedMap && hasTextKeys(receiver))) {
    return `${name} is not a method but has arguments`;
  }
  return findField(receiver, name) === NO_FIELD
    ? undefined
    : `${name} has arguments but cannot be invoked as function`;
}

/** Fields of Go's structs that templates cannot see. */
const HIDDEN: Readonly<Record<string, readonly string[]>> = {
  "semver.Version": ["major", "minor", "patch", "pre", "metadata", "original"],
  "time.Location": ["name", "zone", "tx", "extend", "cacheStart", "cacheEnd", "cacheZone"],
  "time.Time": ["wall", "ext", "loc"],
};

function isHidden(receiver: Value, name: string): boolean {
  const type = receiver instanceof Struct ? receiver.type : typeName(receiver);
  return HIDDEN[type]?.includes(name) ?? false;
}
