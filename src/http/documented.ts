/**
 * Schemas that the API document shows in place of those that requests are checked with. What a flow
 * checks, with codes and places of its own, is not checked before it, and said all the same.
 */
import type { TSchema } from "typebox";

const SHOWN = Symbol("shown");

/** `schema`, in whose place the document shows `shown`. */
export function documented<T extends TSchema>(schema: T, shown: object): T {
  const copy = Object.create(Object.prototype, Object.getOwnPropertyDescriptors(schema)) as T;
  return Object.assign(copy, { [SHOWN]: shown });
}

/** A route's schema as the document shows it: the rest of a path under the name `path`. */
export function shown(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(shown);
  if (SHOWN in value) return shown(value[SHOWN]);
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key === "*" ? "path" : key, shown(member)]),
  );
}
