/**
 * Provisioning: runs the template provisioners over the resources of a project, in the order of
 * their dependencies, as score-compose 0.45.0 and score-k8s 0.15.0 do. What a template puts out for
 * the target itself (services, volumes, manifests …) goes to the sink that the target gives.
 */
import { mergePatchMap } from "../codec/merge.js";
import { toBytes } from "../gotemplate/bytes.js";
import type { Data, DataMap, Host, TypedMap } from "../gotemplate/value.js";
import { findProvisioner, matchProvisioner } from "../recipe/match.js";
import { type Provisioner, provisionerKind, type TemplateKey } from "../recipe/provisioner.js";
import { ScoreError } from "../score/error.js";
import { sortResources } from "../score/order.js";
import { type Resolve, scopeResolver, substituteData } from "../score/placeholders.js";
import { resourceUsers } from "../score/prime.js";
import type { ProjectState, ResourceState, Target } from "../score/project-state.js";
import type { TemplateEngine } from "./engine.js";
import { BUILTIN_ENVIRONMENT, builtinServes } from "./environment.js";
import { nameProvisioner, nameResource, type ProvisionContext, ProvisionError } from "./error.js";
import { cleanPath, isLocalPath } from "./file-path.js";
import { keptMap } from "./kept-form.js";
import { MountConflict, Mounts } from "./mounts.js";
import { readDirectories, readFiles, readMap, readTexts } from "./output-form.js";
import { readOutput, runTemplate } from "./run-template.js";
import { placeholderScope, type ScopeSource } from "./scope.js";
import type { Secrets } from "./secrets.js";
import { type TemplateData, templateStruct } from "./template-data.js";

/** A resource and the provisioner that serves it. */
export interface Served {
  readonly uid: string;
  readonly sourceWorkload: string;
  readonly provisioner: Provisioner;
}

/** Takes the pieces of a target; throws `OutputFormError` for one of a form that the target does not know. */
export interface PieceSink {
  /** The keys that this target's pieces come from, in the order in which they are rendered. */
  readonly keys: readonly TemplateKey[];
  take(key: TemplateKey, piece: Data, served: Served): void;
}

export interface ProvisionInput {
  readonly target: Target;
  /** With all resources primed. */
  readonly state: ProjectState;
  /** In order of precedence. */
  readonly provisioners: readonly Provisioner[];
  readonly host: Host;
  readonly engine: TemplateEngine;
  readonly workloadServices: TypedMap;
  readonly namespace?: string;
  readonly mountsDirectory: string;
  readonly sink: PieceSink;
  readonly secrets: Secrets;
}

export interface Provisioned {
  readonly state: ProjectState;
  readonly mounts: Mounts;
  readonly infoLogs: readonly { readonly resource: string; readonly text: string }[];
  /** Each resource of a workload once, in the order of first provisioning. */
  readonly served: readonly Served[];
  /** Uids of the resources that are the process environment. */
  readonly environments: ReadonlySet<string>;
}

/** What the templates of one resource have in common. */
export interface TemplateRun {
  readonly provisioner: Provisioner;
  readonly engine: TemplateEngine;
  readonly context: ProvisionContext;
}

/**
 * Provisions every resource that the workloads of `input.state` ask for.
 * @throws {ProvisionError} provision_*
 * @throws {ScoreError} score_resource_reference, score_resource_cycle
 */
export function provisionResources(input: ProvisionInput): Provisioned {
  const users = resourceUsers(input.state);
  const work: Work = {
    input,
    described: new Set(
      users.filter((user) => user.request.metadata !== undefined).map(({ uid }) => uid),
    ),
    resources: new Map(input.state.resources),
    shared: input.state.sharedState,
    environments: new Set(),
    served: new Map(),
    resolvers: new Map(),
    mounts: new Mounts(),
    infoLogs: [],
  };
  for (const uid of sortResources(input.state)) provisionOne(work, uid);
  return {
    state: { ...input.state, resources: work.resources, sharedState: work.shared },
    mounts: work.mounts,
    infoLogs: work.infoLogs,
    served: [...work.served.values()],
    environments: work.environments,
  };
}

/** What changes from one resource to the next. */
interface Work {
  readonly input: ProvisionInput;
  /** Uids of the resources whose metadata somebody has given. */
  readonly described: ReadonlySet<string>;
  readonly resources: Map<string, ResourceState>;
  shared: DataMap;
  readonly environments: Set<string>;
  readonly served: Map<string, Served>;
  /** Of placeholders in params, by workload. */
  readonly resolvers: Map<string, Resolve>;
  readonly mounts: Mounts;
  readonly infoLogs: { resource: string; text: string }[];
}

