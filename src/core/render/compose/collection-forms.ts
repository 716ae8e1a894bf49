/**
 * Maps and lists of Compose documents that may be written in more than one way: `environment` as a
 * list or a map, commands as text or a list, and so on. Values inside become text as Go's
 * `fmt.Sprint` prints them. The strict reading takes the one form that the Go types have.
 */
import { compareBytes } from "../../codec/key-order.js";
import { childPath } from "../../codec/yaml-path.js";
import { formatValue } from "../../gotemplate/printf.js";
import type { Data, DataMap } from "../../gotemplate/value.js";
import { describe } from "../../provision/output-form.js";
import {
  type Form,
  FormError,
  isEmptyList,
  isEmptyMap,
  list,
  mapOf,
  sortMap,
  struct,
  wrongKind,
} from "./form.js";
import { text } from "./scalar-forms.js";
import { splitShellWords } from "./shell-words.js";

export const textList: Form = list(text);
export const textMap: Form = mapOf(text);

/** Commands: text is split like a shell does, an empty list is kept in the document. */
export const command: Form = {
  zero: null,
  isZero: (value) => value === null,
  decode(value, path) {
    if (typeof value === "string") return splitShellWords(value, path);
    if (Array.isArray(value)) return value.map((item, i) => onlyText(item, childPath(path, i)));
    // Values of any other kind are taken for no command, without a word.
    return null;
  },
  check: textList.check,
};

/** A health check's command: text runs in a shell. */
export const healthTest: Form = {
  zero: null,
  isZero: isEmptyList,
  decode(value, path) {
    if (typeof value === "string") return ["CMD-SHELL", value];
    if (Array.isArray(value)) return value.map((item, i) => onlyText(item, childPath(path, i)));
    throw wrongKind(path, value, "a command");
  },
  check: textList.check,
};

function onlyText(value: Data, path: string): string {
  if (typeof value === "string") return value;
  throw wrongKind(path, value, "text");
}

/** Text or a list of texts. */
export const stringList: Form = {
  zero: null,
  isZero: isEmptyList,
  decode(value, path) {
    if (typeof value === "string") return [value];
    if (!Array.isArray(value)) throw wrongKind(path, value, "text or a list of texts");
    return value.map((item, i) => onlyText(item, childPath(path, i)));
  },
  check: textList.check,
};

/** Text or a list of texts and numbers. */
export const stringOrNumberList: Form = {
  zero: null,
  isZero: isEmptyList,
  decode(value, path) {
    if (typeof value === "string") return [value];
    if (!Array.isArray(value)) throw wrongKind(path, value, "text or a list");
    return value.map((item) => formatValue(item));
  },
  check: textList.check,
};

/** A map of texts, or a list of `key=value`. `absent` is the value of null and of items without `=`. */
function textMapOrList(absent: null | "", options: { refuseSpace?: boolean } = {}): Form {
  return {
    zero: null,
    isZero: isEmptyMap,
    decode(value, path) {
      const result: DataMap = new Map();
      if (value instanceof Map) {
        for (const [key, item] of value)
          result.set(key, item === null ? absent : formatValue(item));
      } else if (Array.isArray(value)) {
        for (const item of value) {
          const line = formatValue(item);
          const cut = line.indexOf("=");
          const key = cut < 0 ? line : line.slice(0, cut);
          if (options.refuseSpace && SPACE_AT_END.test(key)) {
            throw new FormError(path, `variable "${key}" ends with a space`);
          }
          result.set(key, cut < 0 ? absent : line.slice(cut + 1));
        }
      } else throw wrongKind(path, value, "a map or a list");
      return sortMap(result);
    },
    check: absent === null ? nullableTextMap.check : textMap.check,
  };
}

/** Go's unicode.IsSpace on the last byte of the key. */
const SPACE_AT_END = /[\t\n\v\f\r ]$/;

const nullableTextMap = mapOf(text, { pointers: true });

/** `environment`, `args`: null where there is no value. */
export const environment: Form = textMapOrList(null, { refuseSpace: true });

