/**
 * Strict reading of one kind of document in both its forms: JSON, where faults are named by path,
 * and YAML as people write it, where they carry line and column. All faults are found at once.
 */
import { BackbarError, type Place, type Problem } from "../../errors.js";
import type { JsonValue } from "../codec/canonical-json.js";
import { parseYaml, type YamlDocument } from "../codec/yaml.js";
import { formatYamlPath } from "../codec/yaml-path.js";
import { dataToJson } from "./data-json.js";
import { RecipeError, type RecipeErrorCode } from "./error.js";
import type { JsonPath, JsonProblem } from "./strict-json.js";

/** Builds the document from `value` and reports what is wrong with it to `problems`. */
export type StrictReader<T> = (value: JsonValue, problems: JsonProblem[]) => T;

export interface StrictSource<Code extends string = RecipeErrorCode> {
  /** What the document is, for messages; in YAML also the file of the places. */
  readonly file: string;
  /** The code of the error and of each problem. */
  readonly code: Code;
}

const LIMITS = { maxBytes: 256 * 1024, maxDepth: 60, maxAliasNodes: 1000 };

/** A document as far as it could be read, and everything that is wrong with it. */
export interface StrictDocument<T> {
  /** Undefined where there is a problem. */
  readonly value: T | undefined;
  readonly problems: readonly Problem[];
  /** The place in the text of a path into the document. */
  readonly locate: (path: JsonPath) => Place;
}

/** @throws {RecipeError} `source.code`, with every fault in `problems` */
export function readStrictJson<T>(
  value: JsonValue,
  source: StrictSource,
  read: StrictReader<T>,
): T {
  return demand(inspectStrictJson(value, source, read), source);
}

/** @throws {RecipeError} `source.code`, with every fault and its line and column in `problems` */
export function readStrictYaml<T>(text: string, source: StrictSource, read: StrictReader<T>): T {
  return demand(inspectStrictYaml(text, source, read), source);
}

/** As `readStrictJson`, without throwing. */
export function inspectStrictJson<T>(
  json: JsonValue,
  source: StrictSource,
  read: StrictReader<T>,
): StrictDocument<T> {
  const found: JsonProblem[] = [];
  const value = read(json, found);
  return inspected(value, found, source, (path) => ({ path: formatYamlPath(path) }));
}

/** As `readStrictYaml`, without throwing. */
export function inspectStrictYaml<T>(
  text: string,
  source: StrictSource<string>,
  read: StrictReader<T>,
): StrictDocument<T> {
  const { file, code } = source;
  const document = openYaml(text, file);
  if (document instanceof BackbarError) {
    const { message, place } = document;
    const problems = [{ code, message, place: { file, ...place } }];
    return { value: undefined, problems, locate: () => ({ file }) };
  }
  const found: JsonProblem[] = [];
  const value = read(dataToJson(document.value, [], found), found);
  return inspected(value, found, source, (path) => ({ file, ...document.locate(path) }));
}

function openYaml(text: string, file: string): YamlDocument | BackbarError {
  try {
    return parseYaml(text, { file, ...LIMITS });
  } catch (error) {
    if (error instanceof BackbarError) return error;
    throw error;
  }
}

function inspected<T>(
  value: T,
  found: readonly JsonProblem[],
  { code }: StrictSource<string>,
  locate: (path: JsonPath) => Place,
): StrictDocument<T> {
  const problems = found.map(({ path, message }) => ({
    code,
    message: path.length === 0 ? message : `${formatYamlPath(path)} ${message}`,
    place: locate(path),
  }));
  return { value: problems.length === 0 ? value : undefined, problems, locate };
}

function demand<T>({ value, problems }: StrictDocument<T>, { file, code }: StrictSource): T {
  const [first, ...others] = problems;
  if (first === undefined) return value as T;
  const more = others.length > 0 ? ` (and ${others.length} more)` : "";
  throw new RecipeError(code, `${file}: ${first.message}${more}`, {
    ...(first.place === undefined ? {} : { place: first.place }),
    problems,
  });
}