function provisionOne(work: Work, uid: string): void {
  const resource = work.resources.get(uid);
  if (resource === undefined) {
    throw new ScoreError("score_resource_not_primed", `resource '${uid}' is not in the state`);
  }
  const provisioner = selectProvisioner(work, uid, resource);
  const context = contextOf(uid, resource, provisioner);
  if (resource.provisioner !== "" && resource.provisioner !== provisioner.uri) {
    const message = `${nameResource(context)} was provisioned by ${resource.provisioner} before, now ${nameProvisioner(context)} would serve it`;
    const hint = "a provisioner that takes over the state of another keeps its uri";
    throw new ProvisionError("provision_provider_changed", message, context, { hint });
  }
  const params = substituteParams(work, resource, context);
  work.served.set(uid, { uid, sourceWorkload: resource.sourceWorkload, provisioner });
  switch (provisionerKind(provisioner.uri)) {
    case "environment":
      provisionEnvironment(work, uid, resource, provisioner, params, context);
      return;
    case "command": {
      const message = `${nameResource(context)}: ${nameProvisioner(context)} runs a program on the host, which is never done here`;
      const hint = "publish a template:// provisioner for this type, or run the Score CLI for it";
      throw new ProvisionError("provision_command", message, context, { hint });
    }
    default:
      provisionByTemplates(work, uid, resource, provisioner, params, context);
  }
}

function selectProvisioner(work: Work, uid: string, resource: ResourceState): Provisioner {
  const { provisioners, target } = work.input;
  const found = findProvisioner(provisioners, resource);
  if (found !== undefined) return found;
  const hasBuiltin =
    target === "compose" && !provisioners.some(({ type }) => type === BUILTIN_ENVIRONMENT.type);
  if (hasBuiltin && builtinServes(resource)) return BUILTIN_ENVIRONMENT;
  const { nearest } = matchProvisioner(provisioners, resource);
  const context = contextOf(uid, resource);
  const names = nearest.map(({ type, class: itsClass, id, uri }) => {
    return `${type}.${itsClass ?? "*"}#${id ?? "*"} (${uri})`;
  });
  throw new ProvisionError(
    "provision_no_match",
    `${nameResource(context)} is not supported by any provisioner`,
    context,
    names.length === 0 ? {} : { hint: `nearest: ${names.join(", ")}` },
  );
}

function contextOf(
  uid: string,
  resource: ResourceState,
  provisioner?: Provisioner,
): ProvisionContext {
  return {
    resource: uid,
    workload: resource.sourceWorkload,
    ...(provisioner === undefined ? {} : { provisioner: provisioner.uri }),
    ...(provisioner?.recipe === undefined ? {} : { recipe: provisioner.recipe }),
  };
}

/** Null when there are none: templates can tell nil maps from empty ones. */
function substituteParams(
  work: Work,
  resource: ResourceState,
  context: ProvisionContext,
): DataMap | null {
  if (resource.params === null || resource.params.size === 0) return null;
  const resolve = resolverOf(work, resource.sourceWorkload);
  try {
    return substituteData(resource.params, resolve) as DataMap;
  } catch (error) {
    if (!(error instanceof ScoreError)) throw error;
    const message = `${nameResource(context)}: params: ${error.message}`;
    throw new ProvisionError("provision_params", message, context, {
      cause: error,
      problems: error.problems,
    });
  }
}

/** One for each workload: outputs are looked up when a placeholder asks. */
function resolverOf(work: Work, workload: string): Resolve {
  const known = work.resolvers.get(workload);
  if (known !== undefined) return known;
  const source: ScopeSource = {
    state: work.input.state,
    resources: work.resources,
    environments: work.environments,
    host: work.input.host,
  };
  const resolve = scopeResolver(placeholderScope(source, workload, "immediate"));
  work.resolvers.set(workload, resolve);
  return resolve;
}

function provisionEnvironment(
  work: Work,
  uid: string,
  resource: ResourceState,
  provisioner: Provisioner,
  params: DataMap | null,
  context: ProvisionContext,
): void {
  if (params !== null) {
    const message = `${nameResource(context)}: the environment takes no params`;
    throw new ProvisionError("provision_environment", message, context);
  }
  work.environments.add(uid);
  const { outputs: _, ...rest } = resource;
  work.resources.set(uid, { ...rest, provisioner: provisioner.uri });
}

