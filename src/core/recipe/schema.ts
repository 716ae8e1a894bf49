/**
 * JSON Schemas (draft 2020-12) that recipes carry for params and outputs. They come from
 * publishers, so they are bounded by construction: no reference leaves the schema or leads back to
 * itself, the expanded schema has a limited number of parts, and patterns run on RE2.
 */
import { canonicalJson, type JsonValue } from "../codec/canonical-json.js";
import { formatYamlPath } from "../codec/yaml-path.js";
import { RecipeError } from "./error.js";
import { compileWithAjv, SchemaBudgetError, withPatternBudget } from "./schema-compiler.js";
import { describeFaults, type SchemaFault } from "./schema-faults.js";
import {
  isObject,
  type JsonSchema,
  resolveReference,
  SCHEMA_KEYWORDS,
  SCHEMA_MAP_KEYWORDS,
  writeOutReferences,
} from "./schema-references.js";
import { type JsonPath, type JsonProblem, NUL_REFUSED } from "./strict-json.js";

export type { JsonSchema };

const MAX_SCHEMA_BYTES = 64 * 1024;
/** Parts of a schema with all its references written out. */
const MAX_SCHEMA_PARTS = 5000;

/** Parts of a schema times values checked: what one check may take. */
const MAX_CHECKS = 1_000_000;

/** Checks values against one schema; an empty list means that the value fits. */
export type SchemaCheck = (value: unknown) => SchemaFault[];

/** What is wrong with `schema` as such; empty where nothing is. */
export function checkJsonSchema(schema: JsonValue): JsonProblem[] {
  const { problems } = checkBounds(schema);
  if (problems.length > 0) return problems;
  try {
    compileWithAjv(schema as JsonSchema);
    return [];
  } catch (error) {
    return [{ path: [], message: invalid(error) }];
  }
}

/**
 * Compiles a schema that `checkJsonSchema` accepts. The check takes values made of JSON's types and
 * of symbols, which fit no type.
 * @throws {RecipeError} recipe_schema for any other
 */
export function compileJsonSchema(schema: JsonSchema): SchemaCheck {
  const { parts, problems } = checkBounds(schema);
  const [problem] = problems;
  if (problem !== undefined) {
    const text = `${formatYamlPath(problem.path)} ${problem.message}`;
    throw new RecipeError("recipe_schema", text.trim());
  }
  const validate = compileOrThrow(schema);
  return (value) => {
    if (countValues(value, MAX_CHECKS / parts) > MAX_CHECKS / parts) return [TOO_LARGE];
    try {
      return withPatternBudget(() => validate(value)) ? [] : describeFaults(validate.errors ?? []);
    } catch (error) {
      if (error instanceof SchemaBudgetError) return [TOO_LARGE];
      throw error;
    }
  };
}

function compileOrThrow(schema: JsonSchema) {
  try {
    // Only without references do errors tell which alternative they are within.
    return compileWithAjv(writeOutReferences(schema));
  } catch (error) {
    throw new RecipeError("recipe_schema", invalid(error), { cause: error });
  }
}

const TOO_LARGE: SchemaFault = { path: [], message: "is too large to be checked" };

/** How many values there are in `value`; stops soon after `limit`. */
function countValues(value: unknown, limit: number): number {
  if (typeof value !== "object" || value === null) return 1;
  let count = 1;
  for (const member of Object.values(value)) {
    count += countValues(member, limit - count);
    if (count > limit) break;
  }
  return count;
}

const REFUSED_KEYWORDS = new Set([
  "$anchor",
  "$async",
  "$dynamicAnchor",
  "$dynamicRef",
  "$id",
  "$recursiveRef",
  "$vocabulary",
  "discriminator",
  "nullable",
]);
const DIALECT = "https://json-schema.org/draft/2020-12/schema";

/** The parts that the schema has, where nothing is wrong with it. */
function checkBounds(schema: JsonValue): { parts: number; problems: JsonProblem[] } {
  const refuse = (message: string) => ({ parts: 0, problems: [{ path: [], message }] });
  if (typeof schema !== "boolean" && !isObject(schema)) {
    return refuse("must be a JSON Schema: an object, true or false");
  }
  const text = canonicalJson(schema);
  // Canonical JSON writes the character so, and only an even number of backslashes can precede it.
  if (/(?<!\\)(?:\\\\)*\\u0000/.test(text)) return refuse(NUL_REFUSED);
  const size = Buffer.byteLength(text);
  if (size > MAX_SCHEMA_BYTES) {
    return refuse(`takes ${size} bytes; a schema may take up to ${MAX_SCHEMA_BYTES}`);
  }
  const problems: JsonProblem[] = [];
  const parts = countParts(schema, {
    root: schema,
    problems,
    open: new Set(),
    counted: new Map(),
    path: [],
  });
  if (parts > MAX_SCHEMA_PARTS && problems.length === 0) {
    problems.push({
      path: [],
      message: `has ${parts} parts with its references written out; at most ${MAX_SCHEMA_PARTS} are allowed`,
    });
  }
  return { parts, problems };
}

interface Walk {
  readonly root: JsonValue;
  readonly problems: JsonProblem[];
  /** Schemas that the walk is inside of: meeting one again is a cycle. */
  readonly open: Set<JsonValue>;
  /** Parts of schemas already walked, so that shared references cost nothing. */
  readonly counted: Map<JsonValue, number>;
  readonly path: JsonPath;
}

/** How many schemas there are in `schema` once every reference is replaced by what it names. */
function countParts(schema: JsonValue, walk: Walk): number {
  if (!isObject(schema)) return 1;
  const known = walk.counted.get(schema);
  if (known !== undefined) return known;
  if (walk.open.has(schema)) {
    report(walk, "$ref", "leads back to itself; recursive schemas are not allowed");
    return 1;
  }
  walk.open.add(schema);
  let parts = 1;
  for (const [key, value] of Object.entries(schema)) {
    const at: Walk = { ...walk, path: [...walk.path, key] };
    if (REFUSED_KEYWORDS.has(key)) report(walk, key, "is not allowed in a recipe's schema");
    else if (key === "$schema" && value !== DIALECT) report(walk, key, `must be ${DIALECT}`);
    else if (key === "$ref") parts += countReference(value, walk);
    else if (SCHEMA_MAP_KEYWORDS.has(key) && isObject(value)) {
      for (const [name, part] of Object.entries(value)) {
        parts += countParts(part, { ...at, path: [...at.path, name] });
      }
    } else if (SCHEMA_KEYWORDS.has(key)) {
      for (const part of Array.isArray(value) ? value : [value]) parts += countParts(part, at);
    } else if (key === "enum" && Array.isArray(value)) parts += value.length;
  }
  walk.open.delete(schema);
  walk.counted.set(schema, parts);
  return parts;
}

function countReference(reference: JsonValue, walk: Walk): number {
  const target = typeof reference === "string" ? resolveReference(walk.root, reference) : undefined;
  if (target === undefined) {
    report(walk, "$ref", "must name a part of this schema, as #/$defs/NAME does");
    return 1;
  }
  return countParts(target, walk);
}

function report(walk: Walk, key: string, message: string): void {
  walk.problems.push({ path: [...walk.path, key], message });
}

function invalid(error: unknown): string {
  return `is no valid JSON Schema: ${error instanceof Error ? error.message : String(error)}`;
}
