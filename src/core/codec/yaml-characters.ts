/** The characters that a YAML text may hold. */
import type { Place } from "../../errors.js";
import { CodecError } from "./error.js";

/**
 * Refuses characters that no YAML stream may hold (YAML 1.1 §4.1.1, as libyaml and yaml.v3 do): C0 and
 * C1 controls but for tab, line feed, carriage return and NEL, and bytes that are not UTF-8.
 * @throws {CodecError} yaml_syntax
 */
export function checkCharacters(text: string, place: Place): void {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x20 && unit < 0x7f) continue;
    if (unit === 0x0a || unit === 0x09 || unit === 0x0d || unit === 0x85) continue;
    if (unit >= 0xa0 && unit < 0xd800) continue;
    if (unit >= 0xe000 && unit < 0xfffe) continue;
    if (isPair(text, i)) {
      i++;
      continue;
    }
    const before = text.slice(0, i);
    const line = before.split("\n").length;
    const column = i - before.lastIndexOf("\n");
    const name = `U+${unit.toString(16).toUpperCase().padStart(4, "0")}`;
    const message = `line ${line}: the character ${name} is not allowed in YAML`;
    throw new CodecError("yaml_syntax", message, { place: { ...place, line, column } });
  }
}

function isPair(text: string, index: number): boolean {
  const high = text.charCodeAt(index);
  const low = text.charCodeAt(index + 1);
  return high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000;
}
