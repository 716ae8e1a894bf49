/**
 * Documents as they look after a way through JSON, which is how Kubernetes' decoders see them:
 * timestamps are text, whole numbers are integers, keys are text.
 */

import { childPath } from "../../codec/yaml-path.js";
import { Time } from "../../gotemplate/time.js";
import { formatTime } from "../../gotemplate/time-format.js";
import { type Data, Int, TypedMap } from "../../gotemplate/value.js";
import { K8sError } from "./error.js";

/** A number is a fraction, or too large for JSON's plain digits; whole numbers are bigint. */
export type Json = null | boolean | string | bigint | number | Json[] | JsonMap;
export type JsonMap = Map<string, Json>;

/**
 * How maps with keys that are not text are taken: `yaml` turns the keys into text, `json` refuses
 * the map, as Go's encoding/json does.
 */
export type JsonRoute = "yaml" | "json";

/**
 * Bytes that are no UTF-8 become U+FFFD.
 * @throws {K8sError} k8s_model for infinities, NaN and keys without a text
 */
export function toJson(value: Data, route: JsonRoute, path = ""): Json {
  if (typeof value === "string") return validText(value);
  if (typeof value === "number") return jsonNumber(value, path);
  if (value instanceof Int) return value.value;
  if (value instanceof Time) return formatTime(value, "2006-01-02T15:04:05.999999999Z07:00");
  if (Array.isArray(value)) return value.map((item, i) => toJson(item, route, childPath(path, i)));
  if (value instanceof TypedMap) return toJson(withTextKeys(value, route, path), route, path);
  if (!(value instanceof Map)) return value;
  const map: JsonMap = new Map();
  for (const [key, member] of value) {
    map.set(validText(key), toJson(member, route, childPath(path, key)));
  }
  return map;
}

/**
 * A document as Kubernetes' decoders see it after we have written it as YAML.
 * @throws {K8sError} k8s_model
 */
export function writtenJson(value: Data): Json {
  return toJson(value, "yaml");
}

function validText(text: string): string {
  return text.replace(/[\ud800-\udfff]/gu, "\ufffd");
}

/** A number's text in JSON; Go's and JavaScript's are the same. */
export function jsonNumberText(value: bigint | number): string {
  return String(value);
}

function jsonNumber(value: number, path: string): bigint | number {
  if (!Number.isFinite(value)) refuse(path, `${value} has no JSON form`);
  // Go writes the sign of a zero.
  if (Object.is(value, -0)) return value;
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? BigInt(value) : value;
}

function withTextKeys(map: TypedMap, route: JsonRoute, path: string): Map<string, Data> {
  if (route === "json") refuse(path, "a map with keys that are not text has no JSON form");
  const named = new Map<string, Data>();
  for (const [key, member] of map.entries ?? []) {
    const plain = key instanceof Int ? key.value : key;
    if (plain === null || typeof plain === "object") refuse(path, "a key has no JSON form");
    named.set(String(plain), member as Data);
  }
  return named;
}

function refuse(path: string, reason: string): never {
  throw new K8sError("k8s_model", `${path || "."}: ${reason}`, { place: { path } });
}
