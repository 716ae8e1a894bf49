/** References inside a JSON Schema, and the schema without them. */
import type { JsonValue } from "../codec/canonical-json.js";

export type JsonSchema = boolean | { readonly [key: string]: JsonValue };

/** Keywords whose value is one schema, a list of schemas, or schemas by name. */
export const SCHEMA_KEYWORDS = new Set([
  "additionalProperties",
  "allOf",
  "anyOf",
  "contains",
  "else",
  "if",
  "items",
  "not",
  "oneOf",
  "prefixItems",
  "propertyNames",
  "then",
  "unevaluatedItems",
  "unevaluatedProperties",
]);
export const SCHEMA_MAP_KEYWORDS = new Set([
  "$defs",
  "dependentSchemas",
  "patternProperties",
  "properties",
]);

/** What `#/a/b` names in `root` (RFC 6901); undefined for other references and for nothing there. */
export function resolveReference(root: JsonValue, reference: string): JsonValue | undefined {
  if (reference === "#") return root;
  if (!reference.startsWith("#/") || reference.includes("%")) return undefined;
  let value: JsonValue | undefined = root;
  for (const step of reference.slice(2).split("/")) {
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(value)) value = /^\d{1,6}$/.test(key) ? value[Number(key)] : undefined;
    else if (isObject(value) && Object.hasOwn(value, key)) value = value[key];
    else return undefined;
  }
  return value;
}

/**
 * `schema` with what each reference names in its place; where other keywords stand beside it, in
 * their `allOf`. The references must all lead somewhere, and none back to itself.
 */
export function writeOutReferences(schema: JsonSchema): JsonSchema {
  const known = new Map<JsonValue, JsonValue>();
  const writeOut = (value: JsonValue): JsonValue => {
    if (!isObject(value)) return value;
    const written = known.get(value) ?? writeOutOne(value);
    known.set(value, written);
    return written;
  };
  const writeOutOne = (value: { readonly [key: string]: JsonValue }): JsonValue => {
    const { $ref, ...rest } = value;
    const parts = Object.entries(rest).map(
      ([key, part]) => [key, writeOutPart(key, part)] as const,
    );
    const written = Object.fromEntries(parts);
    const target = typeof $ref === "string" ? resolveReference(schema, $ref) : undefined;
    if (target === undefined) return written;
    if (parts.length === 0) return writeOut(target);
    const others = Array.isArray(written.allOf) ? written.allOf : [];
    return { ...written, allOf: [...others, writeOut(target)] };
  };
  const writeOutPart = (key: string, part: JsonValue): JsonValue => {
    if (SCHEMA_MAP_KEYWORDS.has(key) && isObject(part)) {
      return Object.fromEntries(Object.entries(part).map(([name, one]) => [name, writeOut(one)]));
    }
    if (!SCHEMA_KEYWORDS.has(key)) return part;
    return Array.isArray(part) ? part.map(writeOut) : writeOut(part);
  };
  const written = writeOut(schema);
  return isObject(written) ? written : schema;
}

/** Whether `value` is a JSON object. */
export function isObject(
  value: JsonValue | undefined,
): value is { readonly [key: string]: JsonValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
