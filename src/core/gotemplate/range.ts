/** What `range` goes over: lists, maps in key order, integers (exec.go, walkRange). */
import { isList, isMap, listItems, typeName } from "./kind.js";
import type { Loop, Machine } from "./machine.js";
import { sortedEntries } from "./map-order.js";
import { Int, NamedInt, type Value } from "./value.js";

/** Opens a loop over `value`; undefined where there is nothing to go over. */
export function openLoop(
  machine: Machine,
  value: Value | undefined,
  variables: number,
): Loop | undefined {
  if (value === undefined || value === null) {
    return undefined;
  }
  if (isList(value)) {
    return listLoop(machine, listItems(value));
  }
  if (isMap(value)) {
    const entries = sortedEntries(value);
    machine.charge(entries.length);
    machine.allocate(32 * entries.length);
    return mapLoop(machine, entries);
  }
  if (typeof value === "bigint" || value instanceof Int) {
    if (variables > 1) {
      return machine.fail("can't use an integer to iterate over more than one variable");
    }
    return integerLoop(machine, value);
  }
  // Go shows the value here; ours does not, as it may be a secret.
  return machine.fail(`range can't iterate over ${typeName(value)}`);
}

/** A loop without elements, for the `else` of a `range`: in Go `break` there ends that `range`. */
export function emptyLoop(machine: Machine): Loop {
  return newLoop(machine, () => false);
}

function newLoop(machine: Machine, advance: (loop: Loop) => boolean): Loop {
  const loop: Loop = {
    advance: () => advance(loop),
    index: undefined,
    element: undefined,
    dot: machine.dot,
    vars: machine.variableCount,
    marks: machine.marks.length,
    dots: machine.dots.length,
  };
  return loop;
}

function listLoop(machine: Machine, items: readonly Value[]): Loop | undefined {
  let at = 0;
  const { length } = items;
  return length === 0
    ? undefined
    : newLoop(machine, (loop) => {
        if (at >= length) {
          return false;
        }
        loop.index = BigInt(at);
        loop.element = items[at];
        at++;
        return true;
      });
}

function mapLoop(machine: Machine, entries: readonly [Value, Value][]): Loop | undefined {
  let at = 0;
  return entries.length === 0
    ? undefined
    : newLoop(machine, (loop) => {
        const entry = entries[at];
        at++;
        if (entry === undefined) {
          return false;
        }
        [loop.index, loop.element] = entry;
        return true;
      });
}

/** Counts from 0; the numbers are of the kind of the limit. */
function integerLoop(machine: Machine, limit: bigint | Int): Loop | undefined {
  const end = typeof limit === "bigint" ? limit : limit.value;
  let next = 0n;
  return end <= 0n
    ? undefined
    : newLoop(machine, (loop) => {
        if (next >= end) {
          return false;
        }
        loop.element = likeLimit(limit, next);
        next += 1n;
        return true;
      });
}

function likeLimit(limit: bigint | Int, value: bigint): Value {
  if (limit instanceof NamedInt) {
    return limit.with(value);
  }
  return limit instanceof Int ? new Int(limit.kind, value) : value;
}
