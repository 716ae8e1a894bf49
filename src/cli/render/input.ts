/** From the files that a command line names to the input of a render. */
import { stat } from "node:fs/promises";
import path from "node:path";
import { readRecipeFolder } from "../../client/recipe-folder.js";
import type { Host } from "../../core/gotemplate/value.js";
import { buildManifest } from "../../core/oci/manifest.js";
import { cleanPath, isLocalPath } from "../../core/provision/file-path.js";
import { withMetadata } from "../../core/recipe/metadata.js";
import { packRecipe } from "../../core/recipe/package.js";
import type { Provisioner } from "../../core/recipe/provisioner.js";
import { parseProvisionersFile } from "../../core/recipe/provisioners-file.js";
import { decodeText, MAX_FILE_BYTES } from "../../core/recipe/recipe-file.js";
import type { PatchTemplate, RenderInput, SourceFiles } from "../../core/render/contract.js";
import { loadWorkloads, type WorkloadInput } from "../../core/score/load.js";
import type { ProjectState, Target } from "../../core/score/project-state.js";
import { sourcePaths } from "../../core/score/source-files.js";
import { emptyState, MAX_STATE_BYTES, parseState } from "../../core/score/state.js";
import type { Workload } from "../../core/score/workload.js";
import { decodeFile, readIfThere } from "../files/read-file.js";
import { CliError } from "../frame/error.js";
import { UsageError } from "../frame/usage.js";
import { type RenderOptions, statePath } from "./options.js";

/** As the service takes them. */
const MAX_SCORE_FILE_BYTES = 1024 * 1024;
/** All files that containers mount by `source`. */
const MAX_SOURCE_BYTES = 8 * 1024 * 1024;
/** What makes a folder that of a recipe. */
const METADATA_FILE = "recipe.yaml";

/** What a command sees of the machine. */
export interface Outside {
  /** The folder in which it runs; absolute. */
  readonly folder: string;
  readonly host: Host;
}

export interface LocalInput {
  readonly render: RenderInput;
  /** The state file as it was read; undefined where there was none. */
  readonly stateBytes: Uint8Array | undefined;
  /** Files that are mounted by `source` and were read, as the command line would name them. */
  readonly sources: readonly string[];
  /** Those that are not there, as they were looked for. */
  readonly missing: readonly string[];
}

/**
 * Reads everything that the options name.
 * @throws {UsageError} for a named file that is not there
 * @throws {CliError} cli_file, cli_file_limit, cli_mounts_directory
 * @throws {ScoreError} {RecipeError} {ClientError} for content that cannot be used
 */
