/**
 * A render from beginning to end, pure: Score files, provisioners, patch templates, state, random
 * bytes and time go in; documents, files, the new state and findings come out. The steps and their
 * order are those of score-compose 0.45.0 and score-k8s 0.15.0.
 */
import { formatYaml, formatYamlDocuments } from "../codec/yaml-format.js";
import type { Data, FunctionMap } from "../gotemplate/value.js";
import { TemplateEngine } from "../provision/engine.js";
import { maskError, maskFault } from "../provision/mask-error.js";
import type { PieceSink, Provisioned, ProvisionInput } from "../provision/provision.js";
import { provisionRemembered } from "../provision/remembered.js";
import { MASK, Secrets, textsIn } from "../provision/secrets.js";
import { workloadServices } from "../provision/template-data.js";
import { WatchedHost } from "../provision/watched-host.js";
import { type LoadedWorkload, loadWorkloads } from "../score/load.js";
import { primeResources, resourceUsers } from "../score/prime.js";
import type { ProjectState, WorkloadState } from "../score/project-state.js";
import { DEFAULT_MOUNTS_DIRECTORY } from "../score/state.js";
import { normaliseBuilds } from "./compose/build-section.js";
import { ComposePieces } from "./compose/pieces.js";
import { publishPorts } from "./compose/publish.js";
import { buildDocument } from "./compose/render.js";
import type {
  Finding,
  PatchTemplate,
  RenderInput,
  RenderResult,
  ResourceUse,
  SourceFiles,
} from "./contract.js";
import { RenderError } from "./error.js";
import { workloadServiceName } from "./k8s/annotations.js";
import { customKinds } from "./k8s/manifest-faults.js";
import { buildManifests, checkNamespace } from "./k8s/render.js";
import { type Locate, locateError, locateFault, placeFinder } from "./locate.js";
import { ManifestPieces } from "./manifest-pieces.js";
import { applyPatches, compilePatches } from "./patch.js";
import { checkImageDigests } from "./rendered-images.js";
import { PROVISIONER_FUNCTIONS, patchFunctions } from "./template-functions.js";

/**
 * Renders a project.
 * @throws {ScoreError} {ProvisionError} {RenderError} {K8sError} with secrets masked
 */
export function renderProject(input: RenderInput): RenderResult {
  const secrets = new Secrets(input.knownSecrets);
  try {
    return render(input, secrets);
  } catch (error) {
    throw maskError(error, secrets);
  }
}

function render(input: RenderInput, secrets: Secrets): RenderResult {
  if (input.target === "k8s")
    checkNamespace(input.namespace ?? "", input.generateNamespace ?? false);
  const loaded = loadWorkloads(input.workloads, input.target);
  const locate = placeFinder(loaded, input.state);
  try {
    return renderLoaded(input, loaded, locate, secrets);
  } catch (error) {
    throw locateError(error, locate);
  }
}

function renderLoaded(
  given: RenderInput,
  loaded: readonly LoadedWorkload[],
  locate: Locate,
  secrets: Secrets,
): RenderResult {
  const host = new WatchedHost(given.host);
  const input: RenderInput = { ...given, host };
  const patches = input.patchTemplates ?? rememberedPatches(input.state);
  const started = primeResources(addWorkloads(input, loaded, patches), (size) =>
    host.randomBytes(size),
  );
  const engine = (functions: FunctionMap) =>
    new TemplateEngine(functions, host, secrets, input.limits, input.readings);
  const run: Run = { input, host, loaded, patches, started, engine, secrets, locate };
  const target = input.target === "compose" ? renderCompose(run) : renderK8s(run);
  if (input.imagesByDigest) checkImageDigests(target.documents, input.target);
  return finish(run, target);
}

/** What every step of a render knows. */
interface Run {
  readonly input: RenderInput;
  /** That of the input. */
  readonly host: WatchedHost;
  readonly loaded: readonly LoadedWorkload[];
  readonly patches: readonly PatchTemplate[];
  /** The state with this run's workloads and all resources primed. */
  readonly started: ProjectState;
  /** An engine for templates that may call `functions`. */
  readonly engine: (functions: FunctionMap) => TemplateEngine;
  readonly secrets: Secrets;
  readonly locate: Locate;
}

interface TargetResult {
  readonly documents: readonly Data[];
  readonly formatText: () => string;
  readonly state: ProjectState;
  readonly provisioned: Provisioned;
  readonly warnings: readonly Finding[];
  readonly notes: readonly Finding[];
}

function rememberedPatches(state: ProjectState): PatchTemplate[] {
  return state.patchingTemplates.map((text, i) => ({
    name: `state:patching_templates[${i}]`,
    text,
  }));
}

function addWorkloads(
  input: RenderInput,
  loaded: readonly LoadedWorkload[],
  patches: readonly PatchTemplate[],
): ProjectState {
  const workloads = new Map(input.state.workloads);
  for (const { input: given, name, workload } of loaded) {
    const known = workloads.get(name);
    workloads.set(name, {
      spec: workload,
      file: given.path,
      ...(input.target === "k8s"
        ? { instanceSuffix: known?.instanceSuffix ?? makeSuffix(input.host.randomBytes(5)) }
        : buildsOf(name, given.builds)),
    });
  }
  if (workloads.size === 0) {
    throw new RenderError(
      "render_no_workloads",
      "there is no workload: neither given nor in the state",
    );
  }
  return { ...input.state, workloads, patchingTemplates: patches.map(({ text }) => text) };
}

function buildsOf(
  workload: string,
  builds: ReadonlyMap<string, string | Data> | undefined,
): Partial<WorkloadState> {
  if (builds === undefined || builds.size === 0) return {};
  try {
    return { buildConfigs: normaliseBuilds(builds) };
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    const { code, message, place = {} } = error;
    throw new RenderError(code, `workload '${workload}': ${message}`, { place, cause: error });
  }
}

