/**
 * Values of the Kubernetes types: reads JSON strictly into a struct and gives it back as Go's
 * encoding/json writes that struct. Unknown fields, wrong types, numbers out of range and bad
 * base64, times or quantities are errors. What Go always writes, such as `status: {}`, is added;
 * what it leaves out when empty is gone; quantities are canonical.
 */

import { childPath } from "../../codec/yaml-path.js";
import { K8sError } from "./error.js";
import { foldedName, type Json, type JsonMap } from "./json-value.js";
import { type ModelField, type ModelFields, type ModelType, structFields } from "./model.js";
import { modelFault, scalarValue } from "./model-scalar.js";

/**
 * How field names match: Kubernetes' own decoder takes them exactly, Go's encoding/json also in
 * another case.
 */
export type FieldMatch = "exact" | "anyCase";

/** How a value is read. After a fault that is not thrown, the value counts as not given. */
interface Reading {
  readonly match: FieldMatch;
  readonly unknownFields: "refused" | "ignored";
  readonly onFault: (fault: K8sError) => void;
}

/**
 * `value` as the struct `name` of the model.
 * @throws {K8sError} k8s_model with `place.path`: the first fault
 */
export function structValue(name: string, value: Json, match: FieldMatch, path = ""): JsonMap {
  const onFault = (fault: K8sError) => {
    throw fault;
  };
  return readStruct(name, value, { match, unknownFields: "refused", onFault }, path);
}

/** All that Kubernetes' own decoder refuses in `value` as the struct `name`: k8s_model with `place.path`. */
export function structFaults(name: string, value: Json, path: string): K8sError[] {
  const faults: K8sError[] = [];
  const onFault = (fault: K8sError) => void faults.push(fault);
  readStruct(name, value, { match: "exact", unknownFields: "refused", onFault }, path);
  return faults;
}

function readStruct(name: string, value: Json, reading: Reading, path: string): JsonMap {
  const fields = structFields(name);
  const given = new Map<string, Json>();
  if (value !== null && !(value instanceof Map)) {
    reading.onFault(modelFault(path, "expected a map"));
    return writeFields(fields, given);
  }
  for (const [key, member] of value === null ? [] : byKey(value)) {
    const fieldName = matchField(fields, key, reading.match);
    const field = fieldName === undefined ? undefined : fields.get(fieldName);
    if (fieldName !== undefined && field !== undefined) {
      if (member === null) given.delete(fieldName);
      else given.set(fieldName, readValue(field.type, member, reading, childPath(path, key)));
    } else if (reading.unknownFields === "refused") {
      reading.onFault(modelFault(childPath(path, key), "unknown field"));
    }
  }
  return writeFields(fields, given);
}

/** In the order in which Go writes, so that of two spellings of a field the same one wins. */
function byKey(map: JsonMap): [string, Json][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

function matchField(fields: ModelFields, key: string, match: FieldMatch): string | undefined {
  if (fields.has(key) || match === "exact") return fields.has(key) ? key : undefined;
  const folded = foldedName(key);
  for (const name of fields.keys()) if (foldedName(name) === folded) return name;
  return undefined;
}

function writeFields(fields: ModelFields, given: JsonMap): JsonMap {
  const written: JsonMap = new Map();
  for (const [name, field] of fields) {
    const value = given.get(name) ?? zeroOf(field.type);
    if (!isLeftOut(field, value, given.has(name))) written.set(name, value);
  }
  return written;
}

function isLeftOut(
  { type, omitEmpty, omitZero }: ModelField,
  value: Json,
  isGiven: boolean,
): boolean {
  if (omitZero && type.form === "time" && value === null) return true;
  if (!omitEmpty || GO_STRUCTS.has(type.form)) return false;
  // What a pointer leads to may be written as null.
  if (type.form === "pointer") return !isGiven;
  if (value instanceof Map) return value.size === 0;
  if (Array.isArray(value)) return value.length === 0;
  return !value;
}

/** Structs in Go, which `omitempty` never leaves out. */
const GO_STRUCTS: ReadonlySet<ModelType["form"]> = new Set([
  ...["struct", "quantity", "intOrString", "raw", "time", "microTime"],
  ...["orBool", "orList", "orTexts"],
] as const);

/** What Go has where nothing was given; nil lists and maps are null. */
function zeroOf(type: ModelType): Json {
  switch (type.form) {
    case "string":
      return "";
    case "bool":
    case "orBool":
      return false;
    case "integer":
    case "float":
    case "intOrString":
      return 0n;
    case "quantity":
      return "0";
    case "struct":
      return writeFields(structFields(type.name), new Map());
    default:
      return null;
  }
}

function readValue(type: ModelType, value: Json, reading: Reading, path: string): Json {
  if (value === null) return zeroOf(type);
  switch (type.form) {
    case "pointer":
      return readValue(type.of, value, reading, path);
    case "list":
      return readList(type.of, value, reading, path);
    case "map":
      return readMap(type.of, value, reading, path);
    case "struct":
      return readStruct(type.name, value, reading, path);
    case "orBool":
    case "orList":
    case "orTexts":
      return readSchema(type, value, reading, path);
    default:
      try {
        return scalarValue(type, value, path);
      } catch (fault) {
        if (!(fault instanceof K8sError)) throw fault;
        reading.onFault(fault);
        return zeroOf(type);
      }
  }
}

function readList(of: ModelType, value: Json, reading: Reading, path: string): Json {
  if (Array.isArray(value)) {
    return value.map((item, i) => readValue(of, item, reading, childPath(path, i)));
  }
  reading.onFault(modelFault(path, "expected a list"));
  return null;
}

function readMap(of: ModelType, value: Json, reading: Reading, path: string): Json {
  if (!(value instanceof Map)) {
    reading.onFault(modelFault(path, "expected a map"));
    return null;
  }
  const map: JsonMap = new Map();
  for (const [key, member] of value) {
    map.set(key, readValue(of, member, reading, childPath(path, key)));
  }
  return map;
}

const TEXT: ModelType = { form: "string" };

/**
 * A JSON Schema, or what may stand in its place. Kubernetes reads what is below here without
 * looking for unknown fields, and takes what is none of both for nothing, but for `orBool`.
 */
function readSchema(
  { form, struct }: Extract<ModelType, { readonly struct: string }>,
  value: Json,
  reading: Reading,
  path: string,
): Json {
  const below: Reading = { ...reading, unknownFields: "ignored" };
  if (value instanceof Map) return readStruct(struct, value, below, path);
  if (form === "orBool") {
    if (typeof value === "boolean") return value;
    reading.onFault(modelFault(path, "expected true, false or a map"));
    return false;
  }
  if (!Array.isArray(value) || value.length === 0) return null;
  const of: ModelType = form === "orList" ? { form: "struct", name: struct } : TEXT;
  return readList(of, value, below, path);
}
