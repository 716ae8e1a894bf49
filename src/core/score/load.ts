/**
 * From a Score file to a workload, in the steps and the order of score-compose 0.45.0 and score-k8s
 * 0.15.0: YAML, name, overrides file, override properties, list forms, JSON schema, the checks of
 * score-compose, images.
 */
import type { Place, Problem } from "../../errors.js";
import { getData } from "../codec/data-path.js";
import { CodecError } from "../codec/error.js";
import { compareBytes } from "../codec/key-order.js";
import { formatYamlPath, parseYaml, type YamlDocument, type YamlPath } from "../codec/yaml.js";
import { type Data, type DataMap, TypedMap } from "../gotemplate/value.js";
import { checkWorkload } from "./checks.js";
import { ScoreError, type ScoreErrorCode } from "./error.js";
import { parseWorkload } from "./format.js";
import { applyOverrideProperty, applyOverridesFile, parseOverridesFile } from "./overrides.js";
import type { Target } from "./project-state.js";
import { checkScoreSchema } from "./schema-check.js";
import { upgradeListForms } from "./upgrade.js";
import type { Container, Workload } from "./workload.js";

/** A Score file and what goes with it. */
export interface WorkloadInput {
  /** Path of the Score file as its author gave it; goes into the state. */
  readonly path: string;
  /** Text of the Score file. */
  readonly text: string;
  readonly image?: string;
  readonly overridesFile?: { readonly path: string; readonly text: string };
  /** `path=value`, in order. */
  readonly overrideProperties?: readonly string[];
  /** compose: container name -> build context or Compose build section. */
  readonly builds?: ReadonlyMap<string, string | Data>;
  /** Bytes of the files that containers mount by `source`, by cleaned path relative to the Score file's folder. */
  readonly sourceFiles?: ReadonlyMap<string, Uint8Array>;
}

export interface LoadedWorkload {
  readonly input: WorkloadInput;
  readonly workload: Workload;
  /** The workload's name after overrides. */
  readonly name: string;
  /** The place in the Score file of a path into the workload. */
  readonly locate: (path: YamlPath) => Place;
}

/** A Score file that has been read but not looked into. */
interface ScoreFile {
  readonly input: WorkloadInput;
  readonly document: YamlDocument;
  readonly value: DataMap;
}

/**
 * Loads the Score files of one render, sorted by path. Faults of names are reported together, every
 * other fault for the first file that has one.
 * @throws {ScoreError}
 */
export function loadWorkloads(inputs: readonly WorkloadInput[], target: Target): LoadedWorkload[] {
  const files = [...inputs].sort((a, b) => compareBytes(a.path, b.path)).map(readScoreFile);
  checkNames(files);
  return files.map((file) => loadFile(file, target));
}

/**
 * Loads one Score file.
 * @throws {ScoreError}
 */
export function loadWorkload(input: WorkloadInput, target: Target): Workload {
  const file = readScoreFile(input);
  checkNames([file]);
  return loadFile(file, target).workload;
}

function readScoreFile(input: WorkloadInput): ScoreFile {
  const document = parseScoreYaml(input);
  const { value } = document;
  if (value === null) return { input, document, value: new Map() };
  if (value instanceof Map) return { input, document, value };
  // Go decodes the top level into text keys, whatever they are.
  if (value instanceof TypedMap) {
    const entries = [...(value.entries ?? [])] as [Data, Data][];
    return { input, document, value: new Map(entries.map(([key, item]) => [String(key), item])) };
  }
  const place = { file: input.path, line: 1, column: 1 };
  throw new ScoreError("score_not_a_map", `${input.path}: a Score file must hold a map`, { place });
}

function parseScoreYaml(input: WorkloadInput): YamlDocument {
  try {
    return parseYaml(input.text, { file: input.path });
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw new ScoreError("score_yaml", `${input.path}: ${error.message}`, {
      ...(error.place && { place: error.place }),
      cause: error,
    });
  }
}

