/** Data, and plain objects of it, as a text that no other value has: for telling whether two are the same. */
import { Time } from "../gotemplate/time.js";
import { Int, NamedMap, TypedMap } from "../gotemplate/value.js";

/** Classes that hold nothing but fields, and entries. */
const CLASSES: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [Object, "o"],
  [Map, "m"],
  [NamedMap, "N"],
  [TypedMap, "T"],
  [Int, "I"],
  [Time, "D"],
]);

/** Signals a value of another class: what it holds is not known. */
class Opaque extends Error {}

/** The text of `value`, with the order of its keys; undefined where something in it is of another class. */
export function structureOf(value: unknown): string | undefined {
  const parts: string[] = [];
  try {
    write(value, parts);
  } catch (error) {
    if (error instanceof Opaque) return undefined;
    throw error;
  }
  return parts.join("");
}

/** Each kind of value starts with its own letter and says how long it is. */
function write(value: unknown, parts: string[]): void {
  switch (typeof value) {
    case "string":
      parts.push("s", String(value.length), ":", value);
      return;
    case "number":
      parts.push("n", Object.is(value, -0) ? "-0" : String(value), ";");
      return;
    case "bigint":
      parts.push("i", String(value), ";");
      return;
    case "boolean":
      parts.push(value ? "t" : "f");
      return;
    case "undefined":
      parts.push("u");
      return;
    case "object":
      if (value === null) parts.push("z");
      else writeObject(value, parts);
      return;
    default:
      throw new Opaque();
  }
}

function writeObject(value: object, parts: string[]): void {
  if (Array.isArray(value)) {
    parts.push("a", String(value.length), ";");
    for (const item of value) write(item, parts);
    return;
  }
  const letter = CLASSES.get(value.constructor);
  if (letter === undefined) throw new Opaque();
  parts.push(letter);
  if (value instanceof Map) {
    parts.push(String(value.size), ";");
    for (const [key, item] of value) {
      write(key, parts);
      write(item, parts);
    }
  }
  const fields = Object.entries(value);
  parts.push(String(fields.length), ";");
  for (const [name, field] of fields) {
    write(name, parts);
    write(field, parts);
  }
}
