/**
 * The room that Go's lists have beyond their length, which Sprig's `slice` can reach: the allocator
 * rounds up what `append` asks for, and parts of a list share its memory with it (runtime/slice.go,
 * runtime/msize.go, linux/amd64). Capacities are counts of elements.
 */
import { elementTypeName } from "./kind.js";
import { type CallContext, Int, TypedList, type Value } from "./value.js";

/** What the allocator looks at of an element type. */
export interface Element {
  readonly bytes: number;
  readonly pointers: boolean;
}

/** interface{} and string. */
export const WORDS: Element = { bytes: 16, pointers: true };
export const INT: Element = { bytes: 8, pointers: false };

/** Where a list lies in the memory that it shares with its parts. */
interface Window {
  readonly memory: Memory;
  readonly start: number;
}

/** `cells` are as many as the capacity; `shown` are the lists that lie there, where they can change. */
interface Memory {
  readonly cells: Value[];
  readonly shown: { readonly items: Value[]; readonly start: number }[] | undefined;
}

/** Of the lists with more room than elements. */
const capacities = new WeakMap<readonly Value[], number>();
/** Of the lists that a part was taken of, and of the parts. */
const windows = new WeakMap<readonly Value[], Window>();

export function capacityOf(items: readonly Value[]): number {
  const window = windowOf(items);
  return window === undefined
    ? Math.max(items.length, capacities.get(items) ?? 0)
    : window.memory.cells.length - window.start;
}

/** Undefined for a list that the caller of the engine has made longer since a part was taken. */
function windowOf(items: readonly Value[]): Window | undefined {
  const window = windows.get(items);
  const fits = window !== undefined && window.start + items.length <= window.memory.cells.length;
  return fits ? window : undefined;
}

/** The same list, noted to have room for `capacity` elements. */
export function withCapacity<Items extends readonly Value[]>(
  items: Items,
  capacity: number,
): Items {
  if (capacity > items.length) capacities.set(items, capacity);
  return items;
}

/** The same list, as appending its elements one by one to an empty list with room for `made` makes it. */
export function appended<Items extends readonly Value[]>(
  items: Items,
  made = 0,
  element = WORDS,
): Items {
  let capacity = made;
  while (capacity < items.length) capacity = grownCapacity(capacity + 1, capacity, element);
  return withCapacity(items, capacity);
}

const DOUBLED_BELOW = 256;

/** The capacity after `append` has made a list of `capacity` longer than it has room for. */
export function grownCapacity(length: number, capacity: number, element = WORDS): number {
  let wanted = capacity;
  if (length > 2 * capacity) wanted = length;
  else if (capacity < DOUBLED_BELOW) wanted = 2 * capacity;
  else while (wanted < length) wanted += Math.floor((wanted + 3 * DOUBLED_BELOW) / 4);
  return Math.floor(allocatedSize(wanted * element.bytes, element.pointers) / element.bytes);
}

const SIZE_CLASSES = [
  8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352,
  384, 416, 448, 480, 512, 576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536, 1792, 2048, 2304,
  2688, 3072, 3200, 3456, 4096, 4864, 5376, 6144, 6528, 6784, 6912, 8192, 9472, 9728, 10240, 10880,
  12288, 13568, 14336, 16384, 18432, 19072, 20480, 21760, 24576, 27264, 28672, 32768,
];
const HEADER_BYTES = 8;
const LARGEST_WITHOUT_HEADER = 512;
const LARGEST_SMALL = 32_768 - HEADER_BYTES;
const PAGE_BYTES = 8192;

/** What the allocator gives who asks for `bytes`; memory with pointers may need a header. */
function allocatedSize(bytes: number, pointers: boolean): number {
  if (bytes > LARGEST_SMALL) return Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;
  const header = pointers && bytes > LARGEST_WITHOUT_HEADER ? HEADER_BYTES : 0;
  const size = SIZE_CLASSES.find((each) => each >= bytes + header) ?? 0;
  return size - header;
}

/**
 * `list[start:end]` for `end` up to the capacity. Beyond the length stand zero values, or what the list
 * that this is a part of has there.
 */
export function sliceList(
  list: Value[] | TypedList,
  start: number,
  end: number,
  context?: CallContext,
): Value {
  const items = list instanceof TypedList ? list.items : list;
  if (items === null) return list;
  const type = list instanceof TypedList ? list.type : "[]interface {}";
  const { memory, start: offset } = windowOf(items) ?? share(items, type, context);
  context?.allocate(WORDS.bytes * (end - start + 1));
  // its own elements from the list itself: data may have changed since another execution
  const beyond = offset + Math.max(start, items.length);
  const part = items.slice(start, end).concat(memory.cells.slice(beyond, offset + end));
  place(part, memory, offset + start);
  return list instanceof TypedList ? new TypedList(type, part) : part;
}

/** Gives a list a memory that others can share. */
function share(items: Value[], type: string, context: CallContext | undefined): Window {
  const capacity = capacityOf(items);
  context?.allocate(WORDS.bytes * capacity);
  const zero = ZEROS.get(elementTypeName(type)) ?? null;
  const cells = items.concat(Array(capacity - items.length).fill(zero));
  return place(items, { cells, shown: type === SORTED ? [] : undefined }, 0);
}

function place(items: Value[], memory: Memory, start: number): Window {
  const window = { memory, start };
  windows.set(items, window);
  memory.shown?.push({ items, start });
  return window;
}

/** The only lists that a function changes in place: `sortAlpha`. */
const SORTED = "[]string";

const ZEROS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ["string", ""],
  ["int", 0n],
  ["uint8", new Int("uint8", 0n)],
]);

/** Shows what was changed in `items` to the lists that share its memory. */
export function spread(context: CallContext, items: readonly Value[]): void {
  const window = windowOf(items);
  if (window === undefined) return;
  const { cells, shown = [] } = window.memory;
  items.forEach((item, i) => {
    cells[window.start + i] = item;
  });
  for (const { items: other, start } of shown) {
    context.charge(1 + other.length);
    for (let i = 0; i < other.length; i++) other[i] = cells[start + i] ?? null;
  }
}
