/**
 * Lines and columns for faults of workloads. Whoever finds one says which workload it is in and the
 * path; only here is known what text that is.
 */
import { BackbarError, type Place } from "../../errors.js";
import { parseYamlPath } from "../codec/yaml-path.js";
import type { LoadedWorkload } from "../score/load.js";
import type { ProjectState } from "../score/project-state.js";

export type Locate = (place: Place) => Place;

/**
 * Completes places: those in Score files of this run get file, line and column; of a workload that
 * only the state knows there is no text, but the name of its file.
 */
export function placeFinder(loaded: readonly LoadedWorkload[], state: ProjectState): Locate {
  const given = new Map(loaded.map((one) => [one.name, one]));
  return (place) => {
    const { workload, path, line } = place;
    if (workload === undefined || line !== undefined) return place;
    const found = given.get(workload);
    if (found !== undefined) {
      const at = path === undefined ? {} : found.locate(parseYamlPath(path));
      return { file: found.input.path, ...at, workload, ...(path === undefined ? {} : { path }) };
    }
    const file = state.workloads.get(workload)?.file;
    return file === undefined ? place : { file, ...place };
  };
}

/** `error`, changed in place: its place and those of its problems are completed. */
export function locateError(error: unknown, locate: Locate): unknown {
  if (!(error instanceof BackbarError)) return error;
  const { place, problems } = error;
  return Object.assign(error, {
    place: place === undefined ? undefined : locate(place),
    problems: problems.map((problem) => locateFault(problem, locate)),
  });
}

/** A problem or a finding with its place completed. */
export function locateFault<T extends { readonly place?: Place }>(fault: T, locate: Locate): T {
  return fault.place === undefined ? fault : { ...fault, place: locate(fault.place) };
}
