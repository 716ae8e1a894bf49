/**
 * Priming: every resource that the workloads ask for gets its record in the state, new ones with a
 * guid, remembered ones with the metadata and params of this run.
 */

import { compareBytes } from "../codec/key-order.js";
import { formatYamlPath } from "../codec/yaml-path.js";
import { deepEqual } from "../gotemplate/equal.js";
import type { DataMap } from "../gotemplate/value.js";
import { ScoreError } from "./error.js";
import { ProblemList } from "./problems.js";
import type { ProjectState, ResourceState } from "./project-state.js";
import { parseResourceUid, resourceUid } from "./resource-uid.js";
import type { ResourceRequest, Workload } from "./workload.js";

/** One resource that a workload asks for. */
export interface ResourceUser {
  readonly workload: string;
  /** The workload's own name for it. */
  readonly name: string;
  readonly uid: string;
  readonly request: ResourceRequest;
}

/** What every workload of the state asks for, by workload name and resource name in byte order. */
export function resourceUsers(state: ProjectState): ResourceUser[] {
  return sortedNames(state.workloads).flatMap((workload) => {
    const spec = state.workloads.get(workload)?.spec;
    return spec === undefined ? [] : usersIn(workload, spec);
  });
}

/**
 * `state` with all resources primed. The first definition of a shared resource sets metadata, params
 * and source workload; a later one with params becomes the source; both may differ only where one
 * has none. `randomBytes` is asked for 16 bytes per new resource.
 * @throws {ScoreError} score_resource_conflict, with every one in `problems`
 */
export function primeResources(
  state: ProjectState,
  randomBytes: (size: number) => Uint8Array,
): ProjectState {
  const resources = new Map(state.resources);
  const definitions = new Map<string, Definition>();
  const problems: Conflicts = new ProblemList();
  for (const user of resourceUsers(state)) {
    const before = definitions.get(user.uid);
    const definition = before === undefined ? define(user) : join(before, user, problems);
    definitions.set(user.uid, definition);
    const known = resources.get(user.uid) ?? newResource(user.uid, randomBytes);
    resources.set(user.uid, {
      ...known,
      metadata: definition.metadata ?? new Map(),
      params: definition.params ?? null,
      sourceWorkload: definition.sourceWorkload,
    });
  }
  const all = problems.join();
  if (all !== undefined) throw new ScoreError(all.code, all.message, all.details);
  return { ...state, resources };
}

type Conflicts = ProblemList<"score_resource_conflict">;

function usersIn(workload: string, spec: Workload): ResourceUser[] {
  const requests = spec.resources ?? new Map<string, ResourceRequest>();
  return [...requests]
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([name, request]) => ({
      workload,
      name,
      uid: resourceUid(workload, name, request),
      request,
    }));
}

interface Definition {
  readonly metadata: DataMap | undefined;
  readonly params: DataMap | undefined;
  readonly sourceWorkload: string;
}

function define({ request, workload }: ResourceUser): Definition {
  return {
    metadata: request.metadata,
    params: request.params && new Map(request.params),
    sourceWorkload: workload,
  };
}

function join(before: Definition, user: ResourceUser, problems: Conflicts): Definition {
  const { params, metadata } = define(user);
  checkSame(user, "params", before.params, params, problems);
  checkSame(user, "metadata", before.metadata, metadata, problems);
  return {
    metadata: metadata ?? before.metadata,
    params: params ?? before.params,
    sourceWorkload: params === undefined ? before.sourceWorkload : user.workload,
  };
}

/** Types count, as in Go: 1 is not 1.0, and an empty map is not an absent one. */
function checkSame(
  user: ResourceUser,
  what: "params" | "metadata",
  before: DataMap | undefined,
  now: DataMap | undefined,
  problems: Conflicts,
): void {
  if (before === undefined || now === undefined || deepEqual(before, now)) return;
  problems.add(user.workload, "score_resource_conflict", () => ({
    message: `resource '${user.uid}': workload '${user.workload}' defines it with other ${what}`,
    place: { workload: user.workload, path: formatYamlPath(["resources", user.name, what]) },
    hint: "workloads that share a resource give it the same params and metadata, or only one gives them",
  }));
}

function newResource(uid: string, randomBytes: (size: number) => Uint8Array): ResourceState {
  const {
    type,
    class: resourceClass,
    id,
  } = parseResourceUid(uid) ?? { type: uid, class: "", id: "" };
  return {
    guid: makeGuid(randomBytes(16)),
    type,
    class: resourceClass,
    id,
    metadata: new Map(),
    params: null,
    sourceWorkload: "",
    provisioner: "",
    state: new Map(),
  };
}

/** Hex in the form of a version 4 UUID; like the Score CLIs it leaves the variant bits random. */
export function makeGuid(bytes: Uint8Array): string {
  const hex = [...bytes.subarray(0, 16)]
    .map((byte, i) => (i === 6 ? (byte & 0x0f) | 0x40 : byte).toString(16).padStart(2, "0"))
    .join("");
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return [...parts, hex.slice(20)].join("-");
}

function sortedNames(map: ReadonlyMap<string, unknown>): string[] {
  return [...map.keys()].sort(compareBytes);
}
