/**
 * Upgrades the list forms of `files` and `volumes`, which Score had before 0.3, to maps by target. A
 * later entry for the same target wins.
 */

import type { YamlPath } from "../codec/yaml-path.js";
import { formatValue } from "../gotemplate/printf.js";
import type { Data, DataMap } from "../gotemplate/value.js";

/**
 * The Score document in its present form; one that has it is returned as it is. Entries without a
 * target are left out, and `refuse` gets the paths of the targets they lack.
 */
export function upgradeListForms(document: DataMap, refuse: (path: YamlPath) => void): DataMap {
  const containers = document.get("containers");
  if (!(containers instanceof Map)) return document;
  const upgraded: DataMap = new Map();
  for (const [name, container] of containers) {
    const path = ["containers", name];
    upgraded.set(
      name,
      container instanceof Map ? upgradeContainer(container, path, refuse) : container,
    );
  }
  return new Map(document).set("containers", upgraded);
}

function upgradeContainer(
  container: DataMap,
  path: YamlPath,
  refuse: (path: YamlPath) => void,
): DataMap {
  const upgraded: DataMap = new Map(container);
  const files = container.get("files");
  const volumes = container.get("volumes");
  if (Array.isArray(files)) {
    upgraded.set("files", byTarget(files, [...path, "files"], refuse, upgradeFile));
  }
  if (Array.isArray(volumes)) {
    upgraded.set("volumes", byTarget(volumes, [...path, "volumes"], refuse, upgradeVolume));
  }
  return upgraded;
}

/** Entries that are no maps are dropped, as in the Score CLIs. */
function byTarget(
  list: readonly Data[],
  path: YamlPath,
  refuse: (path: YamlPath) => void,
  upgrade: (entry: DataMap) => DataMap,
): DataMap {
  const map: DataMap = new Map();
  for (const [i, item] of list.entries()) {
    if (!(item instanceof Map)) continue;
    const entry = upgrade(new Map(item));
    const target = entry.get("target");
    if (typeof target !== "string") {
      refuse([...path, i, "target"]);
      continue;
    }
    entry.delete("target");
    map.set(target, entry);
  }
  return map;
}

function upgradeFile(file: DataMap): DataMap {
  const content = file.get("content");
  if (Array.isArray(content))
    file.set(
      "content",
      content.map((line) => (line === null ? "<nil>" : formatValue(line))).join("\n"),
    );
  return file;
}

function upgradeVolume(volume: DataMap): DataMap {
  const readOnly = volume.get("read_only");
  if (typeof readOnly === "boolean") {
    volume.delete("read_only");
    volume.set("readOnly", readOnly);
  }
  return volume;
}
