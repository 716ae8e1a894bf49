/** Overrides of a Score file: a file that is merged in, and single properties `path=value`. */
import { deleteData, parseDataPath, setData } from "../codec/data-path.js";
import { CodecError } from "../codec/error.js";
import { MergeError, mergeOverrides } from "../codec/merge.js";
import { parseYaml, type YamlDocument } from "../codec/yaml.js";
import type { DataMap } from "../gotemplate/value.js";
import { ScoreError } from "./error.js";

/**
 * Parses an overrides file, which must hold a map.
 * @throws {ScoreError} score_overrides_file
 */
export function parseOverridesFile(file: {
  readonly path: string;
  readonly text: string;
}): YamlDocument {
  const refuse = (text: string, cause?: CodecError) =>
    new ScoreError("score_overrides_file", `${file.path}: ${text}`, {
      place: cause?.place ?? { file: file.path },
      cause,
    });
  try {
    const document = parseYaml(file.text, { file: file.path });
    if (document.value === null || document.value instanceof Map) return document;
    throw refuse("an overrides file must hold a map");
  } catch (error) {
    throw error instanceof CodecError ? refuse(error.message, error) : error;
  }
}

/**
 * `document` with the map of an overrides file merged in; null changes nothing.
 * @throws {ScoreError} score_overrides_file
 */
export function applyOverridesFile(document: DataMap, overrides: YamlDocument): DataMap {
  if (!(overrides.value instanceof Map)) return document;
  try {
    return mergeOverrides(document, overrides.value);
  } catch (error) {
    if (!(error instanceof MergeError)) throw error;
    const place = overrides.locate([]);
    const text = `${place.file ?? "the overrides file"}: ${error.message}`;
    throw new ScoreError("score_overrides_file", text, { place, cause: error });
  }
}

/**
 * `document` with the override `property` (`path=value`): the value is YAML; nothing, or null, deletes.
 * @throws {ScoreError} score_override_property, score_override_path
 */
export function applyOverrideProperty(document: DataMap, property: string): DataMap {
  const equals = property.indexOf("=");
  if (equals < 0) {
    const text = `the override '${property}' has no '=' between path and value`;
    throw new ScoreError("score_override_property", text, { hint: "write path=value" });
  }
  const path = property.slice(0, equals);
  const keys = parseDataPath(path);
  try {
    const { value } = parseYaml(property.slice(equals + 1));
    return value === null ? deleteData(document, keys) : setData(document, keys, value);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    const isPath = error.code.startsWith("data_path_");
    const code = isPath ? "score_override_path" : "score_override_property";
    throw new ScoreError(code, `the override '${path}' cannot be applied: ${error.message}`, {
      place: { path },
      cause: error,
    });
  }
}