function checkNames(files: readonly ScoreFile[]): void {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const { input, document, value } of files) {
    const refuse = (message: string, path: YamlPath) => {
      const place = document.locate(path);
      problems.push({ code: "score_name", message: `${input.path}: ${message}`, place });
    };
    const metadata = value.get("metadata");
    const name = metadata instanceof Map ? metadata.get("name") : undefined;
    if (!(metadata instanceof Map)) refuse("the workload lacks metadata", []);
    else if (typeof name !== "string" || name === "") {
      refuse("metadata.name must be a text that is not empty", ["metadata", "name"]);
    } else if (seen.has(name)) {
      refuse(`the workload name '${name}' is used more than once`, ["metadata", "name"]);
    } else seen.add(name);
  }
  if (problems.length > 0) throw joined("score_name", problems);
}

function loadFile({ input, document, value }: ScoreFile, target: Target): LoadedWorkload {
  const overrides = input.overridesFile && parseOverridesFile(input.overridesFile);
  const locate = (path: YamlPath): Place => {
    const keys = path.map(String);
    const inOverrides = overrides && getData(overrides.value, keys) !== undefined;
    return (inOverrides ? overrides : document).locate(path);
  };
  let data = overrides ? applyOverridesFile(value, overrides) : value;
  for (const property of input.overrideProperties ?? []) {
    data = applyOverrideProperty(data, property);
  }
  data = withPlace(() => upgradeListForms(data), input, locate);
  checkSchema(data, input, locate);
  const parsed = parseWorkload(data);
  if (target === "compose") checkForCompose(parsed, input, locate);
  const workload = resolveImages(parsed, input, target, locate);
  return { input, workload, name: String(workload.metadata.get("name")), locate };
}

function withPlace<T>(action: () => T, input: WorkloadInput, locate: (path: YamlPath) => Place): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof ScoreError)) throw error;
    const path = error.place?.path?.split(".") ?? [];
    const place = { ...locate(path), ...(error.place?.path && { path: error.place.path }) };
    throw new ScoreError(error.code, `${input.path}: ${error.message}`, { place, cause: error });
  }
}

function checkSchema(data: DataMap, input: WorkloadInput, locate: (path: YamlPath) => Place): void {
  const problems = checkScoreSchema(data).map(({ path, message }): Problem => {
    const at = formatYamlPath(path);
    const text = `${input.path}: ${at || "the workload"} ${message}`;
    return { code: "score_schema", message: text, place: { ...locate(path), path: at } };
  });
  if (problems.length > 0) throw joined("score_schema", problems);
}

function checkForCompose(
  workload: Workload,
  input: WorkloadInput,
  locate: (path: YamlPath) => Place,
): void {
  const problems = checkWorkload(workload).map(({ code, path, message }) => {
    const place = { ...locate(path), path: formatYamlPath(path) };
    return { code, message: `${input.path}: ${message}`, place };
  });
  const [first] = problems;
  if (first !== undefined) throw joined(first.code, problems);
}

/** Puts the given image where the Score file says `.`; on compose a build may take its place. */
function resolveImages(
  workload: Workload,
  input: WorkloadInput,
  target: Target,
  locate: (path: YamlPath) => Place,
): Workload {
  const builds = target === "compose" ? input.builds : undefined;
  for (const name of builds?.keys() ?? []) {
    if (workload.containers.has(name)) continue;
    const text = `${input.path}: a build is given for the unknown container '${name}'`;
    throw new ScoreError("score_build_unknown_container", text, { place: locate(["containers"]) });
  }
  const containers = new Map<string, Container>();
  for (const [name, container] of workload.containers) {
    const open = container.image === ".";
    if (open && !input.image && !builds?.has(name)) {
      const how = target === "compose" ? "an image or a build" : "an image";
      const text = `${input.path}: container '${name}' has the image '.' and ${how} for it is not given`;
      throw new ScoreError("score_image_missing", text, {
        place: locate(["containers", name, "image"]),
        hint: `give ${how} with the workload`,
      });
    }
    containers.set(name, open && input.image ? { ...container, image: input.image } : container);
  }
  return { ...workload, containers };
}

/** One error for several problems of one kind; the message has the first and says how many follow. */
function joined(code: ScoreErrorCode, problems: readonly Problem[]): ScoreError {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  return new ScoreError(code, `${first?.message ?? ""}${more}`, {
    ...(first?.place && { place: first.place }),
    problems,
  });
}
