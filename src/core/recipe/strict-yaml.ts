/**
 * Strict reading of one kind of document in both its forms: JSON, where faults are named by path,
 * and YAML as people write it, where they carry line and column. All faults are found at once.
 */
import { BackbarError, type Place, type Problem } from "../../errors.js";
import type { JsonValue } from "../codec/canonical-json.js";
import { parseYaml } from "../codec/yaml.js";
import { formatYamlPath } from "../codec/yaml-path.js";
import { dataToJson } from "./data-json.js";
import { RecipeError, type RecipeErrorCode } from "./error.js";
import type { JsonPath, JsonProblem } from "./strict-json.js";

/** Builds the document from `value` and reports what is wrong with it to `problems`. */
export type StrictReader<T> = (value: JsonValue, problems: JsonProblem[]) => T;

export interface StrictSource {
  /** What the document is, for messages; in YAML also the file of the places. */
  readonly file: string;
  /** The code of the error and of each problem. */
  readonly code: RecipeErrorCode;
}

const LIMITS = { maxBytes: 256 * 1024, maxDepth: 60, maxAliasNodes: 1000 };

/** @throws {RecipeError} `source.code`, with every fault in `problems` */
export function readStrictJson<T>(
  value: JsonValue,
  source: StrictSource,
  read: StrictReader<T>,
): T {
  const problems: JsonProblem[] = [];
  const result = read(value, problems);
  throwProblems(problems, source, (path) => ({ path: formatYamlPath(path) }));
  return result;
}

/** @throws {RecipeError} `source.code`, with every fault and its line and column in `problems` */
export function readStrictYaml<T>(text: string, source: StrictSource, read: StrictReader<T>): T {
  const document = openYaml(text, source);
  const problems: JsonProblem[] = [];
  const result = read(dataToJson(document.value, [], problems), problems);
  throwProblems(problems, source, (path) => ({ file: source.file, ...document.locate(path) }));
  return result;
}

function openYaml(text: string, { file, code }: StrictSource) {
  try {
    return parseYaml(text, { file, ...LIMITS });
  } catch (cause) {
    if (!(cause instanceof BackbarError)) throw cause;
    const place: Place = { file, ...cause.place };
    const problems = [{ code, message: cause.message, place }];
    throw new RecipeError(code, `${file}: ${cause.message}`, { place, problems, cause });
  }
}

function throwProblems(
  problems: readonly JsonProblem[],
  { file, code }: StrictSource,
  locate: (path: JsonPath) => Place,
): void {
  const [first, ...others] = problems.map(
    ({ path, message }): Problem => ({
      code,
      message: path.length === 0 ? message : `${formatYamlPath(path)} ${message}`,
      place: locate(path),
    }),
  );
  if (first === undefined) return;
  const more = others.length > 0 ? ` (and ${others.length} more)` : "";
  throw new RecipeError(code, `${file}: ${first.message}${more}`, {
    ...(first.place === undefined ? {} : { place: first.place }),
    problems: [first, ...others],
  });
}
