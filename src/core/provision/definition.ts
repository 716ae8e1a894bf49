/** Where in the Score files the resources of a project are defined. */
import type { Place } from "../../errors.js";
import { formatYamlPath, type YamlPath } from "../codec/yaml-path.js";
import { resourceUsers } from "../score/prime.js";
import type { ProjectState } from "../score/project-state.js";

/** By uid: the name that the resource has in the workload whose definition counts. */
export type Definitions = ReadonlyMap<string, string>;

/** Of two names in one workload the first that gives params counts. */
export function findDefinitions(state: ProjectState): Definitions {
  const names = new Map<string, string>();
  const withParams = new Set<string>();
  for (const { workload, name, uid, request } of resourceUsers(state)) {
    if (state.resources.get(uid)?.sourceWorkload !== workload || withParams.has(uid)) continue;
    if (request.params !== undefined) withParams.add(uid);
    if (request.params !== undefined || !names.has(uid)) names.set(uid, name);
  }
  return names;
}

/** The place of a resource, or of what is at `path` in it; file and line are found from that. */
export function definitionPlace(
  definitions: Definitions,
  { resource, workload }: { readonly resource: string; readonly workload: string },
  path: YamlPath = [],
): Place {
  const name = definitions.get(resource);
  return name === undefined
    ? { workload }
    : { workload, path: formatYamlPath(["resources", name, ...path]) };
}