function makeSuffix(bytes: Uint8Array): string {
  return `-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

function provision(run: Run, engine: TemplateEngine, sink: PieceSink): Provisioned {
  const { input, started } = run;
  const specs = new Map([...started.workloads].map(([name, { spec }]) => [name, spec]));
  const services =
    input.target === "compose"
      ? workloadServices(specs)
      : workloadServices(specs, (name, { metadata }) => workloadServiceName(name, metadata));
  const given: ProvisionInput = {
    target: input.target,
    state: started,
    provisioners: input.provisioners,
    host: run.host,
    engine,
    workloadServices: services,
    mountsDirectory: mountsDirectoryOf(started),
    sink,
    secrets: run.secrets,
    ...(input.namespace === undefined ? {} : { namespace: input.namespace }),
  };
  return provisionRemembered(given, input.provisionings);
}

function mountsDirectoryOf(state: ProjectState): string {
  return state.mountsDirectory ?? DEFAULT_MOUNTS_DIRECTORY;
}

function renderCompose(run: Run): TargetResult {
  const { input } = run;
  const engine = run.engine(PROVISIONER_FUNCTIONS.compose);
  const patches = compilePatches(run.patches, engine);
  const pieces = new ComposePieces();
  const provisioned = provision(run, engine, pieces);
  const built = buildDocument({
    state: provisioned.state,
    pieces,
    mounts: provisioned.mounts,
    mountsDirectory: mountsDirectoryOf(run.started),
    environments: provisioned.environments,
    host: input.host,
    sourceFile: sourceFileReader(run),
  });
  const patched = applyPatches(
    { target: "compose", document: built.document },
    patches,
    built.state,
    engine,
  );
  const document = publishPorts(patched.document, input.publish ?? [], built.state);
  return {
    documents: [document],
    formatText: () => formatYaml(document, { sortKeys: false, likeGo: true }),
    state: built.state,
    provisioned,
    warnings: built.warnings,
    notes: [],
  };
}

function renderK8s(run: Run): TargetResult {
  const { input } = run;
  const { namespace = "", strict = false } = input;
  const pieces = new ManifestPieces({ strict });
  const provisioned = provision(run, run.engine(PROVISIONER_FUNCTIONS.k8s), pieces);
  const { state } = provisioned;
  const built = buildManifests({
    state,
    served: provisioned.served,
    resourceManifests: pieces.manifests,
    namespace,
    generateNamespace: input.generateNamespace,
    strict,
    sourceFile: sourceFileReader(run),
  });
  const engine = run.engine(patchFunctions(state, input.host));
  const patches = compilePatches(run.patches, engine);
  const { manifests } = applyPatches(
    { target: "k8s", manifests: built.manifests, namespace, strict },
    patches,
    state,
    engine,
  );
  return {
    documents: manifests,
    formatText: () => formatYamlDocuments(manifests, { likeGo: true }),
    state,
    provisioned,
    warnings: built.warnings,
    notes: strict ? customKinds(manifests) : [],
  };
}

/** Files that containers mount by `source`: of this run's workloads, and of remembered ones where given. */
function sourceFiles({ loaded, input, started }: Run): SourceFiles {
  const files = new Map(input.rememberedSourceFiles ?? []);
  for (const { name, input: given } of loaded) files.set(name, given.sourceFiles ?? new Map());
  return new Map([...files].filter(([name, own]) => own.size > 0 && started.workloads.has(name)));
}

function sourceFileReader(run: Run) {
  const files = sourceFiles(run);
  return (workload: string, path: string) => files.get(workload)?.get(path);
}

function finish(run: Run, target: TargetResult): RenderResult {
  const { secrets, locate } = run;
  const { state, provisioned } = target;
  const shown = (findings: readonly Finding[]) =>
    findings.map((finding) => maskFault(locateFault(finding, locate), secrets));
  const { mounts } = provisioned;
  return {
    documents: target.documents,
    get text() {
      return target.formatText();
    },
    files: mounts.files(),
    emptyDirectories: mounts.emptyDirectories(),
    removals: mounts.removals(),
    state,
    infoLogs: provisioned.infoLogs,
    warnings: shown(target.warnings),
    notes: shown(target.notes),
    resources: usesOf(provisioned, state, secrets),
    sourceFiles: sourceFiles(run),
    secrets: secrets.within(textsOfState(state)),
    repeatable: !run.host.asked,
  };
}

function usesOf(provisioned: Provisioned, state: ProjectState, secrets: Secrets): ResourceUse[] {
  const workloads = new Map<string, Set<string>>();
  for (const { uid, workload } of resourceUsers(state)) {
    workloads.set(uid, (workloads.get(uid) ?? new Set()).add(workload));
  }
  return provisioned.served.map(({ uid, provisioner }) => {
    const resource = state.resources.get(uid);
    const outputs = new Map<string, Data>();
    for (const [name, value] of resource?.outputs ?? []) {
      outputs.set(name, provisioner.secretOutputs?.has(name) ? MASK : secrets.maskData(value));
    }
    return {
      uid,
      type: resource?.type ?? "",
      class: resource?.class ?? "",
      id: resource?.id ?? "",
      workloads: [...(workloads.get(uid) ?? [])],
      provisioner: provisioner.uri,
      ...(provisioner.recipe === undefined ? {} : { recipe: provisioner.recipe }),
      outputs,
    };
  });
}

function textsOfState(state: ProjectState): string[] {
  const texts = textsIn(state.sharedState);
  for (const { state: own, outputs } of state.resources.values()) {
    textsIn(own, texts);
    for (const output of outputs?.values() ?? []) textsIn(output, texts);
  }
  return texts;
}
