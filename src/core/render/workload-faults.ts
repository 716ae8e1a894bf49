/** Faults and findings of the conversion of workloads, with the workload that they are in. */
import type { BackbarError, Place } from "../../errors.js";
import type { ProblemList } from "../score/problems.js";
import type { WorkloadState } from "../score/project-state.js";
import type { Finding } from "./contract.js";

/**
 * Runs a step that converts what is at `path`. Undefined where that has a fault: it is kept and
 * reported with those of other steps.
 */
export type Collect = <T>(path: string, step: () => T) => T | undefined;

/**
 * Keeps faults in `problems`. `faultOf` gives what an error of the step at `path` is to be told as;
 * undefined lets it go on.
 */
export function collector<Code extends string>(
  name: string,
  workload: WorkloadState,
  problems: ProblemList<Code>,
  faultOf: (error: unknown, path: string) => BackbarError<Code> | undefined,
): Collect {
  return (path, step) => {
    try {
      return step();
    } catch (error) {
      const fault = faultOf(error, path);
      if (fault === undefined) throw error;
      const { code, message, place, hint } = fault;
      problems.add(name, code, () => ({
        message: `workload '${name}': ${message}`,
        place: { ...placeOf(name, workload), ...place },
        ...(hint === undefined ? {} : { hint }),
      }));
      return undefined;
    }
  };
}

/** `finding`, in the file of its workload. */
export function inWorkload<T extends Finding>(
  name: string,
  workload: WorkloadState,
  finding: T,
): T {
  return { ...finding, place: { ...placeOf(name, workload), ...finding.place } };
}

function placeOf(name: string, { file }: WorkloadState): Place {
  return { ...(file === undefined ? {} : { file }), workload: name };
}
