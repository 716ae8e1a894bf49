/** Copies of values that share nothing which can change (mitchellh/copystructure 1.2.0). */
import { capacityOf, withCapacity } from "../capacity.js";
import { FunctionError } from "../error.js";
import { type CallContext, Struct, TypedList, TypedMap, type Value } from "../value.js";

const MAX_DEPTH = 1000;
// what the copy of a small list, and what one of a small map takes in JavaScript
const NODE_BYTES = 64;
const MAP_BYTES = 200;
const STEPS_PER_NODE = 8;

/**
 * A copy with lists, maps and structs of its own, of the same types.
 * @throws {FunctionError} for nil, and for values nested deeper than 1000
 */
export function deepCopy(context: CallContext, value: Value): Value {
  if (value === null) throw new FunctionError("deepCopy error: no value to copy");
  return copyNode(context, value, 0);
}

function copyNode(context: CallContext, value: Value, depth: number): Value {
  if (depth > MAX_DEPTH) throw new FunctionError(`values nest deeper than ${MAX_DEPTH}`);
  context.charge(STEPS_PER_NODE);
  const isMap = value instanceof Map || value instanceof TypedMap || value instanceof Struct;
  context.allocate(isMap ? MAP_BYTES : NODE_BYTES);
  if (typeof value !== "object") return value;
  const copy = (item: Value): Value => copyNode(context, item, depth + 1);
  const copyEntry = <K>([key, item]: [K, Value]): [K, Value] => [key, copy(item)];
  const copyItems = (items: Value[]): Value[] => withCapacity(items.map(copy), capacityOf(items));
  if (Array.isArray(value)) return copyItems(value);
  if (value instanceof Map) return new Map([...value].map(copyEntry));
  if (value instanceof TypedList) {
    return new TypedList(value.type, value.items === null ? null : copyItems(value.items));
  }
  if (value instanceof TypedMap) {
    const entries = value.entries === null ? null : new Map([...value.entries].map(copyEntry));
    return new TypedMap(value.type, entries, value.zero);
  }
  if (value instanceof Struct) {
    if (value.zero !== undefined) return value.zero();
    const { pointer, methods, jsonNames } = value;
    const fields = new Map([...value.fields].map(copyEntry));
    return new Struct(value.type, fields, { pointer, methods, jsonNames });
  }
  return value;
}
