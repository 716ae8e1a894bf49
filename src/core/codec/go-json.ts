/**
 * Decoded documents as Go's encoding/json writes them: no spaces, keys in byte order, `<`, `>`, `&`
 * and the two Unicode separators escaped, floats in their shortest form.
 */
import { Time } from "../gotemplate/time.js";
import { type Data, Int } from "../gotemplate/value.js";
import { CodecError } from "./error.js";
import { compareBytes } from "./key-order.js";
import { formatTime } from "./yaml-scalar-format.js";

/**
 * The JSON text of `data`.
 * @throws {CodecError} json_value for NaN, infinities and maps with keys that are not text
 */
export function formatGoJson(data: Data): string {
  if (data === null || typeof data === "boolean") return String(data);
  if (typeof data === "bigint") return data.toString();
  if (typeof data === "number") return formatNumber(data);
  if (typeof data === "string") return formatString(data);
  if (data instanceof Int) return data.value.toString();
  if (data instanceof Time) return `"${formatTime(data)}"`;
  if (Array.isArray(data)) return `[${data.map(formatGoJson).join(",")}]`;
  if (data instanceof Map) {
    const members = [...data]
      .sort(([a], [b]) => compareBytes(a, b))
      .map(([key, value]) => `${formatString(key)}:${formatGoJson(value)}`);
    return `{${members.join(",")}}`;
  }
  throw new CodecError("json_value", `a ${data.type} has no JSON form`);
}

function formatNumber(value: number): string {
  if (!Number.isFinite(value)) throw new CodecError("json_value", `${value} has no JSON form`);
  if (Object.is(value, -0)) return "-0";
  // JavaScript switches to exponents at the same sizes as Go and writes them the same way.
  return String(value);
}

const ESCAPED = /[<>&\u2028\u2029]/g;

function formatString(text: string): string {
  // Bytes that are no UTF-8 stand as lone surrogates; Go writes each as the escape of U+FFFD.
  const valid = text.split(/\p{Surrogate}/u).map((part) => JSON.stringify(part).slice(1, -1));
  const escaped = valid
    .join("\\ufffd")
    .replace(ESCAPED, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `"${escaped}"`;
}
