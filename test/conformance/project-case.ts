/** Runs one project case: what a CLI would read from the case's folder goes through the product's render. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { parseYaml } from "../../src/core/codec/yaml.js";
import type { DataMap } from "../../src/core/gotemplate/value.js";
import { parseProvisionersFile } from "../../src/core/recipe/provisioners-file.js";
import type { PatchTemplate, RenderResult, WorkloadInput } from "../../src/core/render/contract.js";
import { renderProject } from "../../src/core/render/project.js";
import type { ProjectState } from "../../src/core/score/project-state.js";
import { emptyState, formatState, parseState } from "../../src/core/score/state.js";
import { BackbarError } from "../../src/errors.js";
import type { CaseWorkload, ProjectCase } from "./cases.js";
import { differences, textDifference } from "./compare.js";
import { makeHost } from "./host.js";
import { type Plain, parsePlainDocuments } from "./plain-yaml.js";
import { stageOf } from "./stages.js";

export interface Rendered {
  readonly documents: string;
  readonly state: string;
  /** By path below the mounts directory. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Modes other than 0644. */
  readonly modes: ReadonlyMap<string, string>;
  readonly emptyDirectories: readonly string[];
  readonly infoLogs: readonly string[];
}

export interface Failed {
  readonly stage: string;
  readonly code: string;
  readonly message: string;
}

export type ProjectOutcome = Rendered | Failed;

export function runProjectCase(testCase: ProjectCase): ProjectOutcome {
  try {
    return rendered(testCase, renderCase(testCase));
  } catch (error) {
    if (!(error instanceof BackbarError)) throw error;
    const stage = stageOf(testCase.target, error.code) ?? "unknown";
    return { stage, code: error.code, message: error.message };
  }
}

/** What is wrong with an outcome; empty for a case that passes. */
export function checkProjectCase(testCase: ProjectCase, outcome: ProjectOutcome): string[] {
  const { expect, error } = testCase.description;
  if (expect === "error") {
    if (!("stage" in outcome)) return [`expected an error at ${error?.stage}, got a result`];
    if (outcome.stage === error?.stage) return [];
    return [
      `expected an error at ${error?.stage}, got one at ${outcome.stage} (${outcome.code}): ${outcome.message}`,
    ];
  }
  if ("stage" in outcome) {
    return [`expected a result, got ${outcome.code} at ${outcome.stage}: ${outcome.message}`];
  }
  return [...checkDocuments(testCase, outcome), ...checkFiles(testCase, outcome)];
}

function renderCase(testCase: ProjectCase): RenderResult {
  const { description, target } = testCase;
  const read = (path: string) => readFileSync(join(testCase.folder, path), "utf8");
  const workloads = (description.workloads ?? []).map((item) => readWorkload(testCase, item));
  const runs = description.generate === "one-by-one" ? workloads.map((one) => [one]) : [workloads];
  let state = description.state
    ? parseState(read(description.state), target, { file: description.state })
    : emptyState(target, { composeProject: description.project ?? "" });
  let result: RenderResult | undefined;
  // The program prints them at every call.
  const infoLogs: RenderResult["infoLogs"][number][] = [];
  for (const [i, run] of runs.entries()) {
    result = renderProject({
      target,
      workloads: run,
      provisioners: (description.provisioners ?? []).flatMap((file) =>
        parseProvisionersFile(read(file), { file, target }),
      ),
      ...patchesOf(testCase, read),
      state,
      rememberedSourceFiles: rememberedFiles(testCase, state),
      ...(description.namespace !== undefined && { namespace: description.namespace }),
      generateNamespace: description["generate-namespace"] ?? false,
      publish: i === runs.length - 1 ? (description.publish ?? []) : [],
      host: makeHost(description.environment),
    });
    // From one call to the next the program knows what the state file says.
    state = parseState(formatState(result.state, target), target);
    infoLogs.push(...result.infoLogs);
  }
  if (result === undefined) throw new Error(`${testCase.id} runs nothing`);
  return { ...result, infoLogs };
}

function patchesOf(
  testCase: ProjectCase,
  read: (path: string) => string,
): { patchTemplates?: PatchTemplate[] } {
  const names = testCase.description["patch-templates"];
  if (names === undefined) return {};
  return { patchTemplates: names.map((name) => ({ name, text: read(name) })) };
}

function readWorkload(testCase: ProjectCase, item: CaseWorkload): WorkloadInput {
  const read = (path: string) => readFileSync(join(testCase.folder, path), "utf8");
  const overrides = item["overrides-file"];
  const builds = item.builds && buildsOf(testCase, item.score);
  return {
    path: item.score,
    text: read(item.score),
    ...(item.image !== undefined && { image: item.image }),
    ...(overrides !== undefined && { overridesFile: { path: overrides, text: read(overrides) } }),
    ...(item["override-properties"] && { overrideProperties: item["override-properties"] }),
    ...(builds && { builds }),
    sourceFiles: filesFrom(dirname(item.score), testCase),
  };
}

