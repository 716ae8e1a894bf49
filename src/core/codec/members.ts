/** What is in JSON values that nothing is known of. */
import type { JsonValue } from "./canonical-json.js";

/** The members by key; none of what is no object. */
export function membersOf(value: JsonValue | undefined): ReadonlyMap<string, JsonValue>;
export function membersOf(value: unknown): ReadonlyMap<string, unknown>;
export function membersOf(value: unknown): ReadonlyMap<string, unknown> {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return new Map(isObject ? Object.entries(value) : []);
}

/** The texts of a list; none of what is no list. */
export function textsOf(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
