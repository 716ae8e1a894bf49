/** Sprig's functions between one text and many: splitting, joining, sorting. */
import { compareStrings, normalize } from "../bytes.js";
import { spread, withCapacity } from "../capacity.js";
import { isList, listItems } from "../kind.js";
import { type CallContext, GoFunction, TypedList, TypedMap, type Value } from "../value.js";
import { fromByteText } from "./byte-text.js";
import { searchable } from "./search.js";
import { toText } from "./text.js";

export const stringListFunctions: readonly GoFunction[] = [
  new GoFunction(
    "split",
    ["string", "string"],
    (context: CallContext, separator: string, text: string) =>
      numbered(splitText(context, separator, text)),
  ),
  new GoFunction(
    "splitn",
    ["string", "int", "string"],
    (context: CallContext, separator: string, limit: bigint, text: string) =>
      numbered(splitText(context, separator, text, limit)),
  ),
  new GoFunction(
    "splitList",
    ["string", "string"],
    (context: CallContext, separator: string, text: string) =>
      new TypedList("[]string", splitText(context, separator, text)),
  ),
  new GoFunction("toStrings", ["any"], toStrings),
  new GoFunction("join", ["string", "any"], join),
  new GoFunction("sortAlpha", ["any"], sortAlpha),
];

// what a string costs beyond its bytes
const PIECE_BYTES = 32;

/** Go's strings.SplitN; a negative limit is none. Without a separator the text falls into its runes. */
function splitText(context: CallContext, separator: string, text: string, limit = -1n): string[] {
  if (limit === 0n) return [];
  context.allocate(2 * text.length);
  const { haystack, needle, asBytes } = searchable(context, text, separator);
  const pieces = needle === "" ? Array.from(haystack) : haystack.split(needle);
  context.allocate(PIECE_BYTES * pieces.length);
  if (limit > 0n && BigInt(pieces.length) > limit) {
    const kept = Number(limit) - 1;
    pieces.splice(kept, pieces.length, pieces.slice(kept).join(needle));
  }
  return asBytes ? pieces.map(fromByteText) : pieces;
}

/** Pieces under the keys `_0`, `_1` … */
function numbered(pieces: readonly string[]): TypedMap {
  const entries = new Map<Value, Value>(pieces.map((piece, i) => [`_${i}`, piece]));
  return new TypedMap("map[string]string", entries, "");
}

/** Sprig's strslice: the elements as text without nil; what is no list is a list of one, nil of none. */
function toStrings(context: CallContext, value: Value): TypedList {
  if (value instanceof TypedList && value.type === "[]string") return value;
  if (!isList(value)) {
    return new TypedList("[]string", value === null ? [] : [toText(value, context)]);
  }
  const items = listItems(value);
  context.allocate(PIECE_BYTES * items.length);
  const texts = items.filter((item) => item !== null).map((item) => toText(item, context));
  return new TypedList("[]string", withCapacity(texts, items.length));
}

function join(context: CallContext, separator: string, list: Value): string {
  const texts = textsOf(toStrings(context, list));
  const size = texts.reduce((sum, text) => sum + text.length + separator.length, 0);
  context.allocate(size);
  return normalize(texts.join(separator));
}

/** Sorts by bytes. A `[]string` is sorted in place, as in Go. */
function sortAlpha(context: CallContext, list: Value): TypedList {
  if (!isList(list)) return new TypedList("[]string", [toText(list, context)]);
  const texts = toStrings(context, list);
  const count = listItems(texts).length;
  context.charge(count);
  texts.items?.sort((a, b) => compareStrings(String(a), String(b)));
  spread(context, texts.items ?? []);
  return texts;
}

function textsOf(list: TypedList): readonly string[] {
  return listItems(list).map((text) => (typeof text === "string" ? text : ""));
}
