/** Canonical JSON (RFC 8785): one text per value, so that its digest is stable. */
import canonicalize from "canonicalize";
import { CodecError } from "./error.js";

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/**
 * The canonical text of `value`.
 * @throws {CodecError} json_value for what JSON has no text for: undefined anywhere (it would be
 * dropped without a word), functions, NaN, infinities, lone surrogates, cycles
 */
export function canonicalJson(value: JsonValue): string {
  checkJson(value, "", new Set());
  try {
    const text = canonicalize(value);
    if (text !== undefined) return text;
  } catch (cause) {
    throw new CodecError("json_value", `not canonical JSON: ${String(cause)}`, { cause });
  }
  throw new CodecError("json_value", "not canonical JSON");
}

/** UTF-8 bytes of the canonical text. */
export function canonicalJsonBytes(value: JsonValue): Uint8Array {
  return new TextEncoder().encode(canonicalJson(value));
}

function checkJson(value: unknown, path: string, above: Set<object>): void {
  if (value === null || typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number" && Number.isFinite(value)) return;
  if (typeof value !== "object") refuse(path, typeof value);
  if (above.has(value)) refuse(path, "a cycle");
  above.add(value);
  if (Array.isArray(value)) {
    // By index: forEach would skip holes, which JSON writes as null.
    for (let i = 0; i < value.length; i++) checkJson(value[i], `${path}/${i}`, above);
  } else {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) refuse(path, "not a plain object");
    for (const [key, member] of Object.entries(value)) checkJson(member, `${path}/${key}`, above);
  }
  above.delete(value);
}

function refuse(path: string, what: string): never {
  throw new CodecError("json_value", `${path || "/"}: ${what} has no JSON form`, {
    place: { path },
  });
}
