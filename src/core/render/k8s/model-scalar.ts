/** Values of the Kubernetes types that are no structs, lists or maps, as Go reads and writes them. */

import { childPath } from "../../codec/yaml-path.js";
import { Time } from "../../gotemplate/time.js";
import { formatTime } from "../../gotemplate/time-format.js";
import { decodeBase64, encodeBase64 } from "./base64.js";
import { K8sError } from "./error.js";
import { type Json, jsonNumberText } from "./json-value.js";
import type { ModelType } from "./model.js";
import { canonicalQuantity } from "./quantities.js";

export type ScalarType = Exclude<
  ModelType,
  { readonly form: "pointer" | "list" | "map" | "struct" | "orBool" | "orList" | "orTexts" }
>;

/**
 * `value`, which is not null, in the form in which Go writes a value of `type`.
 * @throws {K8sError} k8s_model with `place.path`
 */
export function scalarValue(type: ScalarType, value: Json, path: string): Json {
  switch (type.form) {
    case "string":
      return typeof value === "string" ? value : refuse(path, "expected text");
    case "bool":
      return typeof value === "boolean" ? value : refuse(path, "expected true or false");
    case "integer":
      return readInteger(type, value, path);
    case "float":
      return typeof value === "bigint" || typeof value === "number"
        ? value
        : refuse(path, "expected a number");
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
  }
}

/** A value that has not the form of its type. The reason never quotes it: it may be a secret in the wrong place. */
export function modelFault(path: string, reason: string): K8sError {
  return new K8sError("k8s_model", `${path || "."}: ${reason}`, { place: { path } });
}

function refuse(path: string, reason: string): never {
  throw modelFault(path, reason);
}

const INT32 = { min: -(2n ** 31n), max: 2n ** 31n - 1n };

function readInteger(range: { min: bigint; max: bigint }, value: Json, path: string): bigint {
  if (Object.is(value, -0) && range.min < 0n) return 0n;
  if (typeof value !== "bigint") return refuse(path, "expected a whole number");
  if (value < range.min || value > range.max) {
    refuse(path, `not between ${range.min} and ${range.max}`);
  }
  return value;
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

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d?):(\d\d):(\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/;

/** Whole seconds in UTC, or exactly six digits of them for a MicroTime. */
function readTime(form: "time" | "microTime", value: Json, path: string): string {
  const match = typeof value === "string" ? RFC3339.exec(value) : null;
  if (match === null) return refuse(path, "expected an RFC 3339 time");
  // Go takes an hour of one digit.
  const [, year, month, day, hour = "", minute, second, fraction = "", zone = "Z"] = match;
  const date = `${year}-${month}-${day}T${hour.padStart(2, "0")}:${minute}:${second}`;
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
  if (hours > 24 || minutes > 59) refuse(path, "no such time zone");
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
  } catch (error) {
    if (!(error instanceof K8sError)) throw error;
    return refuse(path, "not a quantity such as 500m or 1Gi");
  }
}
