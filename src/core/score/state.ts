/**
 * The state file of a project, `.score-compose/state.yaml` or `.score-k8s/state.yaml`, in the CLIs' own
 * format: what they write is read here and the other way round.
 */

import { MAX_DATA_PATH_PARTS } from "../codec/data-path.js";
import { CodecError } from "../codec/error.js";
import { compareYamlKeys } from "../codec/key-order.js";
import { MAX_YAML_DEPTH, parseYaml } from "../codec/yaml.js";
import { formatYaml, sortKeys } from "../codec/yaml-format.js";
import { type Data, type DataMap, NamedMap, TypedMap } from "../gotemplate/value.js";
import { ScoreError } from "./error.js";
import { defined, formatWorkload, readWorkload } from "./format.js";
import type { ProjectState, ResourceState, Target, WorkloadState } from "./project-state.js";
import { type DocumentReader, readYaml } from "./reader.js";
import type { ResourceRequest, Workload } from "./workload.js";

export const DEFAULT_MOUNTS_DIRECTORY = ".score-compose/mounts";
/** States hold file contents and keys; this is far above what projects have. */
export const MAX_STATE_BYTES = 16 * 1024 * 1024;
/**
 * Whatever a render accepts must read back: what templates and Score files may nest, below what an
 * override's path adds, below the levels of the state itself.
 */
const MAX_STATE_DEPTH = MAX_YAML_DEPTH + MAX_DATA_PATH_PARTS + 16;

/** The state of a project before its first render. `composeProject` is the Compose project's name. */
export function emptyState(
  target: Target,
  options: { readonly composeProject?: string; readonly mountsDirectory?: string } = {},
): ProjectState {
  const common = {
    workloads: new Map(),
    resources: new Map(),
    sharedState: new Map(),
    patchingTemplates: [],
  };
  if (target === "k8s") return common;
  return {
    ...common,
    composeProject: options.composeProject ?? "",
    mountsDirectory: options.mountsDirectory ?? DEFAULT_MOUNTS_DIRECTORY,
  };
}

/**
 * The state in `text`, the YAML of a state file.
 * @throws {ScoreError} score_state for what the CLIs refuse too: bad YAML, unknown keys, wrong types
 */
export function parseState(
  text: string,
  target: Target,
  options: { readonly file?: string } = {},
): ProjectState {
  const file = options.file ?? "state.yaml";
  const at = readStateYaml(text, file);
  const common = ["workloads", "resources", "shared_state", "patching_templates"];
  const ofCompose = ["compose_project", "mounts_directory"];
  at.onlyKeys(...common, ...(target === "compose" ? ofCompose : []));
  const state = {
    workloads: at.key("workloads").mapOf((part) => readWorkloadState(part, target)),
    resources: at.key("resources").mapOf(readResourceState),
    sharedState: at.key("shared_state").map(),
    patchingTemplates: at.key("patching_templates").texts(),
  };
  if (target === "k8s") return state;
  return {
    ...state,
    composeProject: at.key("compose_project").text(),
    mountsDirectory: at.key("mounts_directory").text() || DEFAULT_MOUNTS_DIRECTORY,
  };
}

/** The state as the CLI of `target` writes it. */
export function formatState(state: ProjectState, target: Target): string {
  const document: DataMap = new Map<string, Data>([
    ["workloads", formatEntries(state.workloads, (entry) => formatWorkloadState(entry, target))],
    ["resources", formatEntries(state.resources, formatResourceState)],
    ["shared_state", sortKeys(state.sharedState)],
  ]);
  if (target === "compose") {
    document.set("compose_project", state.composeProject ?? "");
    document.set("mounts_directory", state.mountsDirectory ?? DEFAULT_MOUNTS_DIRECTORY);
  }
  document.set("patching_templates", [...state.patchingTemplates]);
  return formatYaml(document, { sortKeys: false, likeGo: true });
}

function readStateYaml(text: string, file: string): DocumentReader {
  try {
    const limits = { maxBytes: MAX_STATE_BYTES, maxDepth: MAX_STATE_DEPTH };
    return readYaml(parseYaml(text, { file, ...limits }), file);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw new ScoreError("score_state", `${file}: ${error.message}`, {
      ...(error.place && { place: error.place }),
      cause: error,
    });
  }
}

