/** A render by a registry: what it is sent, and which of its answer may be written here. */
import path from "node:path";
import type { BackbarClient } from "../../client/client.js";
import { ClientError } from "../../client/error.js";
import {
  type RenderAnswer,
  type RenderBody,
  renderByRegistry,
  type SentFile,
  type SentFiles,
} from "../../client/render.js";
import { decodeUtf8 } from "../../core/codec/utf8.js";
import { formatJson } from "../../core/gotemplate/json.js";
import type { Data } from "../../core/gotemplate/value.js";
import { cleanPath, isLocalPath } from "../../core/provision/file-path.js";
import type { WorkloadInput } from "../../core/score/load.js";
import type { ProjectState } from "../../core/score/project-state.js";
import { sourcePaths } from "../../core/score/source-files.js";
import { formatState, parseState } from "../../core/score/state.js";
import type { Workload } from "../../core/score/workload.js";
import { BackbarError } from "../../errors.js";
import { decodeFile } from "../files/read-file.js";
import type { ProjectInput } from "./input.js";
import { type RenderOptions, statePath } from "./options.js";
import type { Rendering } from "./rendering.js";
import type { ByRegistry } from "./where.js";

/** A file name that means nothing but a file, in no folder but the one that it is put into. */
const MANIFEST_NAME = /^[a-z0-9][a-z0-9._-]{0,240}\.yaml$/;

/**
 * Renders `input` with a release; templates see `values`, and nothing of the process environment.
 * @throws {ClientError} client_answer where the answer reaches for what is not a render's, and others;
 *   {ServerProblem} whatever the render finds wrong with the input
 */
export async function renderThere(
  options: RenderOptions,
  client: BackbarClient,
  where: ByRegistry,
  input: ProjectInput,
  values: ReadonlyMap<string, string>,
): Promise<Rendering> {
  const body = toBody(options, where, input, values);
  const answer = await renderByRegistry(client, where.environment, body);
  if (!options.keptState) checkState(options, input, answer.state);
  return toRendering(options, where, input, answer);
}

function toBody(
  options: RenderOptions,
  { project, release, record }: ByRegistry,
  input: ProjectInput,
  values: ReadonlyMap<string, string>,
): RenderBody {
  const { target, namespace } = options;
  const remembered = [...input.remembered].filter(([, files]) => files.size > 0);
  return {
    target,
    workloads: input.workloads.map(toWorkload),
    ...(release === undefined ? {} : { release }),
    ...(project === undefined
      ? {
          state: stateText(options, input),
          sourceFiles: Object.fromEntries(
            remembered.map(([name, files]) => [name, toSentFiles(files)]),
          ),
          record,
        }
      : { project }),
    patchTemplates: input.patchTemplates ?? [],
    ...(namespace === undefined ? {} : { namespace }),
    generateNamespace: options.generateNamespace,
    strict: options.strict,
    split: options.split,
    publish: options.publish,
    environment: Object.fromEntries(values),
    alone: options.print,
  };
}

function toWorkload(workload: WorkloadInput): RenderBody["workloads"][number] {
  const { image, overridesFile, overrideProperties = [], builds, sourceFiles } = workload;
  return {
    score: workload.text,
    path: workload.path,
    ...(image === undefined ? {} : { image }),
    ...(overridesFile === undefined
      ? {}
      : { overrides: overridesFile.text, overridesPath: overridesFile.path }),
    overrideProperties,
    builds: Object.fromEntries(
      [...(builds ?? [])].map(([container, build]) => [container, toJson(build)]),
    ),
    sourceFiles: toSentFiles(sourceFiles ?? new Map()),
  };
}

function toJson(build: string | Data): unknown {
  return typeof build === "string" ? build : JSON.parse(formatJson(build, { escapeHtml: false }));
}

function toSentFiles(files: ReadonlyMap<string, Uint8Array>): SentFiles {
  const sent = (bytes: Uint8Array): SentFile =>
    decodeUtf8(bytes) ?? { base64: Buffer.from(bytes).toString("base64") };
  return Object.fromEntries([...files].map(([name, bytes]) => [name, sent(bytes)]));
}

/** The state of a first render is made here, where the folder's name is known. */
function stateText(options: RenderOptions, { state, stateBytes }: ProjectInput): string {
  return stateBytes === undefined
    ? formatState(state, options.target)
    : decodeFile(stateBytes, statePath(options));
}

