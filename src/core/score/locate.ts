/** Where in the texts that a workload was made of a path into it stands. */
import type { Place } from "../../errors.js";
import { getData, parseDataPath } from "../codec/data-path.js";
import type { YamlDocument } from "../codec/yaml.js";
import type { YamlPath } from "../codec/yaml-path.js";
import type { DataMap } from "../gotemplate/value.js";

export interface Sources {
  /** The document after overrides, list forms as they were written. */
  readonly data: DataMap;
  readonly document: YamlDocument;
  readonly overrides: YamlDocument | undefined;
  /** `path=value`, in order. */
  readonly properties: readonly string[];
}

export interface Located {
  /** The place in the Score file, or in the overrides file where that says it. */
  readonly locate: (path: YamlPath) => Place;
  /** ` (set by the override PATH)` for what an override property says, "" for the rest. */
  readonly origin: (path: YamlPath) => string;
}

export function locateIn({ data, document, overrides, properties }: Sources): Located {
  const set = properties.flatMap((property) => {
    const path = property.slice(0, Math.max(property.indexOf("="), 0));
    return property.endsWith("=") ? [] : [{ path, keys: parseDataPath(path) }];
  });
  return {
    locate: (path) => {
      const written = asWritten(path, data);
      const keys = written.map(String);
      const reached = overrides === undefined ? 0 : depthOf(overrides, keys);
      // What is missing is missing where the map that lacks it is written.
      const inOverrides = reached === keys.length || reached > depthOf(document, keys);
      return (overrides !== undefined && inOverrides ? overrides : document).locate(written);
    },
    origin: (path) => {
      const by = set.findLast(({ keys }) => keys.every((key, i) => key === String(path[i])));
      return by === undefined ? "" : ` (set by the override ${by.path})`;
    },
  };
}

/** How many of `keys` there are in the document, one below the other. */
function depthOf({ value }: YamlDocument, keys: readonly string[]): number {
  const missing = keys.findIndex((_, i) => getData(value, keys.slice(0, i + 1)) === undefined);
  return missing < 0 ? keys.length : missing;
}

/** A file or volume that was written as a list entry stands at its index, not under its target. */
function asWritten(path: YamlPath, data: DataMap): YamlPath {
  const [root, container, kind, target, ...rest] = path;
  if (root !== "containers" || (kind !== "files" && kind !== "volumes")) return path;
  if (typeof target !== "string" || container === undefined) return path;
  const list = getData(data, [root, String(container), kind]);
  if (!Array.isArray(list)) return path;
  const index = list.findLastIndex((item) => item instanceof Map && item.get("target") === target);
  return index < 0 ? path : [root, container, kind, index, ...rest];
}
