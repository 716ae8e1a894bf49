/** Go's types and kinds of values (package reflect): the name `%T` prints, the Kind, nil. */
import { wrapInt } from "./number.js";
import { Time } from "./time.js";
import {
  Complex,
  GoFunction,
  Int,
  type IntKind,
  NamedInt,
  NamedMap,
  NamedString,
  type ParamType,
  Struct,
  TypedList,
  TypedMap,
  type Value,
} from "./value.js";

export type Kind =
  | "invalid"
  | "bool"
  | "string"
  | "int"
  | IntKind
  | "float64"
  | "complex128"
  | "slice"
  | "map"
  | "struct"
  | "ptr"
  | "func";

export type MapValue = Map<string, Value> | TypedMap;
export type ListValue = Value[] | TypedList;

/** Go's reflect.Kind of the value in an interface; nil and no value are "invalid". */
export function kindOf(value: Value | undefined): Kind {
  switch (typeof value) {
    case "string":
      return "string";
    case "bigint":
      return "int";
    case "number":
      return "float64";
    case "boolean":
      return "bool";
    case "undefined":
      return "invalid";
  }
  if (value === null) {
    return "invalid";
  }
  if (Array.isArray(value) || value instanceof TypedList) {
    return "slice";
  }
  if (value instanceof Map || value instanceof TypedMap) {
    return "map";
  }
  if (value instanceof Struct) {
    return value.pointer ? "ptr" : "struct";
  }
  if (value instanceof Int) {
    return value.kind;
  }
  if (value instanceof Time) {
    return "struct";
  }
  if (value instanceof NamedString) {
    return "string";
  }
  return value instanceof Complex ? "complex128" : "func";
}

/** Go's name of the type as `%T` prints it; `<nil>` for nil and no value. */
export function typeName(value: Value | undefined): string {
  if (value === undefined || value === null) {
    return "<nil>";
  }
  if (Array.isArray(value)) {
    return "[]interface {}";
  }
  if (value instanceof NamedMap) {
    return value.type;
  }
  if (value instanceof Map) {
    return "map[string]interface {}";
  }
  if (
    value instanceof TypedList ||
    value instanceof TypedMap ||
    value instanceof NamedString ||
    value instanceof NamedInt
  ) {
    return value.type;
  }
  if (value instanceof Struct) {
    return value.pointer ? `*${value.type}` : value.type;
  }
  if (value instanceof Time) {
    return "time.Time";
  }
  if (value instanceof GoFunction) {
    return functionTypeName(value);
  }
  return kindOf(value);
}

/** Go's name of the type of what a pointer points to; of other values as `typeName`. */
export function indirectTypeName(value: Value | undefined): string {
  return value instanceof Struct ? value.type : typeName(value);
}

function functionTypeName(fn: GoFunction): string {
  const params = fn.params.map((param, i) =>
    fn.variadic && i === fn.params.length - 1 ? `...${paramTypeName(param)}` : paramTypeName(param),
  );
  return `func(${params.join(", ")})`;
}

/** Go's name of a declared parameter type. */
export function paramTypeName(param: ParamType): string {
  return param.replace("any", "interface {}");
}

/** Whether the value is nil or no value, or a nil map or list. */
export function isNil(value: Value | undefined): boolean {
  return (
    value === undefined ||
    value === null ||
    (value instanceof TypedList && value.items === null) ||
    (value instanceof TypedMap && value.entries === null)
  );
}

export function isList(value: Value | undefined): value is ListValue {
  return Array.isArray(value) || value instanceof TypedList;
}

/** The elements of a list; a nil list has none. */
export function listItems(list: ListValue): readonly Value[] {
  return Array.isArray(list) ? list : (list.items ?? []);
}

export function isMap(value: Value | undefined): value is MapValue {
  return value instanceof Map || value instanceof TypedMap;
}

/** The entries of a map in insertion order; a nil map has none. */
export function mapEntries(map: MapValue): ReadonlyMap<Value, Value> {
  return map instanceof TypedMap ? (map.entries ?? NO_ENTRIES) : map;
}

const NO_ENTRIES: ReadonlyMap<Value, Value> = new Map();

/** Whether the value is of one of Go's integer kinds. */
export function isInteger(value: Value | undefined): value is bigint | Int {
  return typeof value === "bigint" || value instanceof Int;
}

/** The number of an integer of any kind. */
export function integerValue(value: bigint | Int): bigint {
  return typeof value === "bigint" ? value : value.value;
}

/** A Go int64; what does not fit wraps. */
export function int64(value: bigint): Int {
  return new Int("int64", wrapInt(value));
}

/** A Go []byte. */
export function byteList(bytes: Uint8Array): TypedList {
  return new TypedList(
    "[]uint8",
    Array.from(bytes, (byte) => new Int("uint8", BigInt(byte))),
  );
}

/** The bytes of a Go []byte; nil has none. */
export function bytesOf(list: TypedList): Uint8Array {
  return Uint8Array.from(listItems(list), (byte) => (byte instanceof Int ? Number(byte.value) : 0));
}

/** Whether templates and encoders see a field of this name. */
export function isExported(name: string): boolean {
  return /^\p{Lu}/u.test(name);
}

/** The type of the elements of a list or map type: `[]string` gives `string`. */
export function elementTypeName(type: string): string {
  if (type.startsWith("[]")) {
    return type.slice(2);
  }
  return type.slice(keyEnd(type) + 1);
}

/** The type of the keys of a map type: `map[string]int` gives `string`. */
export function keyTypeName(type: string): string {
  return type.slice("map[".length, keyEnd(type));
}

function keyEnd(mapType: string): number {
  let depth = 0;
  for (let i = "map".length; i < mapType.length; i++) {
    if (mapType[i] === "[") {
      depth++;
    } else if (mapType[i] === "]" && --depth === 0) {
      return i;
    }
  }
  return mapType.length;
}
