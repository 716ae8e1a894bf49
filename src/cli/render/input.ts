/** From the files that a command line names to what a render takes, wherever it is made. */
import path from "node:path";
import { cleanPath, isLocalPath } from "../../core/provision/file-path.js";
import { MAX_FILE_BYTES } from "../../core/recipe/recipe-file.js";
import type { PatchTemplate, SourceFiles } from "../../core/render/contract.js";
import { type LoadedWorkload, loadWorkloads, type WorkloadInput } from "../../core/score/load.js";
import type { ProjectState } from "../../core/score/project-state.js";
import { emptyState, MAX_STATE_BYTES, parseState } from "../../core/score/state.js";
import { decodeFile, readIfThere } from "../files/read-file.js";
import { CliError } from "../frame/error.js";
import type { Outside } from "../frame/machine.js";
import { readNamed } from "./named-file.js";
import { type RenderOptions, statePath } from "./options.js";
import { SourceReader } from "./sources.js";

/** As the service takes them. */
const MAX_SCORE_FILE_BYTES = 1024 * 1024;

export interface ProjectInput {
  /** With the files that their containers mount. */
  readonly workloads: readonly WorkloadInput[];
  readonly loaded: readonly LoadedWorkload[];
  readonly patchTemplates: readonly PatchTemplate[] | undefined;
  /** Empty where a registry keeps it. */
  readonly state: ProjectState;
  /** The state file as it was read; undefined where there was none. */
  readonly stateBytes: Uint8Array | undefined;
  /** What containers of workloads mount that only the state knows. */
  readonly remembered: SourceFiles;
  /** Every file that was read, but the state, as the command line would name it. */
  readonly read: readonly string[];
  /** Sources that are not there, as they were looked for. */
  readonly missing: readonly string[];
}

/**
 * Reads everything that the options name but provisioners.
 * @throws {UsageError} for a named file that is not there
 * @throws {CliError} cli_file, cli_file_limit, cli_mounts_directory, cli_local_state
 * @throws {ScoreError} for content that cannot be used
 */
export async function readProjectInput(
  options: RenderOptions,
  outside: Outside,
): Promise<ProjectInput> {
  const { target } = options;
  const given = await readWorkloads(options, outside);
  const { state, bytes } = await readState(options, outside);
  const patchTemplates = await readPatchTemplates(options, outside);
  const sources = new SourceReader(outside, target);
  const loaded = loadWorkloads(given, target);
  const ofGiven = new Map<WorkloadInput, ReadonlyMap<string, Uint8Array>>();
  for (const { input, workload } of loaded) {
    ofGiven.set(input, await sources.read(workload, input.path));
  }
  const names = new Set(loaded.map(({ name }) => name));
  const remembered = await readRemembered(state, names, sources);
  const { scoreFiles, overridesFile, patchTemplates: templates = [] } = options;
  const overrides = overridesFile === undefined ? [] : [overridesFile];
  return {
    workloads: given.map((input) => ({ ...input, sourceFiles: ofGiven.get(input) ?? new Map() })),
    loaded,
    patchTemplates,
    state,
    stateBytes: bytes,
    remembered,
    read: [...scoreFiles, ...overrides, ...templates, ...sources.found],
    missing: sources.missing,
  };
}

async function readWorkloads(options: RenderOptions, outside: Outside): Promise<WorkloadInput[]> {
  const { image, overridesFile: overrides, overrideProperties, builds } = options;
  const overridesFile =
    overrides === undefined
      ? undefined
      : {
          path: overrides,
          text: await readNamed(overrides, "--overrides-file", MAX_SCORE_FILE_BYTES, outside),
        };
  const workloads: WorkloadInput[] = [];
  for (const file of options.scoreFiles) {
    workloads.push({
      path: file,
      text: await readNamed(file, "Score file", MAX_SCORE_FILE_BYTES, outside),
      ...(image === undefined ? {} : { image }),
      ...(overridesFile === undefined ? {} : { overridesFile }),
      overrideProperties,
      builds,
    });
  }
  return workloads;
}

async function readState(options: RenderOptions, outside: Outside) {
  const { target, composeProject: named, folder, keptState } = options;
  const file = statePath(options);
  const bytes = await readIfThere(path.resolve(outside.folder, file), file, MAX_STATE_BYTES);
  const composeProject = named ?? projectName(path.resolve(outside.folder, folder));
  if (keptState) {
    if (bytes !== undefined) throw localState(file);
    return { bytes, state: emptyState(target) };
  }
  const state =
    bytes === undefined
      ? emptyState(target, { composeProject })
      : parseState(decodeFile(bytes, file), target, { file });
  checkMountsDirectory(state, file);
  return { bytes, state: named === undefined ? state : { ...state, composeProject } };
}

/** Passwords in it would silently be replaced by those of the project. */
function localState(file: string): CliError {
  return new CliError(
    "cli_local_state",
    `${file} holds a state, and with --project the registry keeps another`,
    {
      place: { file },
      hint: "leave out --project (BACKBAR_PROJECT) to go on with this state, or choose another --out",
    },
  );
}

/**
 * Checks where a state has its files: provisioners write and delete anything there, so it must hold
 * neither the document nor the state. `file` names the state in messages.
 * @throws {CliError} cli_mounts_directory
 */
function checkMountsDirectory({ mountsDirectory: name }: ProjectState, file: string): void {
  if (name === undefined) return;
  const own = cleanPath(name);
  if (isLocalPath(name) && own !== "." && own !== ".score-compose") return;
  throw new CliError(
    "cli_mounts_directory",
    `${file}: the mounts directory '${name}' is no folder of its own below the document's`,
    { place: { file, path: "mounts_directory" }, hint: "it is .score-compose/mounts by default" },
  );
}

/** The name that Compose itself gives a project in `folder`: small letters, digits, `_` and `-`. */
function projectName(folder: string): string {
  const name = path.basename(folder).toLowerCase();
  return name.replace(/[^a-z0-9_-]/g, "").replace(/^[_-]+/, "");
}

async function readPatchTemplates(
  { patchTemplates }: RenderOptions,
  outside: Outside,
): Promise<PatchTemplate[] | undefined> {
  if (patchTemplates === undefined) return undefined;
  const templates: PatchTemplate[] = [];
  for (const name of patchTemplates) {
    const text = await readNamed(name, "--patch-template", MAX_FILE_BYTES, outside);
    templates.push({ name, text });
  }
  return templates;
}

/** A workload of the state is read where its Score file was, as the CLIs do. */
async function readRemembered(
  state: ProjectState,
  given: ReadonlySet<string>,
  sources: SourceReader,
): Promise<SourceFiles> {
  const files = new Map<string, ReadonlyMap<string, Uint8Array>>();
  for (const [name, { spec, file }] of state.workloads) {
    if (!given.has(name)) files.set(name, await sources.read(spec, file ?? ""));
  }
  return files;
}
