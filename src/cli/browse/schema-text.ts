/** The members of a JSON Schema as lines: name, type, whether it must be there, what it is for. */
import type { JsonValue } from "../../core/codec/canonical-json.js";
import { membersOf } from "../../core/codec/members.js";

const MAX_MEMBERS = 100;

/** Lines under `title`; `secret` are the names of members that are secret. Empty where nothing is known. */
export function describeSchema(
  title: string,
  schema: JsonValue | undefined,
  secret: ReadonlySet<string>,
): string {
  const properties = membersOf(memberOf(schema, "properties"));
  const required = new Set(listOf(memberOf(schema, "required")));
  const all = [...new Set([...properties.keys(), ...secret])];
  const needed = all.filter((name) => required.has(name));
  const names = [...new Set([...needed, ...all])].slice(0, MAX_MEMBERS);
  if (names.length === 0) {
    return schema === undefined ? "" : `${title}: ${closed(schema) ? "none" : "any"}\n`;
  }
  const width = Math.max(...names.map((name) => name.length));
  const lines = names.map((name) => {
    const property = properties.get(name);
    const words = [
      typeOf(property),
      ...(required.has(name) ? ["required"] : []),
      ...(secret.has(name) ? ["secret"] : []),
      ...defaultOf(property),
    ];
    const text = memberOf(property, "description");
    const about = typeof text === "string" ? `  ${text.replace(/\s+/g, " ").trim()}` : "";
    return `  ${name.padEnd(width)}  ${words.filter((word) => word !== "").join(", ")}${about}\n`;
  });
  return `${title}:\n${lines.join("")}`;
}

/** `string`, `integer or null`, `one of "a", "b"`; empty where the schema does not say. */
function typeOf(property: JsonValue | undefined): string {
  const values = memberOf(property, "enum");
  if (Array.isArray(values)) {
    return `one of ${values
      .slice(0, 10)
      .map((value: JsonValue) => JSON.stringify(value))
      .join(", ")}`;
  }
  const constant = memberOf(property, "const");
  if (constant !== undefined) return JSON.stringify(constant);
  const type = memberOf(property, "type");
  return typeof type === "string" ? type : listOf(type).join(" or ");
}

function defaultOf(property: JsonValue | undefined): string[] {
  const value = memberOf(property, "default");
  return value === undefined ? [] : [`default ${JSON.stringify(value)}`];
}

function closed(schema: JsonValue): boolean {
  return memberOf(schema, "additionalProperties") === false;
}

function memberOf(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return membersOf(value).get(key);
}

function listOf(value: JsonValue | undefined): string[] {
  if (!Array.isArray(value)) return [];
  return value.filter((item: JsonValue): item is string => typeof item === "string");
}
