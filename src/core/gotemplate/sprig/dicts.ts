/** Sprig's functions on maps with text keys. `set`, `unset` and the merges change the map they are given. */
import { appended } from "../capacity.js";
import { FunctionError } from "../error.js";
import { isMap, type MapValue, mapEntries, typeName } from "../kind.js";
import { type CallContext, GoFunction, TypedList, type Value } from "../value.js";
import { deepCopy } from "./deep-copy.js";
import { type MergeRule, mergeMaps } from "./merge.js";
import { toText } from "./text.js";

export const dictFunctions: readonly GoFunction[] = [
  new GoFunction("dict", ["any"], dict, { variadic: true }),
  new GoFunction("get", ["map[string]any", "string"], get),
  new GoFunction("set", ["map[string]any", "string", "any"], set),
  new GoFunction("unset", ["map[string]any", "string"], unset),
  new GoFunction("hasKey", ["map[string]any", "string"], hasKey),
  new GoFunction("pluck", ["string", "map[string]any"], pluck, { variadic: true }),
  new GoFunction("dig", ["any"], dig, { variadic: true }),
  new GoFunction("keys", ["map[string]any"], keys, { variadic: true }),
  new GoFunction("values", ["map[string]any"], values),
  new GoFunction("pick", ["map[string]any", "string"], pick, { variadic: true }),
  new GoFunction("omit", ["map[string]any", "string"], omit, { variadic: true }),
  mergeFunction("merge", { overwrite: false }, ""),
  mergeFunction("mustMerge", { overwrite: false }),
  mergeFunction("mergeOverwrite", { overwrite: true }, ""),
  mergeFunction("mustMergeOverwrite", { overwrite: true }),
  new GoFunction("deepCopy", ["any"], deepCopy),
  new GoFunction("mustDeepCopy", ["any"], deepCopy),
];

// what maps and their entries take in JavaScript
const MAP_BYTES = 200;
const ENTRY_BYTES = 40;

/** Keys and values in turn; a last key without a value gets "". */
function dict(context: CallContext, ...pairs: Value[]): Value {
  context.allocate(MAP_BYTES + ENTRY_BYTES * pairs.length);
  const made = new Map<string, Value>();
  for (let i = 0; i < pairs.length; i += 2) {
    made.set(toText(pairs[i] ?? null, context), i + 1 < pairs.length ? (pairs[i + 1] ?? null) : "");
  }
  return made;
}

/** The value, or "" for a key that is not there. */
function get(_context: CallContext, map: MapValue, key: string): Value {
  return mapEntries(map).get(key) ?? (hasKey(_context, map, key) ? null : "");
}

function set(context: CallContext, map: MapValue, key: string, value: Value): Value {
  context.allocate(ENTRY_BYTES);
  if (map instanceof Map) {
    map.set(key, value);
    return map;
  }
  if (map.entries === null) throw new FunctionError("assignment to entry in nil map");
  map.entries.set(key, value);
  return map;
}

function unset(_context: CallContext, map: MapValue, key: string): Value {
  if (map instanceof Map) map.delete(key);
  else map.entries?.delete(key);
  return map;
}

function hasKey(_context: CallContext, map: MapValue, key: string): boolean {
  return mapEntries(map).has(key);
}

function pluck(context: CallContext, key: string, ...maps: MapValue[]): Value {
  context.allocate(ENTRY_BYTES * maps.length);
  const holders = maps.filter((map) => hasKey(context, map, key));
  return appended(holders.map((map) => get(context, map, key)));
}

/** Follows keys down maps: `dig KEY… DEFAULT MAP`; the default where a key is missing. */
function dig(_context: CallContext, ...args: Value[]): Value {
  if (args.length < 3) throw new FunctionError("dig needs at least three arguments");
  const path = args.slice(0, -2).map((key) => {
    if (typeof key !== "string") throw new FunctionError("dig takes only text as keys");
    return key;
  });
  let current: Value = args.at(-1) ?? null;
  for (const key of path) {
    const entries = mapEntries(checkTextMap(current));
    if (!entries.has(key)) return args.at(-2) ?? null;
    current = entries.get(key) ?? null;
  }
  return current;
}

function checkTextMap(value: Value): MapValue {
  if (!isMap(value) || typeName(value) !== "map[string]interface {}")
    throw new FunctionError("interface conversion: value is no map[string]interface {}");
  return value;
}

function keys(context: CallContext, ...maps: MapValue[]): Value {
  const found = maps.flatMap((map) => {
    context.allocate(ENTRY_BYTES * mapEntries(map).size);
    return [...mapEntries(map).keys()];
  });
  return new TypedList("[]string", appended(found));
}

function values(context: CallContext, map: MapValue): Value {
  context.allocate(ENTRY_BYTES * mapEntries(map).size);
  return appended([...mapEntries(map).values()]);
}

function pick(context: CallContext, map: MapValue, ...wanted: string[]): Value {
  context.allocate(MAP_BYTES + ENTRY_BYTES * wanted.length);
  const present = wanted.filter((key) => hasKey(context, map, key));
  return new Map(present.map((key): [string, Value] => [key, get(context, map, key)]));
}

function omit(context: CallContext, map: MapValue, ...unwanted: string[]): Value {
  const entries = mapEntries(map);
  context.allocate(MAP_BYTES + ENTRY_BYTES * entries.size);
  const left = new Set(unwanted);
  const kept = new Map<string, Value>();
  for (const [key, value] of entries) {
    if (typeof key === "string" && !left.has(key)) kept.set(key, value);
  }
  return kept;
}

/** The first map with the others merged into it; `failed` is the result where they do not fit, or else an error. */
function mergeFunction(name: string, rule: MergeRule, failed?: string): GoFunction {
  const call = (context: CallContext, target: MapValue, ...sources: MapValue[]): Value => {
    let merged = target;
    for (const source of sources) {
      const outcome = mergeMaps(context, merged, source, rule);
      if (outcome !== undefined) merged = outcome;
      else if (failed !== undefined) return failed;
      else throw new FunctionError("src and dst must be of same type");
    }
    return merged;
  };
  return new GoFunction(name, ["map[string]any", "map[string]any"], call, { variadic: true });
}
