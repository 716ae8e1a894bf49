/** What a recipe's JSON Schemas say of the params and outputs of its provisioners. */
import type { JsonValue } from "../codec/canonical-json.js";
import type { DataMap } from "../gotemplate/value.js";
import type { Provisioner } from "../recipe/provisioner.js";
import {
  checkJsonSchema,
  compileJsonSchema,
  type JsonSchema,
  type SchemaCheck,
} from "../recipe/schema.js";
import type { SchemaFault } from "../recipe/schema-faults.js";
import { schemaView } from "../score/schema-check.js";

type Kind = "params" | "outputs";

/** Compiled schemas live as long as the entry they belong to. */
const compiled = new WeakMap<Provisioner, Map<string, SchemaCheck>>();

/** The faults of `value`; none where the recipe has no schema for it. */
export function schemaFaults(provisioner: Provisioner, kind: Kind, value: DataMap): SchemaFault[] {
  const schema = provisioner.schemas?.[kind];
  if (schema === undefined) return [];
  return checkOf(provisioner, kind, () => schema)(schemaView(value));
}

/**
 * The faults of `params` that stay whatever the params named by `open` turn out to be: those are
 * not known yet. Others may be found once they are.
 */
export function lastingFaults(
  provisioner: Provisioner,
  params: DataMap,
  open: ReadonlySet<string>,
): SchemaFault[] {
  const schema = provisioner.schemas?.params;
  if (schema === undefined) return [];
  const check = checkOf(provisioner, "known params", () => eachAlone(schema));
  return check(schemaView(params)).filter(({ path: [key] }) => key !== undefined && !open.has(key));
}

function checkOf(provisioner: Provisioner, name: string, schema: () => JsonSchema): SchemaCheck {
  const checks = compiled.get(provisioner) ?? new Map<string, SchemaCheck>();
  compiled.set(provisioner, checks);
  const check = checks.get(name) ?? compileJsonSchema(schema());
  checks.set(name, check);
  return check;
}

/** What a schema may say of a map without looking at two of its values together. */
const ALONE = new Set([
  "$schema",
  "$defs",
  "type",
  "properties",
  "patternProperties",
  "additionalProperties",
  "propertyNames",
  "required",
]);

/** The parts of `schema` that judge each param alone; none where they refer to other parts. */
function eachAlone(schema: JsonSchema): JsonSchema {
  if (typeof schema === "boolean") return schema;
  const parts = Object.entries(schema).filter(([key]) => ALONE.has(key));
  const alone = Object.fromEntries<JsonValue>(parts);
  return checkJsonSchema(alone).length === 0 ? alone : true;
}
