/** The thread side of the render pool: parses, renders, formats. Its default export is what piscina calls. */
import { randomBytes } from "node:crypto";
import { formatJson } from "../../core/gotemplate/json.js";
import type { Host } from "../../core/gotemplate/value.js";
import { type ResourceMetadata, withMetadata } from "../../core/recipe/metadata.js";
import type { Provisioner } from "../../core/recipe/provisioner.js";
import { parseProvisionersFile } from "../../core/recipe/provisioners-file.js";
import { renderProject } from "../../core/render/project.js";
import type { ProjectState } from "../../core/score/project-state.js";
import { emptyState, formatState, parseState } from "../../core/score/state.js";
import { BackbarError } from "../../errors.js";
import type {
  ProvisionerOrigin,
  ProvisionerSet,
  RenderJob,
  RenderOutcome,
  RenderReply,
} from "./job.js";

const MAX_CACHED_SETS = 64;
const JSON_FORM = { escapeHtml: false };
const parsedSets = new Map<string, readonly Provisioner[]>();

export default function work(job: RenderJob): RenderReply {
  try {
    return { outcome: render(job) };
  } catch (error) {
    if (!(error instanceof BackbarError)) throw error;
    return {
      fault: {
        code: error.code,
        name: error.name,
        message: error.message,
        ...(error.place === undefined ? {} : { place: error.place }),
        ...(error.hint === undefined ? {} : { hint: error.hint }),
        problems: error.problems,
      },
    };
  }
}

function render(job: RenderJob): RenderOutcome {
  const result = renderProject({
    target: job.target,
    workloads: job.workloads,
    provisioners: provisionersOf(job.provisioners, job.target),
    patchTemplates: job.patchTemplates,
    state: stateOf(job),
    ...(job.namespace === undefined ? {} : { namespace: job.namespace }),
    generateNamespace: job.generateNamespace,
    publish: job.publish,
    knownSecrets: job.knownSecrets,
    rememberedSourceFiles: job.rememberedSourceFiles,
    host: hostOf(job.environment),
    ...(job.limits === undefined ? {} : { limits: job.limits }),
  });
  return {
    text: result.text,
    documentsJson: formatJson([...result.documents], JSON_FORM),
    files: result.files,
    emptyDirectories: result.emptyDirectories,
    mountsDirectory: result.state.mountsDirectory,
    stateText: formatState(result.state, job.target),
    infoLogs: result.infoLogs,
    warnings: result.warnings,
    resources: result.resources.map(({ outputs, ...use }) => ({
      ...use,
      outputsJson: formatJson(new Map(outputs), JSON_FORM),
    })),
    workloads: [...result.state.workloads.keys()],
    secrets: result.secrets,
    sourceFiles: result.sourceFiles,
  };
}

function stateOf(job: RenderJob): ProjectState {
  return job.stateText === undefined
    ? emptyState(job.target, { composeProject: job.composeProject })
    : parseState(job.stateText, job.target, { file: "state.yaml" });
}

/** Parsed once for each digest; the least recently used set goes when there are too many. */
function provisionersOf(set: ProvisionerSet, target: RenderJob["target"]): readonly Provisioner[] {
  const known = parsedSets.get(set.digest);
  parsedSets.delete(set.digest);
  const provisioners =
    known ??
    parseProvisionersFile(set.text, { file: "provisioners.yaml", target }).map(
      (provisioner, index) => {
        const origin = set.origins[index];
        return origin === undefined ? provisioner : fromOrigin(provisioner, origin);
      },
    );
  parsedSets.set(set.digest, provisioners);
  for (const digest of parsedSets.keys()) {
    if (parsedSets.size <= MAX_CACHED_SETS) break;
    parsedSets.delete(digest);
  }
  return provisioners;
}

function fromOrigin(
  provisioner: Provisioner,
  { recipe, resource }: ProvisionerOrigin,
): Provisioner {
  const said: ResourceMetadata | undefined = resource && JSON.parse(resource);
  return withMetadata({ ...provisioner, recipe }, said);
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