function readWorkloadState(at: DocumentReader, target: Target): WorkloadState {
  const extra = target === "compose" ? "build_configs" : "instance_suffix";
  at.onlyKeys("spec", "file", extra);
  const builds = at.key("build_configs");
  return defined({
    spec: withNamedParams(readWorkload(at.key("spec"))),
    file: at.key("file").optionalText(),
    buildConfigs: builds.present ? builds.mapOf((part) => part.map()) : undefined,
    // An empty one counts as none: the workload gets one when it is given again.
    instanceSuffix: (target === "k8s" && at.key("instance_suffix").text()) || undefined,
  });
}

/**
 * Maps inside the params of a workload that is remembered are of the params' own type, since yaml.v3
 * makes them so. The CLIs then neither look for placeholders in them nor take them for equal to the
 * maps of a workload that is given.
 */
function withNamedParams(spec: Workload): Workload {
  if (spec.resources === undefined) return spec;
  const resources = new Map<string, ResourceRequest>();
  for (const [name, request] of spec.resources) {
    const { params } = request;
    const inside = [...(params ?? [])].map(([key, value]) => [key, named(value)] as const);
    resources.set(name, params === undefined ? request : { ...request, params: new Map(inside) });
  }
  return { ...spec, resources };
}

function named(data: Data): Data {
  if (Array.isArray(data)) return data.map(named);
  if (data instanceof Map) {
    return new NamedMap(
      "types.ResourceParams",
      [...data].map(([key, value]) => [key, named(value)] as const),
    );
  }
  if (!(data instanceof TypedMap)) return data;
  const entries = [...(data.entries ?? [])] as [Data, Data][];
  return new TypedMap(data.type, new Map(entries.map(([key, value]) => [key, named(value)])));
}

function formatWorkloadState(entry: WorkloadState, target: Target): DataMap {
  const map: DataMap = new Map([["spec", formatWorkload(entry.spec)]]);
  if (entry.file !== undefined) map.set("file", entry.file);
  if (target === "k8s") {
    map.set("instance_suffix", entry.instanceSuffix ?? "");
  } else if (entry.buildConfigs !== undefined && entry.buildConfigs.size > 0) {
    // The sections stand in the order of Compose's fields, which is not that of the alphabet.
    map.set(
      "build_configs",
      formatEntries(entry.buildConfigs, (config) => config),
    );
  }
  return map;
}

function readResourceState(at: DocumentReader): ResourceState {
  at.onlyKeys(
    "guid",
    "type",
    "class",
    "id",
    "metadata",
    "params",
    "source_workload",
    "provisioner",
    "state",
    "outputs",
  );
  const params = at.key("params").map();
  const outputs = at.key("outputs");
  return defined({
    guid: at.key("guid").text(),
    type: at.key("type").text(),
    class: at.key("class").text(),
    id: at.key("id").text(),
    metadata: at.key("metadata").map(),
    params: params.size > 0 ? params : null,
    sourceWorkload: at.key("source_workload").text(),
    provisioner: at.key("provisioner").text(),
    state: at.key("state").map(),
    outputs: outputs.present ? outputs.map() : undefined,
  });
}

function formatResourceState(resource: ResourceState): DataMap {
  const map: DataMap = new Map<string, Data>([
    ["guid", resource.guid],
    ["type", resource.type],
    ["class", resource.class],
    ["id", resource.id],
    ["metadata", sortKeys(resource.metadata)],
    ["params", sortKeys(resource.params ?? new Map())],
    ["source_workload", resource.sourceWorkload],
    ["provisioner", resource.provisioner],
    ["state", sortKeys(resource.state)],
  ]);
  if (resource.outputs !== undefined && resource.outputs.size > 0) {
    map.set("outputs", sortKeys(new Map(resource.outputs)));
  }
  return map;
}

function formatEntries<T>(entries: ReadonlyMap<string, T>, format: (entry: T) => Data): DataMap {
  const sorted = [...entries].sort(([a], [b]) => compareYamlKeys(a, b));
  return new Map(sorted.map(([key, entry]) => [key, format(entry)]));
}
