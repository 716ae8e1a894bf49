/** The thread side of the render pool: parses, renders, formats. Its default export is what piscina calls. */
import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { formatJson } from "../../core/gotemplate/json.js";
import type { Data, Host } from "../../core/gotemplate/value.js";
import type { KeptProvisioning } from "../../core/provision/remembered.js";
import { withMetadata } from "../../core/recipe/metadata.js";
import type { Provisioner } from "../../core/recipe/provisioner.js";
import { parseProvisionersFile } from "../../core/recipe/provisioners-file.js";
import type { PatchTemplate, RenderResult } from "../../core/render/contract.js";
import { type ExampleJob, renderExample } from "../../core/render/example.js";
import { manifestFiles } from "../../core/render/k8s/manifest-files.js";
import { renderProject } from "../../core/render/project.js";
import type { WorkloadInput } from "../../core/score/load.js";
import type { ProjectState } from "../../core/score/project-state.js";
import { emptyState, formatState, parseState } from "../../core/score/state.js";
import { asProblem, BackbarError } from "../../errors.js";
import { RecentlyUsed } from "../recently-used.js";
import type {
  ExampleReply,
  RenderFault,
  RenderOutcome,
  RenderReply,
  ServedTarget,
  WorkerJob,
} from "./job.js";

const JSON_FORM = { escapeHtml: false };

/** What a release serves, parsed; its templates are compiled as they are first used. */
interface Served {
  readonly provisioners: readonly Provisioner[];
  readonly patchTemplates: readonly PatchTemplate[];
}

/** Releases by their key. */
const taken = new RecentlyUsed<Served>(64);
/** States by their text, and Score files with what goes with them; sizes are characters. */
const states = new RecentlyUsed<ProjectState>(4 * 1024 * 1024);
const scoreFiles = new RecentlyUsed<WorkloadInput>(1024 * 1024);
/** Outputs of templates by their text; sizes are characters too. */
const readings = new RecentlyUsed<Data>(3 * 1024 * 1024);
/** What provisioning came to, by a digest of all that it saw; sizes are characters. */
const provisionings = new RecentlyUsed<KeptProvisioning>(4 * 1024 * 1024);

export default function work(job: WorkerJob): RenderReply {
  try {
    const served = takeIn(job);
    return served === undefined ? { unknownKey: job.served.key } : { outcome: render(job, served) };
  } catch (error) {
    return { fault: faultOf(error) };
  }
}

/** Renders one example of a recipe; named in the pool's call. */
export function example(job: ExampleJob): ExampleReply {
  try {
    return { outcome: renderExample(job) };
  } catch (error) {
    return { fault: faultOf(error) };
  }
}

function faultOf(error: unknown): RenderFault {
  if (!(error instanceof BackbarError)) throw error;
  return { ...asProblem(error), name: error.name, problems: error.problems };
}

function render(job: WorkerJob, served: Served): RenderOutcome {
  const state = stateOf(job);
  const result = renderProject({
    target: job.target,
    workloads: job.workloads.map(knownInput),
    provisioners: served.provisioners,
    patchTemplates: [...served.patchTemplates, ...job.patchTemplates],
    state,
    ...(job.namespace === undefined ? {} : { namespace: job.namespace }),
    generateNamespace: job.generateNamespace,
    strict: job.strict,
    imagesByDigest: job.imagesByDigest,
    publish: job.publish,
    knownSecrets: job.knownSecrets,
    rememberedSourceFiles: job.rememberedSourceFiles,
    host: hostOf(job.environment),
    readings,
    provisionings,
    ...(job.limits === undefined ? {} : { limits: job.limits }),
  });
  return {
    ...documentsOf(job, result),
    files: result.files,
    emptyDirectories: result.emptyDirectories,
    removals: result.removals,
    mountsDirectory: result.state.mountsDirectory,
    stateText:
      job.stateText !== undefined && isDeepStrictEqual(result.state, state)
        ? job.stateText
        : formatState(result.state, job.target),
    infoLogs: result.infoLogs,
    warnings: result.warnings,
    notes: result.notes,
    resources: result.resources.map(({ outputs, ...use }) => ({
      ...use,
      outputsJson: formatJson(new Map(outputs), JSON_FORM),
    })),
    workloads: [...result.state.workloads.keys()],
    secrets: result.secrets,
    sourceFiles: result.sourceFiles,
    repeatable: result.repeatable,
  };
}

function documentsOf(
  { form }: WorkerJob,
  result: RenderResult,
): Pick<RenderOutcome, "documents" | "text" | "manifests"> {
  const json = () => formatJson([...result.documents], JSON_FORM);
  const none = { text: undefined, manifests: undefined };
  switch (form) {
    case "yaml":
      return { ...none, documents: result.text };
    case "json":
      return { ...none, documents: json() };
    case "json+yaml":
      return { ...none, documents: json(), text: result.text };
    case "files":
      return { ...none, documents: "", manifests: manifestFiles(result.documents) };
    case "json+files":
      return { ...none, documents: json(), manifests: manifestFiles(result.documents) };
  }
}

function stateOf({ stateText, target, composeProject }: WorkerJob): ProjectState {
  if (stateText === undefined) return emptyState(target, { composeProject });
  const key = `${target} ${stateText}`;
  const known = states.get(key);
  if (known !== undefined) return known;
  const state = parseState(stateText, target, { file: "state.yaml" });
  states.set(key, state, key.length);
  return state;
}

/** The same object for the same input, so that loading finds again what it has loaded before. */
function knownInput(input: WorkloadInput): WorkloadInput {
  const { builds, sourceFiles, ...texts } = input;
  if ((builds?.size ?? 0) + (sourceFiles?.size ?? 0) > 0) return input;
  const key = JSON.stringify(texts);
  const known = scoreFiles.get(key);
  if (known === undefined) scoreFiles.set(key, input, key.length);
  return known ?? input;
}

/** Undefined where this worker would have to be sent it. */
function takeIn({ served, target }: WorkerJob): Served | undefined {
  const known = taken.get(served.key);
  if (known !== undefined || !("provisioners" in served)) return known;
  const parsed = {
    provisioners: parseServed(served, target),
    patchTemplates: served.patchTemplates,
  };
  taken.set(served.key, parsed, 1);
  return parsed;
}

function parseServed(served: ServedTarget, target: WorkerJob["target"]): readonly Provisioner[] {
  const parsed = parseProvisionersFile(served.provisioners, { file: "provisioners.yaml", target });
  return parsed.map((provisioner, index) => {
    const origin = served.origins[index];
    return origin === undefined
      ? provisioner
      : withMetadata({ ...provisioner, recipe: origin.recipe }, origin.resource);
  });
}

/** Only what the request says; the process's own environment and name service stay out of reach. */
function hostOf(environment: ReadonlyMap<string, string>): Host {
  return {
    randomBytes: (size) => new Uint8Array(randomBytes(size)),
    now: () => BigInt(Date.now()) * 1_000_000n,
    env: (name) => environment.get(name),
    lookupHost: () => undefined,
  };
}
