/**
 * Sprig's list functions. None of them changes the list it is given. Each has a `must` form; Sprig
 * turns the error of that form into a panic in the plain one, and both end the template.
 */

import { appended, capacityOf, grownCapacity, sliceList, withCapacity } from "../capacity.js";
import { toInt64 } from "../cast.js";
import { deepEqual } from "../equal.js";
import { FunctionError } from "../error.js";
import { isList, kindOf, type ListValue, listItems } from "../kind.js";
import { type CallContext, GoFunction, type ParamType, TypedList, type Value } from "../value.js";
import { isEmpty } from "./flow.js";

type Call = (context: CallContext, ...args: never[]) => Value;

export const listFunctions: readonly GoFunction[] = [
  new GoFunction("list", ["any"], list, { variadic: true }),
  new GoFunction("tuple", ["any"], list, { variadic: true }),
  ...withMust("append", ["any", "any"], append),
  ...withMust("push", ["any", "any"], append),
  ...withMust("prepend", ["any", "any"], prepend),
  ...withMust("first", ["any"], first),
  ...withMust("last", ["any"], last),
  ...withMust("rest", ["any"], rest),
  ...withMust("initial", ["any"], initial),
  ...withMust("reverse", ["any"], reverse),
  ...withMust("compact", ["any"], compact),
  ...withMust("uniq", ["any"], uniq),
  ...withMust("without", ["any", "any"], without, true),
  ...withMust("has", ["any", "any"], has),
  ...withMust("slice", ["any", "any"], slice, true),
  ...withMust("chunk", ["int", "any"], chunk),
  new GoFunction("concat", ["any"], concat, { variadic: true }),
];

function withMust(
  name: string,
  params: readonly ParamType[],
  call: Call,
  variadic = false,
): GoFunction[] {
  const mustName = `must${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return [name, mustName].map((each) => new GoFunction(each, params, call, { variadic }));
}

// a Go interface value
const ITEM_BYTES = 16;

/** The elements of a value that must be a list. They are charged, as every function copies some of them. */
function itemsOf(context: CallContext, value: Value, action: string): readonly Value[] {
  const items = listItems(checkList(value, action));
  context.allocate(ITEM_BYTES * (items.length + 1));
  return items;
}

function checkList(value: Value, action: string): ListValue {
  if (isList(value)) return value;
  if (value === null) throw new FunctionError("invalid memory address or nil pointer dereference");
  throw new FunctionError(`Cannot ${action} type ${kindOf(value)}`);
}

function nilList(): TypedList {
  return new TypedList("[]interface {}", null);
}

function list(context: CallContext, ...items: Value[]): Value {
  context.allocate(ITEM_BYTES * items.length);
  return items;
}

function append(context: CallContext, value: Value, item: Value): Value {
  const items = itemsOf(context, value, "push on");
  return withCapacity([...items, item], grownCapacity(items.length + 1, items.length));
}

function prepend(context: CallContext, value: Value, item: Value): Value {
  const items = itemsOf(context, value, "prepend on");
  const capacity = items.length === 0 ? 1 : grownCapacity(items.length + 1, 1);
  return withCapacity([item, ...items], capacity);
}

function first(_context: CallContext, value: Value): Value {
  return listItems(checkList(value, "find first on"))[0] ?? null;
}

function last(_context: CallContext, value: Value): Value {
  return listItems(checkList(value, "find last on")).at(-1) ?? null;
}

function rest(context: CallContext, value: Value): Value {
  const items = itemsOf(context, value, "find rest on");
  return items.length === 0 ? nilList() : items.slice(1);
}

function initial(context: CallContext, value: Value): Value {
  const items = itemsOf(context, value, "find initial on");
  return items.length === 0 ? nilList() : items.slice(0, -1);
}

function reverse(context: CallContext, value: Value): Value {
  return itemsOf(context, value, "find reverse on").toReversed();
}

function compact(context: CallContext, value: Value): Value {
  return appended(itemsOf(context, value, "compact on").filter((item) => !isEmpty(item)));
}

function uniq(context: CallContext, value: Value): Value {
  const kept: Value[] = [];
  for (const item of itemsOf(context, value, "find uniq on")) {
    if (!includes(context, kept, item)) kept.push(item);
  }
  return appended(kept);
}

function without(context: CallContext, value: Value, ...omitted: Value[]): Value {
  const items = itemsOf(context, value, "find without on");
  return appended(items.filter((item) => !includes(context, omitted, item)));
}

function has(context: CallContext, needle: Value, haystack: Value): boolean {
  if (haystack === null) return false;
  return includes(context, listItems(checkList(haystack, "find has on")), needle);
}

/** Whether an element is deeply equal, its type included. */
function includes(context: CallContext, items: readonly Value[], wanted: Value): boolean {
  context.charge(items.length);
  return items.some((item) => deepEqual(wanted, item, context));
}

/** `list[start:end]`, of the list's own type; nil of an empty list. The end can be up to the capacity. */
function slice(context: CallContext, value: Value, ...indices: Value[]): Value {
  const list = checkList(value, "slice");
  const items = listItems(list);
  if (items.length === 0) return null;
  const [startIndex, endIndex] = indices;
  const capacity = BigInt(capacityOf(items));
  const start = startIndex === undefined ? 0n : toInt64(startIndex);
  const end = endIndex === undefined ? BigInt(items.length) : toInt64(endIndex);
  if (start < 0n || end < start || end > capacity) {
    throw new FunctionError(
      `slice bounds out of range [${start}:${end}] with capacity ${capacity}`,
    );
  }
  return sliceList(list, Number(start), Number(end), context);
}

/** Lists of `size` elements, the last may be shorter. */
function chunk(context: CallContext, size: bigint, value: Value): Value {
  const items = itemsOf(context, value, "chunk");
  const length = Number(size);
  // Go computes this in floating point; sizes below 1 mostly end as a negative length
  const count = Math.floor((items.length - 1) / length) + 1;
  if (!(count >= 0 && Number.isFinite(count))) {
    throw new FunctionError("makeslice: len out of range");
  }
  context.allocate(ITEM_BYTES * count);
  const chunks: Value[] = [];
  for (let i = 0; i < count; i++) {
    const tail = items.length % length;
    const wanted = i === count - 1 && tail !== 0 ? tail : length;
    if (wanted < 0) throw new FunctionError("makeslice: len out of range");
    if (i * length + wanted > items.length) throw new FunctionError("slice index out of range");
    chunks.push(items.slice(i * length, i * length + wanted));
  }
  return new TypedList("[][]interface {}", chunks);
}

function concat(context: CallContext, ...lists: Value[]): Value {
  const parts = lists.map((each) => itemsOf(context, each, "concat as list"));
  const items = parts.flat();
  return items.length === 0 ? nilList() : appended(items);
}