export async function readRenderInput(
  options: RenderOptions,
  outside: Outside,
): Promise<LocalInput> {
  const { target } = options;
  const given = await readWorkloads(options, outside);
  const { state, bytes } = await readState(options, outside);
  const provisioners: Provisioner[] = [];
  for (const name of options.provisioners) {
    provisioners.push(...(await readProvisioners(name, target, outside)));
  }
  const patchTemplates = await readPatchTemplates(options, outside);
  const sources = new SourceReader(outside, target);
  const loaded = loadWorkloads(given, target);
  const ofGiven = new Map<WorkloadInput, ReadonlyMap<string, Uint8Array>>();
  for (const { input, workload } of loaded) {
    ofGiven.set(input, await sources.read(workload, input.path));
  }
  const names = new Set(loaded.map(({ name }) => name));
  const remembered = await readRemembered(state, names, sources);
  const { namespace } = options;
  return {
    render: {
      target,
      workloads: given.map((input) => ({ ...input, sourceFiles: ofGiven.get(input) ?? new Map() })),
      provisioners,
      ...(patchTemplates === undefined ? {} : { patchTemplates }),
      state,
      rememberedSourceFiles: remembered,
      ...(namespace === undefined ? {} : { namespace }),
      generateNamespace: options.generateNamespace,
      strict: options.strict,
      publish: options.publish,
      host: outside.host,
    },
    stateBytes: bytes,
    sources: sources.found,
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
  const { target, project, folder } = options;
  const file = statePath(options);
  const bytes = await readIfThere(path.resolve(outside.folder, file), file, MAX_STATE_BYTES);
  const composeProject = project ?? projectName(path.resolve(outside.folder, folder));
  const state =
    bytes === undefined
      ? emptyState(target, { composeProject })
      : parseState(decodeFile(bytes, file), target, { file });
  checkMountsDirectory(state, file);
  return { bytes, state: project === undefined ? state : { ...state, composeProject } };
}

/** Provisioners write and delete anything there: it must hold neither the document nor the state. */
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

/** The provisioners of a file, or of a recipe's folder with what its metadata says of them. */
async function readProvisioners(
  name: string,
  target: Target,
  outside: Outside,
): Promise<Provisioner[]> {
  const at = path.resolve(outside.folder, name);
  const stats = await stat(at).catch(() => undefined);
  if (stats?.isDirectory()) {
    const metadata = await stat(path.join(at, METADATA_FILE)).catch(() => undefined);
    if (metadata !== undefined) return readRecipe(at, name, target);
    throw new UsageError(
      `--provisioners ${name}: the folder has no ${METADATA_FILE}`,
      "name a provisioners file, or the folder of one recipe",
    );
  }
  const text = await readNamed(name, "--provisioners", MAX_FILE_BYTES, outside);
  return parseProvisionersFile(text, { file: name, target });
}

async function readRecipe(folder: string, name: string, target: Target): Promise<Provisioner[]> {
  const files = await readRecipeFolder(folder);
  const recipe = packRecipe(files);
  const { metadata } = recipe;
  const found = recipe.files.find(
    ({ role }) => role.kind === "provisioners" && role.target === target,
  );
  if (found === undefined) {
    throw new UsageError(
      `--provisioners ${name}: the recipe has no ${target}.provisioners.yaml`,
      "a recipe's patch templates are named by --patch-template",
    );
  }
  const file = path.join(name, found.title);
  const { digest } = buildManifest(recipe);
  const ref = { name: metadata.name, version: metadata.version, digest };
  const options = { file, target, recipe: ref };
  return parseProvisionersFile(decodeText(found.content, file), options).map((provisioner) =>
    withMetadata(provisioner, metadata.resources.get(provisioner.type)),
  );
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

/**
 * Reads what containers mount by `source`, as their CLI does: score-compose only below the Score
 * file, score-k8s anywhere. A file that is not there is the render's to report.
 */
class SourceReader {
  readonly found: string[] = [];
  readonly missing: string[] = [];
  readonly #outside: Outside;
  readonly #target: Target;
  #sizeBytes = 0;

  constructor(outside: Outside, target: Target) {
    this.#outside = outside;
    this.#target = target;
  }

  /** By cleaned path; `scoreFile` is the path of the workload's Score file. */
  async read(workload: Workload, scoreFile: string): Promise<Map<string, Uint8Array>> {
    const files = new Map<string, Uint8Array>();
    for (const source of sourcePaths(workload)) {
      if (this.#target === "compose" && !isLocalPath(source)) continue;
      const below = path.join(path.dirname(scoreFile), source);
      const file = path.isAbsolute(source) ? source : below;
      const at = path.resolve(this.#outside.folder, file);
      const bytes = await readIfThere(at, file, MAX_SOURCE_BYTES);
      if (bytes === undefined) {
        this.missing.push(file);
        continue;
      }
      this.found.push(file);
      files.set(cleanPath(source), bytes);
      this.#sizeBytes += bytes.length;
      if (this.#sizeBytes <= MAX_SOURCE_BYTES) continue;
      const message = `the files that containers mount take more than ${MAX_SOURCE_BYTES} bytes`;
      throw new CliError("cli_file_limit", message, { place: { file } });
    }
    return files;
  }
}

/** The text of a file that the command line names. */
async function readNamed(
  name: string,
  what: string,
  maxBytes: number,
  outside: Outside,
): Promise<string> {
  const bytes = await readIfThere(path.resolve(outside.folder, name), name, maxBytes);
  if (bytes !== undefined) return decodeFile(bytes, name);
  throw new UsageError(`${what}: there is no file ${name}`, hintForMissing(name));
}

/** The Score CLIs read more than files. */
function hintForMissing(name: string): string {
  if (name === "-") return "/dev/stdin names the standard input";
  return /^[a-z][a-z0-9+-]*:\/\//.test(name)
    ? "only files are read here: fetch it first, for example with curl"
    : "paths are relative to the folder where the command runs";
}
