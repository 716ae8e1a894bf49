/** Pieces of Kubernetes documents, built from what is set; the model adds what Kubernetes always writes. */
import { compareBytes } from "../../codec/key-order.js";
import type { Data, DataMap } from "../../gotemplate/value.js";
import { type JsonMap, toJson } from "./json-value.js";
import { structValue } from "./model-value.js";

/** A map of the entries that are not undefined. */
export function mapOf(entries: Readonly<Record<string, Data | undefined>>): DataMap {
  const map: DataMap = new Map();
  for (const [key, value] of Object.entries(entries)) if (value !== undefined) map.set(key, value);
  return map;
}

/** `document` as the struct `name` of the model writes it. */
export function asStruct(name: string, document: DataMap): JsonMap {
  return structValue(name, toJson(document, "json"), "exact");
}

/** The entries of `map`, ordered by the bytes of their keys. */
export function sortedEntries<T>(map: ReadonlyMap<string, T> | undefined): [string, T][] {
  return [...(map ?? [])].sort(([a], [b]) => compareBytes(a, b));
}
