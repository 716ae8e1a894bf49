/** index, slice and len of templates (text/template funcs.go). */
import { byteLength, sliceBytes, toBytes } from "./bytes.js";
import { capacityOf, sliceList } from "./capacity.js";
import { lookupKey } from "./equal.js";
import { FunctionError } from "./error.js";
import {
  indirectTypeName,
  isList,
  isMap,
  keyTypeName,
  kindOf,
  type ListValue,
  listItems,
  type MapValue,
  mapEntries,
  typeName,
} from "./kind.js";
import { Int, NamedString, type Value } from "./value.js";

type Operand = Value | undefined;

/** `index x 1 2` is x[1][2]. */
export function indexValue(item: Operand, indexes: readonly Operand[]): Value {
  if (item === undefined || item === null) {
    throw new FunctionError("index of untyped nil");
  }
  let current: Value = item;
  for (const index of indexes) {
    if (current === null) {
      throw new FunctionError("index of nil pointer");
    }
    current = indexOne(current, index);
  }
  return current;
}

function indexOne(item: Value, index: Operand): Value {
  if (isMap(item)) {
    return indexMap(item, index);
  }
  if (isList(item)) {
    const items = listItems(item);
    const at = checkedIndex(index, items.length);
    const found = items[at];
    return found === undefined ? pastEnd("slice") : found;
  }
  if (typeof item === "string" || item instanceof NamedString) {
    const bytes = toBytes(typeof item === "string" ? item : item.value);
    const at = checkedIndex(index, bytes.length);
    const byte = bytes[at];
    return byte === undefined ? pastEnd("string") : new Int("uint8", BigInt(byte));
  }
  throw new FunctionError(`can't index item of type ${indirectTypeName(item)}`);
}

/** What a missing key gives is the zero of the element type. */
function indexMap(map: MapValue, index: Operand): Value {
  const key = mapKey(index, map instanceof Map ? "string" : keyTypeName(map.type));
  const zero = map instanceof Map ? null : map.zero;
  return lookupKey(mapEntries(map), key) ?? zero;
}

function mapKey(index: Operand, type: string): Value {
  const key = index ?? null;
  if (type === "interface {}") {
    if (isMap(key) || isList(key) || kindOf(key) === "func") {
      throw new FunctionError(`runtime error: hash of unhashable type ${typeName(key)}`);
    }
    return key;
  }
  if (key === null) {
    throw new FunctionError(`value is nil; should be of type ${type}`);
  }
  if (typeName(key) === type) {
    return key;
  }
  const number = key instanceof Int ? key.value : key;
  if (typeof number === "bigint" && /^u?int(?:8|16|32|64)?$/.test(type)) {
    return type === "int" ? BigInt.asIntN(64, number) : new Int(type as Int["kind"], number);
  }
  throw new FunctionError(`value has type ${typeName(key)}; should be ${type}`);
}

/** An index as a number from 0 to `capacity`. */
function checkedIndex(index: Operand, capacity: number): number {
  if (index === undefined || index === null) {
    throw new FunctionError("cannot index slice/array with nil");
  }
  const number = index instanceof Int ? BigInt.asIntN(64, index.value) : index;
  if (typeof number !== "bigint") {
    throw new FunctionError(`cannot index slice/array with type ${typeName(index)}`);
  }
  return number < 0n || number > BigInt(capacity) ? outOfRange(number) : Number(number);
}

/** Go's own check lets the length pass as an index, and its reflection then panics. */
function pastEnd(what: "slice" | "string"): never {
  throw new FunctionError(`reflect: ${what} index out of range`);
}

function outOfRange(index: bigint | number): never {
  throw new FunctionError(`index out of range: ${index}`);
}

/** `slice x 1 2` is x[1:2]. */
export function sliceValue(item: Operand, indexes: readonly Operand[]): Value {
  if (item === undefined || item === null) {
    throw new FunctionError("slice of untyped nil");
  }
  if (indexes.length > 3) {
    throw new FunctionError(`too many slice indexes: ${indexes.length}`);
  }
  const text = typeof item === "string" || item instanceof NamedString;
  if (!text && !isList(item)) {
    throw new FunctionError(`can't slice item of type ${indirectTypeName(item)}`);
  }
  if (text && indexes.length === 3) {
    throw new FunctionError("cannot 3-index slice a string");
  }
  const size = lengthOf(item);
  const room = isList(item) ? capacityOf(listItems(item)) : size;
  const [start = 0, end = size, limit = end] = indexes.map((index) => checkedIndex(index, room));
  if (start > end) {
    throw new FunctionError(`invalid slice index: ${start} > ${end}`);
  }
  if (end > limit) {
    throw new FunctionError(`invalid slice index: ${end} > ${limit}`);
  }
  if (typeof item === "string") {
    return sliceBytes(item, start, end);
  }
  if (item instanceof NamedString) {
    return new NamedString(item.type, sliceBytes(item.value, start, end));
  }
  return sliceList(item as ListValue, start, end);
}

/** Go's len: bytes of text, elements of lists, entries of maps. */
export function lengthOf(item: Operand): number {
  if (typeof item === "string") {
    return byteLength(item);
  }
  if (item instanceof NamedString) {
    return byteLength(item.value);
  }
  if (isList(item)) {
    return listItems(item).length;
  }
  if (isMap(item)) {
    return mapEntries(item).size;
  }
  if (item === undefined) {
    throw new FunctionError("reflect: call of reflect.Value.Type on zero Value");
  }
  throw new FunctionError(
    item === null ? "len of nil pointer" : `len of type ${indirectTypeName(item)}`,
  );
}
