/**
 * Deep merging of maps as dario.cat/mergo 1.0.2 does it. The target's value wins unless it is empty
 * (0, "", false, nil, a list or map without content); when overwriting, the source's value wins. Maps
 * on both sides merge in place. What is taken from the source is shared with it, not copied.
 */

import { lookupKey } from "../equal.js";
import { FunctionError, TemplateError } from "../error.js";
import {
  elementTypeName,
  isList,
  isMap,
  isNil,
  keyTypeName,
  kindOf,
  listItems,
  type MapValue,
  mapEntries,
  typeName,
} from "../kind.js";
import { type CallContext, Int, NamedString, Struct, type Value } from "../value.js";

export interface MergeRule {
  readonly overwrite: boolean;
}

const MAX_DEPTH = 1000;
const ENTRY_BYTES = 40;
const STEPS_PER_KEY = 4;

/**
 * Merges `source` into `target` and returns it, or a new map where `target` is nil; undefined where
 * mergo gives an error because types differ.
 * @throws {FunctionError} where mergo panics
 * @throws {TemplateError} template_budget_depth for maps nested deeper than 1000; in Go those that contain
 * themselves on both sides end the process
 */
export function mergeMaps(
  context: CallContext,
  target: MapValue,
  source: MapValue,
  rule: MergeRule,
): MapValue | undefined {
  const merged = isNil(target) && !isNil(source) ? new Map<string, Value>() : target;
  return mergeEntries(context, merged, source, rule, 0) ? merged : undefined;
}

/** False where mergo gives an error. */
function mergeEntries(
  context: CallContext,
  target: MapValue,
  source: MapValue,
  rule: MergeRule,
  depth: number,
): boolean {
  if (depth > MAX_DEPTH) {
    throw new TemplateError(
      "template_budget_depth",
      `budget exceeded: maps nest deeper than ${MAX_DEPTH}`,
    );
  }
  if (isNil(target)) return true;
  for (const [key, value] of [...mapEntries(source)]) {
    context.charge(STEPS_PER_KEY);
    checkKey(target, source);
    const old = lookupKey(mapEntries(target), key);
    if (value === null) {
      if (rule.overwrite) put(context, target, source, key, null);
      continue;
    }
    const merges = ["map", "struct", "ptr"].includes(kindOf(value));
    if (merges && !mergeInto(context, old, value, rule, depth)) return false;
    if (takesSource(old, value, rule)) put(context, target, source, key, value);
  }
  return true;
}

/** Whether the source's value replaces what the target has, after maps have been merged. */
function takesSource(old: Value | undefined, value: Value, rule: MergeRule): boolean {
  if (old === undefined || isEmptyForMerge(old)) return true;
  return rule.overwrite && !(isMap(old) && isMap(value));
}

/** Merges a map, struct or pointer into what is there. Only maps can change in place. */
function mergeInto(
  context: CallContext,
  old: Value | undefined,
  value: Value,
  rule: MergeRule,
  depth: number,
): boolean {
  if (isMap(old)) return !isMap(value) || mergeEntries(context, old, value, rule, depth + 1);
  if (!(old instanceof Struct) || isNil(value)) return true;
  if (old.pointer) {
    const isPointer = value instanceof Struct && value.pointer;
    return isPointer || rule.overwrite || typeName(value) === old.type;
  }
  if (old.fields.size === 0) return true;
  if (!(value instanceof Struct) || value.pointer) {
    throw new FunctionError(`reflect: call of reflect.Value.Field on ${kindOf(value)} Value`);
  }
  return [...old.fields].every(([name, field]) => {
    const other = value.fields.get(name);
    return !isMap(field) || !isMap(other) || mergeEntries(context, field, other, rule, depth + 1);
  });
}

/** mergo's idea of empty: like Sprig's, but complex zero is not, and neither is a struct. */
function isEmptyForMerge(value: Value): boolean {
  if (isNil(value)) return true;
  if (isList(value)) return listItems(value).length === 0;
  if (isMap(value)) return mapEntries(value).size === 0;
  if (value instanceof Int) return value.value === 0n;
  if (value instanceof NamedString) return value.value === "";
  return value === "" || value === 0n || value === 0 || value === false;
}

const ANY = "interface {}";

/** Go's rule of assignment between the key types; it holds even where the key itself would fit. */
function checkKey(target: MapValue, source: MapValue): void {
  const wanted = keyTypeName(typeName(target));
  const given = keyTypeName(typeName(source));
  if (wanted !== ANY && wanted !== given) {
    throw new FunctionError(`value of type ${given} is not assignable to type ${wanted}`);
  }
}

function put(
  context: CallContext,
  target: MapValue,
  source: MapValue,
  key: Value,
  value: Value,
): void {
  const wanted = elementTypeName(typeName(target));
  const given = elementTypeName(typeName(source));
  if (wanted !== ANY && wanted !== given) {
    throw new FunctionError(`value of type ${given} is not assignable to type ${wanted}`);
  }
  context.allocate(ENTRY_BYTES);
  if (target instanceof Map) {
    if (typeof key === "string") target.set(key, value);
  } else {
    target.entries?.set(sameKey(target.entries, key), value);
  }
}

/** The key object that is already in the map, as equal integers can be different objects. */
function sameKey(entries: ReadonlyMap<Value, Value>, key: Value): Value {
  if (typeof key !== "object" || key === null || lookupKey(entries, key) === undefined) return key;
  const single = (candidate: Value): boolean => lookupKey(new Map([[candidate, 0n]]), key) === 0n;
  return [...entries.keys()].find(single) ?? key;
}
