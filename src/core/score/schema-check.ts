/** Checks documents against the Score schema, with the types that Go's decoder gives their values. */
import { Ajv2020, type AnySchema, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { formatYamlPath } from "../codec/yaml-path.js";
import { type Data, Int } from "../gotemplate/value.js";
import { SCORE_SCHEMA } from "./schema.js";

export interface SchemaFault {
  /** From the root to the fault, which for a bad or missing key is the key itself. */
  readonly path: readonly string[];
  readonly message: string;
}

/**
 * The faults of a Score document in the order of the schema, the first of each path; empty for a
 * valid document.
 */
export function checkScoreSchema(document: Data): SchemaFault[] {
  const validate = compiled();
  if (validate(schemaView(document))) return [];
  const faults = new Map<string, SchemaFault>();
  for (const fault of (validate.errors ?? []).flatMap(describe)) {
    // A name that is too short does not match the pattern of names either.
    const at = formatYamlPath(fault.path);
    if (!faults.has(at)) faults.set(at, fault);
  }
  return [...faults.values()];
}

let cached: ValidateFunction | undefined;

/** Compiled once, on first use: it takes some 20 ms, which not every start needs. */
function compiled(): ValidateFunction {
  cached ??= new Ajv2020({ allErrors: true, strict: false }).compile(SCORE_SCHEMA as AnySchema);
  return cached;
}

/** The class of what Go's validator knows no JSON type for: times, and maps with keys that are not text. */
const FOREIGN = Symbol("a value that is not of a JSON type");

/**
 * The document as plain JSON values, what has no JSON type as a symbol. 1.0 counts as an integer, as
 * it does in Go's validator.
 */
export function schemaView(data: Data): unknown {
  if (typeof data === "bigint") return Number(data);
  if (data instanceof Int) return Number(data.value);
  if (Array.isArray(data)) return data.map(schemaView);
  if (data instanceof Map) {
    const object: Record<string, unknown> = Object.create(null);
    for (const [key, value] of data) object[key] = schemaView(value);
    return object;
  }
  return typeof data === "object" && data !== null ? FOREIGN : data;
}

function describe(error: ErrorObject): SchemaFault[] {
  // The alternatives of a `oneOf`, and the summary of a key's faults, repeat what others say.
  if (/\/oneOf\/[0-9]+\//.test(error.schemaPath) || error.keyword === "propertyNames") return [];
  const path = parsePointer(error.instancePath);
  if (error.propertyName !== undefined) {
    return [{ path: [...path, error.propertyName], message: `the key ${said(error)}` }];
  }
  if (error.keyword === "additionalProperties") {
    const key = String(error.params.additionalProperty);
    return [{ path: [...path, key], message: "is no known key here" }];
  }
  if (error.keyword === "required") {
    return [{ path: [...path, String(error.params.missingProperty)], message: "is missing" }];
  }
  if (error.keyword === "oneOf") {
    return [{ path, message: "needs exactly one of content, binaryContent and source" }];
  }
  return [{ path, message: said(error) }];
}

function said(error: ErrorObject): string {
  if (error.keyword !== "enum") return error.message ?? "is not valid";
  return `must be one of ${(error.params.allowedValues as string[]).join(", ")}`;
}

/** The keys of a JSON pointer (RFC 6901). */
function parsePointer(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}