/**
 * The next render reads what a state's workloads mount and sends it: a registry must not choose the
 * files. Nor may it move the folder in which files are written and deleted.
 * @throws {ClientError} client_answer
 */
function checkState(
  options: RenderOptions,
  { state: before, loaded }: ProjectInput,
  text: string | undefined,
): asserts text is string {
  if (text === undefined) throw refuse("it has no state");
  const state = readState(options, text);
  if (state.mountsDirectory !== before.mountsDirectory) {
    throw refuse(`the state has another mounts directory, '${state.mountsDirectory}'`);
  }
  const known = sourcesOf(before);
  for (const { name, input, workload } of loaded) known.set(name, sourcesIn(workload, input.path));
  for (const [name, sources] of sourcesOf(state)) {
    const own = known.get(name);
    if (own !== undefined && [...sources].every((source) => own.has(source))) continue;
    throw refuse(`the state's workload '${name}' mounts files that it did not mount`);
  }
}

function readState(options: RenderOptions, text: string): ProjectState {
  try {
    return parseState(text, options.target, { file: statePath(options) });
  } catch (error) {
    if (!(error instanceof BackbarError)) throw error;
    throw refuse(`its state cannot be read: ${error.message}`);
  }
}

function sourcesOf(state: ProjectState): Map<string, Set<string>> {
  return new Map(
    [...state.workloads].map(([name, { spec, file }]) => [name, sourcesIn(spec, file ?? "")]),
  );
}

/** What containers mount, seen from where the command runs. */
function sourcesIn(workload: Workload, scoreFile: string): Set<string> {
  const folder = path.dirname(scoreFile);
  return new Set(sourcePaths(workload).map((source) => JSON.stringify([folder, source])));
}

function toRendering(
  options: RenderOptions,
  { environment, project }: ByRegistry,
  { state }: ProjectInput,
  answer: RenderAnswer,
): Rendering {
  const { release, stateRevision } = answer;
  const mounts = state.mountsDirectory;
  return {
    document: documentOf(options, answer),
    files: answer.files.map((file) => ({
      path: checkPath(file.path, mounts),
      mode: modeOf(file.mode),
      content: new Uint8Array(Buffer.from(file.base64, "base64")),
    })),
    emptyDirectories: answer.emptyDirectories.map((name) => checkPath(name, mounts)),
    removals: answer.removals.map(({ path: name, directory }) => ({
      path: checkPath(name, mounts),
      directory,
    })),
    state: options.keptState ? undefined : answer.state,
    project: project ?? state.composeProject,
    workloads: answer.workloads,
    resources: answer.resources,
    infoLogs: answer.infoLogs,
    warnings: answer.warnings,
    notes: answer.notes,
    by: { environment, release, ...(stateRevision === undefined ? {} : { stateRevision }) },
  };
}

function documentOf({ split }: RenderOptions, answer: RenderAnswer): Rendering["document"] {
  if (!split) {
    if (answer.text !== undefined) return { text: answer.text };
    throw refuse("it has no text of the document: the registry is older than this program");
  }
  const odd = answer.manifests.find(({ path: name }) => !MANIFEST_NAME.test(name));
  if (odd !== undefined) throw refuse(`'${odd.path}' is no name of a manifest's file`);
  return { manifests: answer.manifests };
}

/** The clean path of what lies below the mounts directory; nothing else is the registry's to touch. */
function checkPath(name: string, mounts: string | undefined): string {
  const folder = mounts === undefined ? undefined : cleanPath(mounts);
  const clean = cleanPath(name);
  if (folder !== undefined && isLocalPath(name) && `${clean}/`.startsWith(`${folder}/`)) {
    return clean;
  }
  throw refuse(
    folder === undefined
      ? `it has a file '${name}', and manifests mount none`
      : `'${name}' does not lie below ${folder}`,
  );
}

function modeOf(octal: string): number {
  if (/^0?[0-7]{3}$/.test(octal)) return Number.parseInt(octal, 8);
  throw refuse(`'${octal}' are no permission bits of a file`);
}

function refuse(what: string): ClientError {
  return new ClientError("client_answer", `the registry's answer is refused: ${what}`, {
    hint: "nothing was written",
  });
}
