/**
 * Values of the Kubernetes types: reads JSON strictly into a struct and gives it back as Go's
 * encoding/json writes that struct. Unknown fields, wrong types, numbers out of range and bad
 * base64, times or quantities are errors. What Go always writes, such as `status: {}`, is added;
 * what it leaves out when empty is gone; quantities are canonical.
 */

import { childPath } from "../../codec/yaml-path.js";
import { Time } from "../../gotemplate/time.js";
import { formatTime } from "../../gotemplate/time-format.js";
import { decodeBase64, encodeBase64 } from "./base64.js";
import { K8sError } from "./error.js";
import { type Json, type JsonMap, jsonNumberText } from "./json-value.js";
import { type ModelField, type ModelFields, type ModelType, structFields } from "./model.js";
import { canonicalQuantity } from "./quantities.js";

/**
 * How field names match: Kubernetes' own decoder takes them exactly, Go's encoding/json also in
 * another case.
 */
export type FieldMatch = "exact" | "anyCase";

/**
 * `value` as the struct `name` of the model.
 * @throws {K8sError} k8s_model with `place.path`
 */
export function structValue(name: string, value: Json, match: FieldMatch, path = ""): JsonMap {
  return readStruct(name, value, match, path);
}

function readStruct(name: string, value: Json, match: FieldMatch, path: string): JsonMap {
  if (value !== null && !(value instanceof Map)) refuse(path, `expected a map`);
  const fields = structFields(name);
  const given = new Map<string, Json>();
  for (const [key, member] of value === null ? [] : byKey(value)) {
    const fieldName = matchField(fields, key, match);
    const field = fieldName === undefined ? undefined : fields.get(fieldName);
    if (fieldName === undefined || field === undefined)
      refuse(childPath(path, key), `unknown field`);
    given.set(fieldName, readValue(field.type, member, match, childPath(path, key)));
  }
  return writeFields(fields, given);
}

