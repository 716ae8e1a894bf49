/**
 * Documents as they look after a way through JSON, which is how Kubernetes' decoders see them:
 * timestamps are text, whole numbers are integers, keys are text.
 */

import { childPath } from "../../codec/yaml-path.js";
import { formatFloat } from "../../codec/yaml-scalar-format.js";
import { Time } from "../../gotemplate/time.js";
import { formatTime } from "../../gotemplate/time-format.js";
import { type Data, Int, TypedMap } from "../../gotemplate/value.js";
import { K8sError } from "./error.js";

/** A number is a fraction, or too large for JSON's plain digits; whole numbers are bigint. */
export type Json = null | boolean | string | bigint | number | Json[] | JsonMap;
export type JsonMap = Map<string, Json>;

/**
 * The way to JSON: `yaml` is that of documents, which Kubernetes reads as the YAML that we write: keys
 * that are not text become text. `json` is Go's encoding/json, which refuses such maps.
 */
export type JsonRoute = "yaml" | "json";

/**
 * Bytes that are no UTF-8 become U+FFFD.
 * @throws {K8sError} k8s_model for infinities, NaN and keys without a text
 */
export function toJson(value: Data, route: JsonRoute, path = ""): Json {
  if (typeof value === "string") return validText(value);
  if (typeof value === "number") return jsonNumber(value, route, path);
  if (value instanceof Int) return value.value;
  if (value instanceof Time) return timeText(value);
  if (Array.isArray(value)) return value.map((item, i) => toJson(item, route, childPath(path, i)));
  if (value instanceof TypedMap) return toJson(withTextKeys(value, route, path), route, path);
  if (!(value instanceof Map)) return value;
  const map: JsonMap = new Map();
  for (const [key, member] of value) {
    map.set(validText(key), toJson(member, route, childPath(path, key)));
  }
  return map;
}

/** A field's name as Go's encoding/json compares it where it takes names in any case. */
export function foldedName(name: string): string {
  // Of the letters beyond ASCII the long s and the Kelvin sign count as letters of it.
  return name.replaceAll("\u017f", "s").toLowerCase();
}

function validText(text: string): string {
  return text.replace(/[\ud800-\udfff]/gu, "\ufffd");
}

/** A number's text in JSON; Go's and JavaScript's are the same. */
export function jsonNumberText(value: bigint | number): string {
  return String(value);
}

function timeText(time: Time): string {
  return formatTime(time, "2006-01-02T15:04:05.999999999Z07:00");
}

function jsonNumber(value: number, route: JsonRoute, path: string): bigint | number {
  if (!Number.isFinite(value)) refuse(path, `${value} has no JSON form`);
  // Go writes the sign of a zero; in YAML `-0` is an integer.
  if (Object.is(value, -0)) return route === "json" ? value : 0n;
  // Its shortest digits, which stand in the JSON, not its exact value: they differ beyond 2^53.
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? BigInt(String(value)) : value;
}

function withTextKeys(map: TypedMap, route: JsonRoute, path: string): Map<string, Data> {
  if (route === "json") refuse(path, "a map with keys that are not text has no JSON form");
  const named = new Map<string, Data>();
  for (const [key, member] of map.entries ?? []) {
    named.set(keyText(key) ?? refuse(path, "a key has no JSON form"), member as Data);
  }
  return named;
}

const MAX_INT64 = 2n ** 63n - 1n;

/** A key's text as sigs.k8s.io/yaml makes it; undefined for what it refuses. */
function keyText(key: unknown): string | undefined {
  const plain = key instanceof Int ? key.value : key;
  if (typeof plain === "bigint") return plain > MAX_INT64 ? undefined : String(plain);
  if (typeof plain === "number") return formatFloat(shortestFloat32(plain));
  if (plain instanceof Time) return timeText(plain);
  return typeof plain === "string" || typeof plain === "boolean" ? String(plain) : undefined;
}

/** The number of fewest digits that is `value` in 32 bits. */
function shortestFloat32(value: number): number {
  const rounded = Math.fround(value);
  if (!Number.isFinite(rounded) || rounded === 0) return rounded + 0;
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(rounded.toPrecision(digits));
    if (Math.fround(short) === rounded) return short;
  }
  return Number(rounded.toPrecision(9));
}

function refuse(path: string, reason: string): never {
  throw new K8sError("k8s_model", `${path || "."}: ${reason}`, { place: { path } });
}
