/** Go's reflect.DeepEqual over template values: types count, nil lists and maps differ from empty ones. */
import { isList, isMap, isNil, listItems, type MapValue, mapEntries, typeName } from "./kind.js";
import { Time } from "./time.js";
import { type CallContext, Complex, Int, NamedString, Struct, type Value } from "./value.js";

/** Comparing two lists, maps or structs costs about as much as so many instructions, beside their elements. */
const STEPS_PER_PAIR = 4;
/** Pairs of maps are remembered after so many steps: only maps that contain themselves need it. */
const REMEMBERED_AFTER = 10_000;

/**
 * Whether Go's reflect.DeepEqual holds; each compared pair of elements is charged to `context`. Maps
 * that contain themselves are equal where no difference is ever met.
 */
export function deepEqual(a: Value, b: Value, context?: CallContext): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object") return false;
  return new Comparison(context).holds(a, b);
}

/** A comparison under way: `left` and `right` are pairs of which the content is still to be compared. */
class Comparison {
  private readonly context: CallContext | undefined;
  private readonly left: Value[] = [];
  private readonly right: Value[] = [];
  private readonly met = new Map<MapValue, Set<MapValue>>();
  private steps = 0;

  constructor(context: CallContext | undefined) {
    this.context = context;
  }

  holds(first: Value, second: Value): boolean {
    let same = this.matches(first, second);
    while (same) {
      const a = this.left.pop();
      const b = this.right.pop();
      if (a === undefined || b === undefined) break;
      same = this.contentMatches(a, b);
    }
    return same;
  }

  /** False where two values differ for sure; what has content is put off. */
  private matches(a: Value, b: Value): boolean {
    // Maps and lists that are one object are equal without a look at their content, as in Go.
    if (a === b) return true;
    if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
    this.left.push(a);
    this.right.push(b);
    return true;
  }

  private contentMatches(a: Value, b: Value): boolean {
    this.charge(STEPS_PER_PAIR);
    if (typeName(a) !== typeName(b)) return false;
    if (isList(a) && isList(b)) {
      const left = listItems(a);
      const right = listItems(b);
      this.charge(left.length);
      return (
        isNil(a) === isNil(b) &&
        left.length === right.length &&
        left.every((item, i) => this.matches(item, right[i] as Value))
      );
    }
    if (isMap(a) && isMap(b)) {
      if (isNil(a) !== isNil(b)) return false;
      return this.isKnown(a, b) || this.entriesMatch(mapEntries(a), mapEntries(b));
    }
    if (a instanceof Struct && b instanceof Struct) return this.entriesMatch(a.fields, b.fields);
    return equalScalars(a, b);
  }

  private entriesMatch(a: ReadonlyMap<Value, Value>, b: ReadonlyMap<Value, Value>): boolean {
    if (a.size !== b.size) return false;
    this.charge(a.size);
    for (const [key, value] of a) {
      const other = lookupKey(b, key);
      if (other === undefined || !this.matches(value, other)) return false;
    }
    return true;
  }

  /** Whether the pair has been met before; pairs are remembered where there are many. */
  private isKnown(a: MapValue, b: MapValue): boolean {
    if (this.steps < REMEMBERED_AFTER) return false;
    const others = this.met.get(a) ?? new Set();
    if (others.has(b)) return true;
    this.context?.allocate(PAIR_BYTES);
    this.met.set(a, others.add(b));
    return false;
  }

  private charge(steps: number): void {
    this.steps += steps;
    this.context?.charge(steps);
  }
}

const PAIR_BYTES = 200;

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
