/** What a recipe's JSON Schemas say of the params and outputs of its provisioners. */
import type { DataMap } from "../gotemplate/value.js";
import type { Provisioner } from "../recipe/provisioner.js";
import { compileJsonSchema, type SchemaCheck } from "../recipe/schema.js";
import type { SchemaFault } from "../recipe/schema-faults.js";
import { schemaView } from "../score/schema-check.js";

type Kind = "params" | "outputs";

/** Compiled schemas live as long as the entry they belong to. */
const compiled = new WeakMap<Provisioner, Map<Kind, SchemaCheck>>();

/** The faults of `value`; none where the recipe has no schema for it. */
export function schemaFaults(provisioner: Provisioner, kind: Kind, value: DataMap): SchemaFault[] {
  const schema = provisioner.schemas?.[kind];
  if (schema === undefined) return [];
  const known = compiled.get(provisioner) ?? new Map<Kind, SchemaCheck>();
  compiled.set(provisioner, known);
  const check = known.get(kind) ?? compileJsonSchema(schema);
  known.set(kind, check);
  return check(schemaView(value));
}
