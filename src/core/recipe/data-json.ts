/** YAML data as JSON values, for documents that have a JSON form as well. */
import type { JsonValue } from "../codec/canonical-json.js";
import { type Data, Int } from "../gotemplate/value.js";
import type { JsonPath, JsonProblem } from "./strict-json.js";

/** The JSON value of `data`. What JSON has no form for becomes null and is reported. */
export function dataToJson(data: Data, path: JsonPath, problems: JsonProblem[]): JsonValue {
  if (data === null || typeof data === "boolean" || typeof data === "string") return data;
  if (typeof data === "bigint") return wholeNumber(data, path, problems);
  if (data instanceof Int) return wholeNumber(data.value, path, problems);
  if (typeof data === "number") {
    if (Number.isFinite(data)) return data;
    problems.push({ path, message: "must be a finite number" });
    return null;
  }
  if (Array.isArray(data)) {
    return data.map((item, i) => dataToJson(item, [...path, i], problems));
  }
  if (data instanceof Map) {
    // fromEntries defines properties, so a key `__proto__` stays a key.
    return Object.fromEntries(
      [...data].map(([key, item]) => [key, dataToJson(item, [...path, key], problems)]),
    );
  }
  problems.push({ path, message: "must be text, a number, true, false, null, a list or a map" });
  return null;
}

function wholeNumber(value: bigint, path: JsonPath, problems: JsonProblem[]): JsonValue {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  problems.push({ path, message: "is too large a number" });
  return null;
}