/** `labels`, `annotations`, `sysctls`: "" where there is no value. */
export const labels: Form = textMapOrList("");

/** Options of drivers: a map only. */
export const options: Form = {
  zero: null,
  isZero: isEmptyMap,
  decode(value, path) {
    if (!(value instanceof Map)) throw wrongKind(path, value, "a map");
    return sortMap(
      new Map([...value].map(([key, item]) => [key, item === null ? "" : formatValue(item)])),
    );
  },
  check: textMap.check,
};

/** Options that may repeat: each value becomes a list of texts. An empty list is no option. */
export const multiOptions: Form = {
  zero: null,
  isZero: isEmptyMap,
  decode(value, path) {
    if (!(value instanceof Map)) throw wrongKind(path, value, "a map");
    const result: DataMap = new Map();
    for (const [key, item] of value) {
      const texts = (Array.isArray(item) ? item : [item]).map((entry) => formatValue(entry));
      if (texts.length > 0) result.set(key, texts);
    }
    return sortMap(result);
  },
  check: mapOf(textList).check,
};

/** Host names with their addresses; written as a sorted list of `host=address`. The JSON form is a map of lists. */
export const hosts: Form = {
  zero: null,
  // Hosts without addresses leave an empty list.
  isZero: (value) => value === null,
  decode(value, path) {
    const found = new Map<string, string[]>();
    if (value instanceof Map) {
      for (const [host, item] of value) found.set(host, addressesOf(item, childPath(path, host)));
    } else if (Array.isArray(value)) {
      for (const item of value) {
        const line = formatValue(item);
        const cut = line.includes("=") ? line.indexOf("=") : line.indexOf(":");
        if (cut < 0) throw new FormError(path, `"${line}" has no address`);
        const host = line.slice(0, cut);
        found.set(host, [...(found.get(host) ?? []), ...line.slice(cut + 1).split(",")]);
      }
    } else throw wrongKind(path, value, "a map or a list");
    for (const [host, addresses] of found) {
      if (host === "" || /[:=]/.test(host)) throw new FormError(path, `bad host name "${host}"`);
      found.set(host, addresses.map(withoutBrackets));
    }
    return hostLines(found);
  },
  check(value, path) {
    const map = mapOf(textList).check(value, path) as Map<string, string[] | null>;
    return hostLines(map);
  },
};

function addressesOf(item: Data, path: string): string[] {
  if (item === null) return [""];
  if (typeof item === "string") return [item];
  if (Array.isArray(item)) return item.map((entry) => formatValue(entry));
  throw new FormError(path, `${describe(item)} where an address is needed`);
}

function withoutBrackets(address: string): string {
  return /^\[.+\]$/s.test(address) ? address.slice(1, -1) : address;
}

function hostLines(found: ReadonlyMap<string, readonly string[] | null>): Data {
  if (found.size === 0) return null;
  const lines: string[] = [];
  for (const [host, addresses] of found) {
    for (const address of addresses ?? []) lines.push(`${host}=${address}`);
  }
  return lines.sort(compareBytes);
}

/** Keys for a build: a map of id to path, written as a list of `id` or `id: path`. */
export const sshKeys: Form = {
  zero: null,
  isZero: isEmptyList,
  decode(value, path) {
    if (!(value instanceof Map)) throw wrongKind(path, value, "a map");
    // Go ranges over the map in random order; sorted is the stable choice.
    const ids = [...value.keys()].sort(compareBytes);
    return ids.map((id) => {
      const item = value.get(id) ?? null;
      return sshLine(id, item === null ? "" : formatValue(item));
    });
  },
  check(value, path) {
    const keys = list(struct({ id: text, path: text })).check(value, path) as DataMap[];
    return keys.map((key) => sshLine(String(key.get("id") ?? ""), String(key.get("path") ?? "")));
  },
};

function sshLine(id: string, path: string): string {
  return path === "" ? id : `${id}: ${path}`;
}