/** The builds with Go's value types, read from `case.yaml` once more. */
function buildsOf(testCase: ProjectCase, score: string): WorkloadInput["builds"] {
  const text = readFileSync(join(testCase.folder, "case.yaml"), "utf8");
  const document = parseYaml(text).value as DataMap;
  const workloads = document.get("workloads") as DataMap[];
  const found = workloads.find((workload) => workload.get("score") === score);
  return found?.get("builds") as DataMap;
}

/** Source files of the workloads that only the state knows. */
function rememberedFiles(
  testCase: ProjectCase,
  state: ProjectState,
): Map<string, Map<string, Uint8Array>> {
  const files = new Map<string, Map<string, Uint8Array>>();
  for (const [name, { file }] of state.workloads) {
    if (file !== undefined) files.set(name, filesFrom(dirname(file), testCase));
  }
  return files;
}

/** All files of the case, by their paths seen from its folder `from`. */
function filesFrom(from: string, { folder }: ProjectCase): Map<string, Uint8Array> {
  const files = [...filesBelow(folder)];
  return new Map(files.map(([path, content]) => [posix.relative(from, path), content]));
}

function filesBelow(folder: string): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  if (!existsSync(folder)) return files;
  for (const entry of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const path = join(folder, entry);
    if (statSync(path).isFile()) {
      files.set(relative(folder, path).split("\\").join(posix.sep), readFileSync(path));
    }
  }
  return files;
}

function rendered(testCase: ProjectCase, result: RenderResult): Rendered {
  const modes = result.files
    .filter((file) => file.mode !== 0o644)
    .map((file): [string, string] => [`${file.path}`, file.mode.toString(8).padStart(4, "0")]);
  return {
    documents: result.text,
    state: formatState(result.state, testCase.target),
    files: new Map(result.files.map((file) => [file.path, file.content])),
    modes: new Map(modes),
    emptyDirectories: [...result.emptyDirectories].sort(),
    infoLogs: result.infoLogs.map(({ resource, text }) => `${resource}: ${text}`),
  };
}

function checkDocuments(testCase: ProjectCase, outcome: Rendered): string[] {
  const { folder, target, description } = testCase;
  const name = target === "compose" ? "compose.yaml" : "manifests.yaml";
  const before = description.state ? readFileSync(join(folder, description.state), "utf8") : "";
  const known = guids(parsePlainDocuments(before)[0] ?? null);
  const hide = (text: string) => hideNewGuids(parsePlainDocuments(text)[0] ?? null, known);
  return [
    ...differences(
      parsePlainDocuments(expected(folder, name)),
      parsePlainDocuments(outcome.documents),
      name,
    ),
    ...differences(hide(expected(folder, "state.yaml")), hide(outcome.state), "state.yaml"),
  ];
}

function checkFiles({ folder, target }: ProjectCase, outcome: Rendered): string[] {
  if (target === "k8s") return [];
  const wanted = filesBelow(join(folder, "expected", "files"));
  const modes = parsePlainDocuments(expected(folder, "file-modes.yaml"))[0] ?? {};
  const actualModes = Object.fromEntries(outcome.modes);
  return [
    ...checkContents(wanted, outcome.files),
    ...differences(modes, actualModes, "file-modes.yaml"),
    ...textDifference(
      expected(folder, "empty-directories.txt").trimEnd(),
      outcome.emptyDirectories.join("\n"),
      "empty-directories.txt",
    ),
    ...textDifference(
      expected(folder, "info-logs.txt").trimEnd(),
      outcome.infoLogs.join("\n").trimEnd(),
      "info-logs.txt",
    ),
  ];
}

function checkContents(
  wanted: ReadonlyMap<string, Uint8Array>,
  actual: ReadonlyMap<string, Uint8Array>,
): string[] {
  const paths = new Set([...wanted.keys(), ...actual.keys()]);
  return [...paths].sort().flatMap((path) => {
    const left = wanted.get(path);
    const right = actual.get(path);
    if (left === undefined) return [`files/${path}: not expected`];
    if (right === undefined) return [`files/${path}: is missing`];
    if (Buffer.compare(left, right) === 0) return [];
    const name = `files/${path}`;
    const text = textDifference(Buffer.from(left).toString(), Buffer.from(right).toString(), name);
    return text.length > 0 ? text : [`${name}: other bytes`];
  });
}

function expected(folder: string, name: string): string {
  const path = join(folder, "expected", name);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function guids(state: Plain): Set<string> {
  return new Set(resourcesOf(state).map(([uid]) => uid));
}

/** The state with guids of resources that the state before did not know as a mark, if they look like guids. */
function hideNewGuids(state: Plain, known: ReadonlySet<string>): Plain {
  for (const [uid, resource] of resourcesOf(state)) {
    if (!known.has(uid) && typeof resource.guid === "string" && GUID.test(resource.guid)) {
      resource.guid = "new guid";
    }
  }
  return state;
}

function resourcesOf(state: Plain): [string, { [key: string]: Plain }][] {
  if (typeof state !== "object" || state === null || Array.isArray(state)) return [];
  const resources = state.resources;
  return Object.entries(resources ?? {}) as [string, { [key: string]: Plain }][];
}