function provisionByTemplates(
  work: Work,
  uid: string,
  resource: ResourceState,
  provisioner: Provisioner,
  params: DataMap | null,
  context: ProvisionContext,
): void {
  const { input } = work;
  const run: TemplateRun = {
    provisioner,
    engine: input.engine,
    context,
  };
  let data = initialData(work, uid, resource, params);
  const output = (key: TemplateKey): Data | undefined => {
    return runTemplate(run, key, templateStruct(input.target, data));
  };
  const mapOutput = (key: TemplateKey): DataMap => {
    const value = output(key);
    return value === undefined ? new Map() : readOutput(run, key, () => readMap(value));
  };

  data = { ...data, init: mapOutput("init") };
  data = { ...data, state: mapOutput("state") };
  const sharedPatch = mapOutput("shared");
  data = { ...data, shared: mergePatchMap(data.shared, sharedPatch) };
  const outputs = mapOutput("outputs");
  // At once: what fails from here on may quote them.
  for (const name of provisioner.secretOutputs ?? [])
    input.secrets.addData(outputs.get(name) ?? null);
  if (input.target === "compose") applyMounts(work, run, output);
  for (const key of input.sink.keys) {
    const piece = output(key);
    const served = { uid, sourceWorkload: resource.sourceWorkload, provisioner };
    if (piece !== undefined) readOutput(run, key, () => input.sink.take(key, piece, served));
  }
  if (input.target === "compose") {
    const logs = output("info_logs") ?? null;
    for (const text of readOutput(run, "info_logs", () => readTexts(logs))) {
      work.infoLogs.push({ resource: uid, text });
    }
  }

  // Templates have had their chance to put anything into these maps.
  const state = readOutput(run, "state", () => keptMap(data.state));
  work.shared = readOutput(run, "shared", () => keptMap(data.shared));
  const { outputs: _, ...rest } = resource;
  work.resources.set(uid, {
    ...rest,
    provisioner: provisioner.uri,
    state,
    ...(outputs.size === 0 ? {} : { outputs }),
  });
}

function initialData(
  work: Work,
  uid: string,
  resource: ResourceState,
  params: DataMap | null,
): TemplateData {
  const { input } = work;
  const spec = input.state.workloads.get(resource.sourceWorkload)?.spec;
  return {
    guid: resource.guid,
    uid,
    type: resource.type,
    class: resource.class,
    id: resource.id,
    params,
    // Templates can change maps in place (Sprig's set); what came in must stay as it was.
    metadata: work.described.has(uid) ? copyMap(resource.metadata) : null,
    init: new Map(),
    state: copyMap(resource.state),
    shared: copyMap(work.shared),
    sourceWorkload: resource.sourceWorkload,
    workloadMetadata: copyMap(spec?.metadata ?? new Map()),
    workloadServices: input.workloadServices,
    composeProjectName: input.state.composeProject ?? "",
    mountsDirectory: input.mountsDirectory,
    namespace: input.namespace ?? "",
  };
}

function copyMap(map: DataMap): DataMap {
  return new Map([...map].map(([key, value]) => [key, copyData(value)]));
}

function copyData(data: Data): Data {
  if (Array.isArray(data)) return data.map(copyData);
  return data instanceof Map ? copyMap(data) : data;
}

/** Folders first, then files, each by path. */
function applyMounts(
  work: Work,
  run: TemplateRun,
  output: (key: TemplateKey) => Data | undefined,
): void {
  const wantedDirectories = output("directories") ?? null;
  const directories = readOutput(run, "directories", () => readDirectories(wantedDirectories));
  const wantedFiles = output("files") ?? null;
  const files = readOutput(run, "files", () => readFiles(wantedFiles));
  for (const [path, wanted] of directories) {
    const at = mountPath(run, "directories", path);
    onMounts(run, "directories", () => {
      if (wanted) work.mounts.addDirectory(at);
      else work.mounts.removeDirectory(at);
    });
  }
  for (const [path, content] of files) {
    const at = mountPath(run, "files", path);
    onMounts(run, "files", () => {
      if (content === null) work.mounts.removeFile(at);
      else work.mounts.writeFile(at, toBytes(content), 0o644);
    });
  }
}

/** What file systems take. */
const MAX_PATH_LENGTH = 4096;
/** Folders that one path may make. */
const MAX_PATH_PARTS = 256;

function mountPath(run: TemplateRun, key: TemplateKey, path: string): string {
  if (path.length > MAX_PATH_LENGTH) {
    const shown = `'${path.slice(0, 64)}…'`;
    throw mountFault(run, key, `${shown} is longer than ${MAX_PATH_LENGTH} characters`);
  }
  if (isLocalPath(path)) {
    const clean = cleanPath(path);
    if (clean.split("/").length <= MAX_PATH_PARTS) return clean;
    throw mountFault(run, key, `'${path}' has more than ${MAX_PATH_PARTS} parts`);
  }
  throw mountFault(run, key, `'${path}' is not below the mounts directory`);
}

function onMounts(run: TemplateRun, key: TemplateKey, change: () => void): void {
  try {
    change();
  } catch (error) {
    if (!(error instanceof MountConflict)) throw error;
    throw mountFault(run, key, error.message);
  }
}

function mountFault(run: TemplateRun, key: TemplateKey, message: string): ProvisionError {
  const { file, line } = run.provisioner;
  return new ProvisionError(
    "provision_mount_path",
    `${nameResource(run.context)}: ${key} of ${nameProvisioner(run.context)}: ${message}`,
    { ...run.context, templateKey: key },
    { place: { file, line, path: key } },
  );
}
