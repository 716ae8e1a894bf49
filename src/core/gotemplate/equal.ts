/** Go's reflect.DeepEqual over template values: types count, nil lists and maps differ from empty ones. */
import { TemplateError } from "./error.js";
import { isList, isMap, isNil, listItems, mapEntries, typeName } from "./kind.js";
import { Time } from "./time.js";
import { type CallContext, Complex, Int, NamedString, Struct, type Value } from "./value.js";

const MAX_DEPTH = 1000;
/** Comparing two elements costs about as much as so many instructions. */
const STEPS_PER_PAIR = 4;

/**
 * Whether Go's reflect.DeepEqual holds; each compared pair of elements is charged to `context`.
 * @throws {TemplateError} template_budget_depth when the values nest deeper than 1000
 */
export function deepEqual(a: Value, b: Value, context?: CallContext, depth = 0): boolean {
  // Maps and lists that are one object are equal without a look at their content, as in Go.
  if (a === b) {
    return true;
  }
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return false;
  }
  if (depth > MAX_DEPTH) {
    throw new TemplateError("template_budget_depth", `values nest deeper than ${MAX_DEPTH}`);
  }
  context?.charge(STEPS_PER_PAIR);
  if (typeName(a) !== typeName(b)) {
    return false;
  }
  if (isList(a) && isList(b)) {
    const left = listItems(a);
    const right = listItems(b);
    return (
      isNil(a) === isNil(b) &&
      left.length === right.length &&
      left.every((item, i) => deepEqual(item, right[i] as Value, context, depth + 1))
    );
  }
  if (isMap(a) && isMap(b)) {
    return isNil(a) === isNil(b) && equalEntries(mapEntries(a), mapEntries(b), context, depth);
  }
  if (a instanceof Struct && b instanceof Struct) {
    return equalEntries(a.fields, b.fields, context, depth);
  }
  return equalScalars(a, b);
}

function equalEntries(
  a: ReadonlyMap<Value, Value>,
  b: ReadonlyMap<Value, Value>,
  context: CallContext | undefined,
  depth: number,
): boolean {
  if (a.size !== b.size) {
    return false;
  }
  for (const [key, value] of a) {
    const other = lookupKey(b, key);
    if (other === undefined || !deepEqual(value, other, context, depth + 1)) {
      return false;
    }
  }
  return true;
}

/** The value under `key` in a map whose keys may be objects; undefined if there is none. */
export function lookupKey(entries: ReadonlyMap<Value, Value>, key: Value): Value | undefined {
  const direct = entries.get(key);
  if (direct !== undefined || typeof key !== "object" || key === null) {
    // Go's NaN is never found, not even under the same NaN.
    return Number.isNaN(key) ? undefined : direct;
  }
  for (const [candidate, value] of entries) {
    if (typeof candidate === "object" && candidate !== null && equalKey(candidate, key)) {
      return value;
    }
  }
  return undefined;
}

function equalKey(a: Value, b: Value): boolean {
  return typeName(a) === typeName(b) && equalScalars(a, b);
}

/** Go's == of two values of one type that are no lists, maps or functions. */
export function equalScalars(a: Value, b: Value): boolean {
  if (a instanceof Int && b instanceof Int) {
    return a.value === b.value;
  }
  if (a instanceof Time && b instanceof Time) {
    return a.unixNanos === b.unixNanos && a.zone === b.zone && a.offsetSeconds === b.offsetSeconds;
  }
  if (a instanceof NamedString && b instanceof NamedString) {
    return a.value === b.value;
  }
  if (a instanceof Complex && b instanceof Complex) {
    return a.re === b.re && a.im === b.im;
  }
  return a === b;
}
