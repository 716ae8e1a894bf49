/**
 * From a Score file to a workload, in the steps and the order of score-compose 0.45.0 and score-k8s
 * 0.15.0: YAML, name, overrides file, override properties, list forms, JSON schema, the checks of
 * score-compose, images. Faults of all steps and files are reported together; the first is the one
 * that the CLIs would stop at.
 */
import type { Place } from "../../errors.js";
import { CodecError } from "../codec/error.js";
import { compareBytes } from "../codec/key-order.js";
import { parseYaml, type YamlDocument } from "../codec/yaml.js";
import { formatYamlPath, type YamlPath } from "../codec/yaml-path.js";
import { formatValue } from "../gotemplate/printf.js";
import { type Data, type DataMap, TypedMap } from "../gotemplate/value.js";
import { checkWorkload } from "./checks.js";
import { ScoreError, type ScoreErrorCode } from "./error.js";
import { parseWorkload } from "./format.js";
import { locateIn } from "./locate.js";
import { applyOverrideProperty, applyOverridesFile, parseOverridesFile } from "./overrides.js";
import { MAX_DOCUMENT_PROBLEMS, ProblemList } from "./problems.js";
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
  /** The workload's name as the Score file says it. */
  readonly givenName: string;
  /** The place in the Score file, or the overrides file, of a path into the workload. */
  readonly locate: (path: YamlPath) => Place;
}

/** A Score file that has been read but not looked into. */
interface ScoreFile {
  readonly input: WorkloadInput;
  readonly document: YamlDocument;
  readonly value: DataMap;
}

/** A Score file after overrides: what it says, and where it says so. */
interface Overridden {
  readonly input: WorkloadInput;
  readonly data: DataMap;
  readonly locate: (path: YamlPath) => Place;
  /** ` (set by an override)` for what the Score file does not say. */
  readonly origin: (path: YamlPath) => string;
}

type Problems = ProblemList<ScoreErrorCode>;

/**
 * Loads the Score files of one render, sorted by path. An input that was loaded before without a
 * fault is not looked into again as long as it lives.
 * @throws {ScoreError} with the faults of all files in `problems`
 */
export function loadWorkloads(inputs: readonly WorkloadInput[], target: Target): LoadedWorkload[] {
  const sorted = [...inputs].sort((a, b) => compareBytes(a.path, b.path));
  const known = sorted.flatMap((input) => faultless[target].get(input) ?? []);
  const names = new Set(known.map(({ givenName }) => givenName));
  if (known.length === sorted.length && names.size === known.length) return known;
  const loaded = loadAll(sorted, target);
  for (const each of loaded) faultless[target].set(each.input, each);
  return loaded;
}

const faultless = {
  compose: new WeakMap<WorkloadInput, LoadedWorkload>(),
  k8s: new WeakMap<WorkloadInput, LoadedWorkload>(),
} satisfies Record<Target, WeakMap<WorkloadInput, LoadedWorkload>>;

function loadAll(sorted: readonly WorkloadInput[], target: Target): LoadedWorkload[] {
  const problems: Problems = new ProblemList();
  const files = sorted.flatMap((input) => readScoreFile(input, problems) ?? []);
  const unnamed = checkNames(files, problems);
  const loaded = files.flatMap((file) => loadFile(file, target, unnamed.has(file), problems) ?? []);
  const all = problems.join();
  if (all === undefined) return loaded;
  throw new ScoreError(all.code, all.message, all.details);
}

/**
 * Loads one Score file.
 * @throws {ScoreError}
 */
export function loadWorkload(input: WorkloadInput, target: Target): Workload {
  const [loaded] = loadWorkloads([input], target);
  if (loaded === undefined) throw new TypeError(`${input.path} was not loaded`);
  return loaded.workload;
}

function readScoreFile(input: WorkloadInput, problems: Problems): ScoreFile | undefined {
  const document = parseScoreYaml(input, problems);
  if (document === undefined) return undefined;
  const { value } = document;
  if (value === null) return { input, document, value: new Map() };
  if (value instanceof Map) return { input, document, value };
  // Go decodes the top level into text keys, whatever they are, but for null.
  if (value instanceof TypedMap) {
    const entries = ([...(value.entries ?? [])] as [Data, Data][]).filter(([key]) => key !== null);
    return { input, document, value: new Map(entries.map(([key, v]) => [formatValue(key), v])) };
  }
  problems.add(input, "score_not_a_map", () => ({
    message: `${input.path}: a Score file must hold a map`,
    place: { file: input.path, line: 1, column: 1 },
  }));
  return undefined;
}

function parseScoreYaml(input: WorkloadInput, problems: Problems): YamlDocument | undefined {
  try {
    return parseYaml(input.text, { file: input.path });
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    problems.add(input, "score_yaml", () => ({
      message: `${input.path}: ${error.message}`,
      ...(error.place && { place: error.place }),
    }));
    return undefined;
  }
}

/** The files whose metadata or name cannot be used. */
function checkNames(files: readonly ScoreFile[], problems: Problems): Set<ScoreFile> {
  const unnamed = new Set<ScoreFile>();
  const seen = new Set<string>();
  for (const file of files) {
    const { input, document, value } = file;
    const refuse = (message: string, path: YamlPath) =>
      problems.add(input, "score_name", () => ({
        message: `${input.path}: ${message}`,
        place: { ...document.locate(path), path: formatYamlPath(path) },
      }));
    const metadata = value.get("metadata");
    const name = metadata instanceof Map ? metadata.get("name") : undefined;
    if (!(metadata instanceof Map)) {
      unnamed.add(file);
      refuse("the workload lacks metadata", ["metadata"]);
    } else if (typeof name !== "string" || name === "") {
      unnamed.add(file);
      refuse("metadata.name must be a text that is not empty", ["metadata", "name"]);
    } else if (seen.has(name)) {
      refuse(`the workload name '${name}' is used more than once`, ["metadata", "name"]);
    } else seen.add(name);
  }
  return unnamed;
}

