/** Copies of values that share nothing which can change (mitchellh/copystructure 1.2.0). */
import { capacityOf, withCapacity } from "../capacity.js";
import { FunctionError } from "../error.js";
import { type CallContext, Struct, TypedList, TypedMap, type Value } from "../value.js";

// what the copy of a small list, and what one of a small map takes in JavaScript
const NODE_BYTES = 64;
const MAP_BYTES = 200;
const STEPS_PER_NODE = 8;

/**
 * A copy with lists, maps and structs of its own, of the same types. One that contains itself ends by
 * the budgets; in Go it ends the process.
 * @throws {FunctionError} for nil
 */
export function deepCopy(context: CallContext, value: Value): Value {
  if (value === null) throw new FunctionError("deepCopy error: no value to copy");
  const copier = new Copier(context);
  const copy = copier.copy(value);
  copier.fill();
  return copy;
}

/** Makes copies that are still empty and keeps what will fill them, so depth costs no calls. */
class Copier {
  private readonly context: CallContext;
  private readonly lists: [from: readonly Value[], into: Value[]][] = [];
  private readonly maps: [from: ReadonlyMap<Value, Value>, into: Map<Value, Value>][] = [];

  constructor(context: CallContext) {
    this.context = context;
  }

  fill(): void {
    for (;;) {
      const list = this.lists.pop();
      if (list !== undefined) {
        const [from, into] = list;
        for (const item of from) into.push(this.copy(item));
        withCapacity(into, capacityOf(from));
        continue;
      }
      const map = this.maps.pop();
      if (map === undefined) return;
      const [from, into] = map;
      for (const [key, item] of from) into.set(key, this.copy(item));
    }
  }

  copy(value: Value): Value {
    this.context.charge(STEPS_PER_NODE);
    const isMap = value instanceof Map || value instanceof TypedMap || value instanceof Struct;
    this.context.allocate(isMap ? MAP_BYTES : NODE_BYTES);
    if (typeof value !== "object") return value;
    if (Array.isArray(value)) return this.list(value);
    if (value instanceof Map) return this.map(value);
    if (value instanceof TypedList) {
      return new TypedList(value.type, value.items === null ? null : this.list(value.items));
    }
    if (value instanceof TypedMap) {
      const entries = value.entries === null ? null : this.map(value.entries);
      return new TypedMap(value.type, entries, value.zero);
    }
    if (value instanceof Struct) {
      if (value.zero !== undefined) return value.zero();
      const { pointer, methods, jsonNames } = value;
      return new Struct(value.type, this.map(value.fields), { pointer, methods, jsonNames });
    }
    return value;
  }

  private list(from: readonly Value[]): Value[] {
    const into: Value[] = [];
    this.lists.push([from, into]);
    return into;
  }

  private map<Key extends Value>(from: ReadonlyMap<Key, Value>): Map<Key, Value> {
    const into = new Map<Key, Value>();
    this.maps.push([from, into as Map<Value, Value>]);
    return into;
  }
}
