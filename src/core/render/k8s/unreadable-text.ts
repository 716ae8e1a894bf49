/** Texts that nobody reads back once they stand in a render's documents, which are written as score-k8s does. */

import { childPath } from "../../codec/yaml-path.js";
import { formatTextBlock } from "../../codec/yaml-scalar-format.js";
import type { Json } from "./json-value.js";

/** The paths below `path` of texts with several lines, a tab first, that become a block without a hint. */
export function unreadableTexts(value: Json, path: string): string[] {
  if (typeof value === "string") return isUnreadable(value) ? [path] : [];
  if (Array.isArray(value)) {
    return value.flatMap((item, i) => unreadableTexts(item, childPath(path, i)));
  }
  if (!(value instanceof Map)) return [];
  return [...value].flatMap(([key, member]) => unreadableTexts(member, childPath(path, key)));
}

const BLOCK_WITHOUT_HINT = /^\|[-+]?\n/;
const ANY_INDENT = 2;

function isUnreadable(text: string): boolean {
  return text.startsWith("\t") && BLOCK_WITHOUT_HINT.test(formatTextBlock(text, ANY_INDENT, true));
}