/** Undefined where there is no workload to go on with. */
function loadFile(
  file: ScoreFile,
  target: Target,
  unnamed: boolean,
  problems: Problems,
): LoadedWorkload | undefined {
  const overridden = override(file, problems);
  if (overridden === undefined) return undefined;
  const { input, locate } = overridden;
  const refuse = refuserFor(overridden, problems);
  const data = upgradeListForms(overridden.data, (path) =>
    refuse("score_upgrade", path, `${formatYamlPath(path)} is missing or no text`),
  );
  const faulty = checkSchema(overridden, data, unnamed, refuse);
  if (target === "compose") checkForCompose(data, faulty, refuse);
  checkImages(data, input, target, refuse);
  if (faulty.size > 0 || unnamed) return undefined;
  const workload = withImages(parseWorkload(data), input.image);
  return {
    input,
    workload,
    name: String(workload.metadata.get("name")),
    givenName: nameOf(file.value).workload ?? "",
    locate,
  };
}

/** Reports a fault of one Score file. */
type Refuse = (code: ScoreErrorCode, path: YamlPath, message: string, hint?: string) => void;

function refuserFor({ input, data, locate, origin }: Overridden, problems: Problems): Refuse {
  const name = nameOf(data);
  return (code, path, message, hint) =>
    problems.add(input, code, () => ({
      message: `${input.path}: ${message}${origin(path)}`,
      place: {
        ...locate(path),
        ...name,
        path: formatYamlPath(path),
      },
      ...(hint === undefined ? {} : { hint }),
    }));
}

/** The workload's name for a place, where it has one. */
function nameOf(data: DataMap): Pick<Place, "workload"> {
  const metadata = data.get("metadata");
  const name = metadata instanceof Map ? metadata.get("name") : undefined;
  return typeof name === "string" && name !== "" ? { workload: name } : {};
}

/** The Score document after overrides; undefined where they cannot be applied, which is reported. */
function override(
  { input, document, value }: ScoreFile,
  problems: Problems,
): Overridden | undefined {
  const properties = input.overrideProperties ?? [];
  try {
    const overrides = input.overridesFile && parseOverridesFile(input.overridesFile);
    let data = overrides ? applyOverridesFile(value, overrides) : value;
    for (const property of properties) data = applyOverrideProperty(data, property);
    return { input, data, ...locateIn({ data, document, overrides, properties }) };
  } catch (error) {
    if (!(error instanceof ScoreError)) throw error;
    const { code, message, place, hint } = error;
    problems.add(input, code, () => ({
      message: `${input.path}: ${message}`,
      place: { file: input.path, ...nameOf(value), ...place },
      ...(hint && { hint }),
    }));
    return undefined;
  }
}

/** Reports faults, those that are listed in the order of the text, and returns their paths. */
function checkSchema(
  { input, locate }: Overridden,
  data: DataMap,
  unnamed: boolean,
  refuse: Refuse,
): Set<string> {
  const paths = new Set<string>();
  const faults = checkScoreSchema(data);
  const listed = faults
    .slice(0, MAX_DOCUMENT_PROBLEMS)
    .map((fault) => ({ ...fault, place: locate(fault.path) }))
    .sort((a, b) => inText(a.place, input) - inText(b.place, input));
  for (const { path, message } of [...listed, ...faults.slice(MAX_DOCUMENT_PROBLEMS)]) {
    const at = formatYamlPath(path);
    paths.add(at);
    // What is wrong with the name has been said.
    const said = unnamed && path[0] === "metadata" && (path.length === 1 || path[1] === "name");
    if (!said) refuse("score_schema", path, `${at || "the workload"} ${message}`);
  }
  return paths;
}

/** Lines of the Score file, then those of the overrides file. */
function inText({ file, line = 0 }: Place, input: WorkloadInput): number {
  return file === input.path ? line : line + input.text.length;
}

/** What the schema has found fault with is not said again. */
function checkForCompose(data: DataMap, faulty: ReadonlySet<string>, refuse: Refuse): void {
  for (const { code, path, message } of checkWorkload(data)) {
    const at = formatYamlPath(path);
    if (!faulty.has(at)) refuse(code, path, `${at}: ${message}`);
  }
}

/** An image of `.` has to be given with the workload; on compose a build may take its place. */
function checkImages(data: DataMap, input: WorkloadInput, target: Target, refuse: Refuse): void {
  const containers = data.get("containers");
  if (!(containers instanceof Map)) return;
  const builds = target === "compose" ? input.builds : undefined;
  for (const name of builds?.keys() ?? []) {
    if (containers.has(name)) continue;
    const message = `a build is given for the unknown container '${name}'`;
    refuse("score_build_unknown_container", ["containers"], message);
  }
  if (input.image) return;
  const how = target === "compose" ? "an image or a build" : "an image";
  for (const [name, container] of containers) {
    if (!(container instanceof Map) || container.get("image") !== "." || builds?.has(name))
      continue;
    const message = `container '${name}' has the image '.' and ${how} for it is not given`;
    const hint = `give ${how} with the workload`;
    refuse("score_image_missing", ["containers", name, "image"], message, hint);
  }
}

/** Puts the given image where the Score file says `.`. */
function withImages(workload: Workload, image: string | undefined): Workload {
  if (!image) return workload;
  const containers = new Map<string, Container>();
  for (const [name, container] of workload.containers) {
    containers.set(name, container.image === "." ? { ...container, image } : container);
  }
  return { ...workload, containers };
}
