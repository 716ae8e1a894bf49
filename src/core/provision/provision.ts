/**
 * Provisioning: runs the template provisioners over the resources of a project, in the order of
 * their dependencies, as score-compose 0.45.0 and score-k8s 0.15.0 do. What a template puts out for
 * the target itself (services, volumes, manifests …) goes to the sink that the target gives.
 */
import { copyMap } from "../codec/copy-data.js";
import { mergePatchMap } from "../codec/merge.js";
import { formatYamlPath } from "../codec/yaml-path.js";
import type { Data, DataMap, TypedMap } from "../gotemplate/value.js";
import { type Provisioner, provisionerKind, type TemplateKey } from "../recipe/provisioner.js";
import { ScoreError } from "../score/error.js";
import { sortResources } from "../score/order.js";
import { type Resolve, scopeResolver } from "../score/placeholders.js";
import { resourceUsers } from "../score/prime.js";
import { ProblemList } from "../score/problems.js";
import type { ProjectState, ResourceState, Target } from "../score/project-state.js";
import { applyMounts } from "./apply-mounts.js";
import { type Definitions, findDefinitions } from "./definition.js";
import type { TemplateEngine } from "./engine.js";
import {
  nameProvisioner,
  nameResource,
  type ProvisionContext,
  ProvisionError,
  type ProvisionErrorCode,
} from "./error.js";
import { isInitIdle } from "./idle-init.js";
import { keptMap } from "./kept-form.js";
import { Mounts } from "./mounts.js";
import { readMap, readTexts } from "./output-form.js";
import { checkParams, substituteParams } from "./params.js";
import { type Planned, planResources } from "./plan.js";
import { readOutput, runTemplate, templatePlace } from "./run-template.js";
import { schemaFaults } from "./schemas.js";
import { placeholderScope, type ScopeSource } from "./scope.js";
import type { Secrets } from "./secrets.js";
import { type TemplateData, templateStruct } from "./template-data.js";
import type { WatchedHost } from "./watched-host.js";

/** A resource and the provisioner that serves it. */
export interface Served {
  readonly uid: string;
  readonly sourceWorkload: string;
  readonly provisioner: Provisioner;
}

/** Takes the pieces of a target; throws `OutputFormError` for one of a form that the target does not know. */
export interface PieceSink {
  /** Two of one name take alike. */
  readonly name: string;
  /** The keys that this target's pieces come from, in the order in which they are rendered. */
  readonly keys: readonly TemplateKey[];
  take(key: TemplateKey, piece: Data, served: Served): void;
  /** As `take`, for a piece that a sink of this name has taken before. */
  takeAgain(key: TemplateKey, piece: Data, served: Served): void;
}

export interface ProvisionInput {
  readonly target: Target;
  /** With all resources primed. */
  readonly state: ProjectState;
  /** In order of precedence. */
  readonly provisioners: readonly Provisioner[];
  readonly host: WatchedHost;
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
  const order = sortResources(input.state);
  const definitions = findDefinitions(input.state);
  const work: Work = {
    input,
    plan: planResources(input, order, definitions),
    definitions,
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
  for (const uid of order) provisionOne(work, uid);
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
  readonly plan: ReadonlyMap<string, Planned>;
  readonly definitions: Definitions;
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
  const planned = work.plan.get(uid);
  if (resource === undefined || planned === undefined) {
    throw new ScoreError("score_resource_not_primed", `resource '${uid}' is not in the state`);
  }
  const { provisioner, context } = planned;
  const resolve = resolverOf(work, resource.sourceWorkload);
  const params = substituteParams(resource.params, resolve, context, work.definitions);
  work.served.set(uid, { uid, sourceWorkload: resource.sourceWorkload, provisioner });
  if (provisionerKind(provisioner.uri) === "environment") {
    provisionEnvironment(work, uid, resource, provisioner);
    return;
  }
  if (!planned.paramsChecked) checkParams({ ...planned, definitions: work.definitions }, params);
  provisionByTemplates(work, uid, resource, provisioner, params, context);
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
): void {
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
  const mapOutput = (key: TemplateKey, engine = run.engine): DataMap => {
    const value = runTemplate({ ...run, engine }, key, templateStruct(input.target, data));
    return value === undefined ? new Map() : readOutput(run, key, () => readMap(value));
  };

  data = { ...data, init: initOutput(run, resource, mapOutput) };
  data = { ...data, state: mapOutput("state") };
  const sharedPatch = mapOutput("shared");
  const before = data.shared;
  // As in the CLIs the merge is done again at the end: only the project's own map keeps what templates set.
  const patchShared = () => (sharedPatch.size === 0 ? before : mergePatchMap(before, sharedPatch));
  data = { ...data, shared: patchShared() };
  const outputs = mapOutput("outputs");
  // At once: what fails from here on may quote them.
  for (const name of provisioner.secretOutputs ?? [])
    input.secrets.addData(outputs.get(name) ?? null);
  checkOutputs(run, outputs);
  if (input.target === "compose") applyMounts(work.mounts, run, output);
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
  work.shared = readOutput(run, "shared", () => keptMap(patchShared()));
  const { outputs: _, ...rest } = resource;
  work.resources.set(uid, {
    ...rest,
    provisioner: provisioner.uri,
    state,
    ...(outputs.size === 0 ? {} : { outputs }),
  });
}

/** Random bytes that change nothing do not make the render one of its kind. */
function initOutput(
  run: TemplateRun,
  resource: ResourceState,
  mapOutput: (key: TemplateKey, engine?: TemplateEngine) => DataMap,
): DataMap {
  const { provisioner, engine } = run;
  if (!provisioner.templates.has("init")) return new Map();
  const idle = isInitIdle(provisioner, resource.state, engine.functions);
  return mapOutput("init", idle ? engine.unwatched : engine);
}

/** @throws {ProvisionError} provision_outputs_schema, with every output that does not fit */
function checkOutputs(run: TemplateRun, outputs: DataMap): void {
  const problems = new ProblemList<ProvisionErrorCode>();
  const whose = `${nameResource(run.context)}: the outputs template of ${nameProvisioner(run.context)}`;
  for (const { path, message } of schemaFaults(run.provisioner, "outputs", outputs)) {
    problems.add(run, "provision_outputs_schema", () => {
      const at = formatYamlPath(["outputs", ...path]);
      const text = `${whose}: ${at} ${message}, says the recipe`;
      return { message: text, place: templatePlace(run, "outputs", at) };
    });
  }
  const all = problems.join();
  if (all === undefined) return;
  const context = { ...run.context, templateKey: "outputs" as const };
  throw new ProvisionError(all.code, all.message, context, all.details);
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
