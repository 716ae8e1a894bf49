/** Definitions as the YAML that people keep in files. */
import type { JsonValue } from "../../core/codec/canonical-json.js";
import { formatYaml } from "../../core/codec/yaml-format.js";
import type { Data } from "../../core/gotemplate/value.js";
import { DEFAULT_RULES } from "../../core/recipe/environment.js";
import { FileDiffer } from "../../core/recipe/file-diff.js";

type JsonObject = { readonly [key: string]: JsonValue };

/**
 * A definition, as the API gives it, in YAML that says the same when it is read; what goes without
 * saying is left out.
 */
export function formatDefinition(definition: JsonValue): string {
  return formatYaml(toData(withoutDefaults(definition)), { sortKeys: false });
}

/** The unified diff of two definitions; `undefined` stands for none. Undefined where they are too different. */
export function diffDefinitions(
  name: string,
  before: JsonValue | undefined,
  after: JsonValue,
): string | undefined {
  const bytes = (definition: JsonValue | undefined) =>
    Buffer.from(definition === undefined ? "" : formatDefinition(definition));
  return new FileDiffer().diff(`${name}.yaml`, bytes(before), bytes(after));
}

function withoutDefaults(definition: JsonValue): JsonValue {
  if (!isObject(definition)) return definition;
  const { entries, rules, ...texts } = definition;
  const said = isObject(rules) ? saidRules(rules) : rules;
  return {
    ...texts,
    ...(entries === undefined ? {} : { entries: list(entries).map(saidEntry) }),
    ...(said === undefined || (isObject(said) && Object.keys(said).length === 0)
      ? {}
      : { rules: said }),
  };
}

function saidEntry(entry: JsonValue): JsonValue {
  if (!isObject(entry) || entry.patches !== true) return entry;
  const { patches: _, ...rest } = entry;
  return rest;
}

function saidRules(rules: JsonObject): JsonObject {
  const defaults = new Map<string, unknown>(Object.entries(DEFAULT_RULES));
  return Object.fromEntries(
    Object.entries(rules).filter(([key, value]) => defaults.get(key) !== value),
  );
}

function toData(value: JsonValue): Data {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toData);
  if (!isObject(value)) return value as null | boolean | string;
  return new Map(Object.entries(value).map(([key, member]) => [key, toData(member)]));
}

function list(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