/** In the order in which Go writes, so that of two spellings of a field the same one wins. */
function byKey(map: JsonMap): [string, Json][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

function matchField(fields: ModelFields, key: string, match: FieldMatch): string | undefined {
  if (fields.has(key) || match === "exact") return fields.has(key) ? key : undefined;
  const folded = key.toLowerCase();
  for (const name of fields.keys()) if (name.toLowerCase() === folded) return name;
  return undefined;
}

function writeFields(fields: ModelFields, given: JsonMap): JsonMap {
  const written: JsonMap = new Map();
  for (const [name, field] of fields) {
    const value = given.get(name) ?? zeroOf(field.type);
    if (!isLeftOut(field, value)) written.set(name, value);
  }
  return written;
}

function isLeftOut({ type, omitEmpty, omitZero }: ModelField, value: Json): boolean {
  if (omitZero && type.form === "time" && value === null) return true;
  if (!omitEmpty || type.form === "struct") return false;
  if (type.form === "quantity" || type.form === "intOrString") return false;
  if (type.form === "pointer") return value === null;
  if (value instanceof Map) return value.size === 0;
  if (Array.isArray(value)) return value.length === 0;
  return type.form !== "raw" && type.form !== "time" && !value;
}

/** What Go has where nothing was given; nil lists and maps are null. */
function zeroOf(type: ModelType): Json {
  switch (type.form) {
    case "string":
      return "";
    case "bool":
      return false;
    case "integer":
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

function readValue(type: ModelType, value: Json, match: FieldMatch, path: string): Json {
  if (value === null) return zeroOf(type);
  switch (type.form) {
    case "string":
      return typeof value === "string" ? value : refuse(path, "expected text");
    case "bool":
      return typeof value === "boolean" ? value : refuse(path, "expected true or false");
    case "integer":
      return readInteger(type, value, path);
    case "bytes":
      return readBytes(value, path);
    case "time":
    case "microTime":
      return readTime(type.form, value, path);
    case "quantity":
      return readQuantity(value, path);
    case "intOrString":
      return typeof value === "string" ? value : readInteger(INT32, value, path);
    case "raw":
      return value;
    case "pointer":
      return readValue(type.of, value, match, path);
    case "list":
      if (!Array.isArray(value)) return refuse(path, "expected a list");
      return value.map((item, i) => readValue(type.of, item, match, childPath(path, i)));
    case "map":
      return readMap(type.of, value, match, path);
    case "struct":
      return readStruct(type.name, value, match, path);
  }
}

const INT32 = { min: -(2n ** 31n), max: 2n ** 31n - 1n };

function readInteger(range: { min: bigint; max: bigint }, value: Json, path: string): bigint {
  if (Object.is(value, -0) && range.min < 0n) return 0n;
  if (typeof value !== "bigint") return refuse(path, "expected a whole number");
  if (value < range.min || value > range.max) {
    refuse(path, `${value} is not between ${range.min} and ${range.max}`);
  }
  return value;
}

function readMap(of: ModelType, value: Json, match: FieldMatch, path: string): JsonMap {
  if (!(value instanceof Map)) return refuse(path, "expected a map");
  const map: JsonMap = new Map();
  for (const [key, member] of value) {
    map.set(key, readValue(of, member, match, childPath(path, key)));
  }
  return map;
}

/** Go also takes a list of numbers for bytes. */
function readBytes(value: Json, path: string): string {
  if (Array.isArray(value)) {
    const octets = value.map((item, i) =>
      item === null ? 0 : Number(readInteger({ min: 0n, max: 255n }, item, childPath(path, i))),
    );
    return encodeBase64(Uint8Array.from(octets));
  }
  if (typeof value !== "string") return refuse(path, "expected base64 text");
  const bytes = decodeBase64(value);
  return bytes === undefined ? refuse(path, "not base64") : encodeBase64(bytes);
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/;

/** Whole seconds in UTC, or exactly six digits of them for a MicroTime. */
function readTime(form: "time" | "microTime", value: Json, path: string): string {
  const match = typeof value === "string" ? RFC3339.exec(value) : null;
  if (match === null) return refuse(path, "expected an RFC 3339 time");
  const [, year, month, day, hour, minute, second, fraction = "", zone = "Z"] = match;
  const date = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const millis = Date.parse(`${date}Z`);
  // Date.parse takes February 30 for March 1 or 2; Go does not.
  if (Number.isNaN(millis) || !new Date(millis).toISOString().startsWith(date)) {
    refuse(path, "no such date or time");
  }
  if (form === "microTime" && fraction.length !== 6)
    refuse(path, "expected six digits after the second");
  const offset = zone === "Z" ? 0 : Number(`${zone[0]}1`) * zoneSeconds(zone, path);
  const nanos = BigInt(millis - offset * 1000) * 1_000_000n;
  if (form === "time") return formatTime(new Time(nanos), "2006-01-02T15:04:05Z07:00");
  return formatTime(new Time(nanos + BigInt(fraction) * 1000n), "2006-01-02T15:04:05.000000Z07:00");
}

function zoneSeconds(zone: string, path: string): number {
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 24 || minutes > 59) refuse(path, `no such zone '${zone}'`);
  return hours * 3600 + minutes * 60;
}

/** Numbers count by their JSON text; text is taken before its escapes are read, spaces around it dropped. */
function readQuantity(value: Json, path: string): string {
  if (typeof value !== "string" && typeof value !== "bigint" && typeof value !== "number") {
    return refuse(path, "expected a quantity");
  }
  const text =
    typeof value === "string" ? JSON.stringify(value).slice(1, -1) : jsonNumberText(value);
  try {
    return canonicalQuantity(text.trim());
  } catch (cause) {
    return refuse(path, cause instanceof Error ? cause.message : "not a quantity", cause);
  }
}

function refuse(path: string, reason: string, cause?: unknown): never {
  throw new K8sError("k8s_model", `${path || "."}: ${reason}`, { place: { path }, cause });
}
