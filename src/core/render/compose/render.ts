/**
 * A provisioned project as one Compose document, equal to score-compose 0.45.0: the services that
 * provisioners made, the service that waits for them, and those of every workload of the state.
 * Patch templates and published ports come after this.
 */
import { compareBytes } from "../../codec/key-order.js";
import { formatYamlPath } from "../../codec/yaml-path.js";
import { toBytes } from "../../gotemplate/bytes.js";
import type { Data, DataMap, Host } from "../../gotemplate/value.js";
import type { EnvironmentMode } from "../../provision/environment.js";
import { MountConflict, type Mounts } from "../../provision/mounts.js";
import { placeholderScope } from "../../provision/scope.js";
import { ScoreError } from "../../score/error.js";
import {
  type Resolve,
  scopeResolver,
  splitReference,
  substitute,
} from "../../score/placeholders.js";
import { ProblemList } from "../../score/problems.js";
import type { ProjectState, WorkloadState } from "../../score/project-state.js";
import { resourceUid } from "../../score/resource-uid.js";
import type { Finding } from "../contract.js";
import { RenderError, type RenderErrorCode } from "../error.js";
import { type Collect, collector, inWorkload } from "../workload-faults.js";
import { escapeDollars } from "./container-command.js";
import { convertWorkload, type WorkloadScope } from "./convert.js";
import { sortMap } from "./form.js";
import type { ComposePieces } from "./pieces.js";
import { WAIT_SERVICE, waitService } from "./wait.js";

export interface ComposeInput {
  /** After provisioning. */
  readonly state: ProjectState;
  readonly pieces: ComposePieces;
  /** Where files are written; those of provisioners are there already. */
  readonly mounts: Mounts;
  readonly mountsDirectory: string;
  readonly environments: ReadonlySet<string>;
  readonly host: Host;
  /** Bytes of a file that a workload mounts, by its cleaned path relative to the Score file's folder. */
  readonly sourceFile: (workload: string, path: string) => Uint8Array | undefined;
}

export interface Composed {
  readonly document: DataMap;
  /** With the `$` of commands doubled, as score-compose leaves them in its state. */
  readonly state: ProjectState;
  readonly warnings: readonly Finding[];
}

/**
 * Builds the document of a project.
 * @throws {RenderError} convert_* with the faults of all workloads in `problems`
 */
export function buildDocument(input: ComposeInput): Composed {
  const services = new Map<string, Data>(input.pieces.services);
  const wait = waitService(input.pieces.services);
  if (wait !== undefined) services.set(WAIT_SERVICE, wait);
  const workloads = new Map<string, WorkloadState>();
  const warnings: Finding[] = [];
  const problems = new ProblemList<RenderErrorCode>();
  for (const name of [...input.state.workloads.keys()].sort(compareBytes)) {
    const workload = input.state.workloads.get(name);
    if (workload === undefined) continue;
    const collect = collector(name, workload, problems, faultOf);
    const converted = collect("containers", () =>
      convertOne(name, workload, wait !== undefined, collect, input),
    );
    if (converted === undefined) continue;
    warnings.push(...converted.warnings.map((finding) => inWorkload(name, workload, finding)));
    for (const [service, value] of converted.services) {
      const path = formatYamlPath(["containers", service.slice(name.length + 1)]);
      collect(path, () => checkFree(service, services, path));
      services.set(service, value);
    }
    workloads.set(name, withEscapedCommands(workload));
  }
  const all = problems.join();
  if (all !== undefined) throw new RenderError(all.code, all.message, all.details);
  const document: DataMap = new Map();
  const project = input.state.composeProject ?? "";
  if (project !== "") document.set("name", project);
  document.set("services", sortMap(services));
  for (const section of ["networks", "volumes", "models"] as const) {
    if (input.pieces[section].size > 0) document.set(section, sortMap(input.pieces[section]));
  }
  return { document, state: { ...input.state, workloads }, warnings };
}

function checkFree(service: string, services: ReadonlyMap<string, Data>, path: string): void {
  if (!services.has(service)) return;
  throw new RenderError("convert_service_clash", `there is a service '${service}' already`, {
    place: { path },
    hint: "rename the container, or the service that a provisioner makes",
  });
}

function convertOne(
  name: string,
  workload: WorkloadState,
  waits: boolean,
  collect: Collect,
  input: ComposeInput,
) {
  return convertWorkload(
    {
      spec: workload.spec,
      scope: scopeOf(name, workload, collect, input),
      builds: workload.buildConfigs ?? new Map(),
      models: input.pieces.modelsOf(name).sort(compareBytes),
      ...(waits ? { waitFor: WAIT_SERVICE } : {}),
    },
    input.mounts,
  );
}

function scopeOf(
  name: string,
  workload: WorkloadState,
  collect: Collect,
  input: ComposeInput,
): WorkloadScope {
  const { state, environments, host } = input;
  const resolver = (mode: EnvironmentMode): Resolve => {
    const source = { state, resources: state.resources, environments, host };
    return scopeResolver(placeholderScope(source, name, mode));
  };
  const deferred = resolver("deferred");
  const immediate = resolver("immediate");
  const inSource = volumeSourceResolver(name, workload, deferred);
  return {
    workload: name,
    collect,
    mountsDirectory: input.mountsDirectory,
    inVariable: (text, path) => located(path, () => substitute(text, deferred, "keep")),
    inVolumeSource: (text, path) => located(path, () => substitute(text, inSource(text))),
    inFile: (text, path) => located(path, () => substitute(text, immediate)),
    resourceOutputs: (uid) => {
      const resource = state.resources.get(uid);
      return resource === undefined ? undefined : (resource.outputs ?? new Map());
    },
    sourceFile: (path) => input.sourceFile(name, path),
    bytes: toBytes,
  };
}

/** A source that is nothing but `${resources.NAME}` stands for the resource's uid. */
function volumeSourceResolver(name: string, { spec }: WorkloadState, resolve: Resolve) {
  return (text: string): Resolve =>
    (reference) => {
      const [root, resource, ...keys] = splitReference(reference);
      const request = resource === undefined ? undefined : spec.resources?.get(resource);
      const whole = text === `\${${reference}}`;
      if (
        !whole ||
        root !== "resources" ||
        resource === undefined ||
        keys.length > 0 ||
        request === undefined
      ) {
        return resolve(reference);
      }
      return resourceUid(name, resource, request);
    };
}

function located(path: string, action: () => string): string {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof ScoreError)) throw error;
    throw new RenderError("convert_placeholder", `${path}: ${error.message}`, {
      place: { path },
      cause: error,
    });
  }
}

/** What an error of the conversion is told as. */
function faultOf(error: unknown, path: string): RenderError | undefined {
  if (error instanceof MountConflict) {
    return new RenderError("convert_file", `${path}: ${error.message}`, { place: { path } });
  }
  return error instanceof RenderError ? error : undefined;
}

function withEscapedCommands(workload: WorkloadState): WorkloadState {
  const containers = new Map(workload.spec.containers);
  for (const [name, container] of containers) {
    containers.set(name, {
      ...container,
      ...(container.command === undefined ? {} : { command: escapeDollars(container.command) }),
      ...(container.args === undefined ? {} : { args: escapeDollars(container.args) }),
    });
  }
  return { ...workload, spec: { ...workload.spec, containers } };
}
