/** What templates can call: Sprig on compose, and more on k8s. */
import { sprigFunctions } from "../gotemplate/sprig/map.js";
import { type FunctionMap, GoFunction, type Host } from "../gotemplate/value.js";
import { placeholderScope } from "../provision/scope.js";
import { ScoreError } from "../score/error.js";
import { scopeResolver, substitute } from "../score/placeholders.js";
import type { ProjectState, Target } from "../score/project-state.js";
import { K8S_TEMPLATE_FUNCTIONS } from "./k8s/template-functions.js";

/** For the templates of provisioners. */
export const PROVISIONER_FUNCTIONS: Readonly<Record<Target, FunctionMap>> = {
  compose: sprigFunctions,
  k8s: new Map([...sprigFunctions, ...K8S_TEMPLATE_FUNCTIONS]),
};

/** For patch templates on k8s: they can substitute placeholders as a workload would. */
export function patchFunctions(state: ProjectState, host: Host): FunctionMap {
  return new Map([...sprigFunctions, ["substituteValue", substituteValue(state, host)]]);
}

/** `substituteValue "WORKLOAD" "TEXT"`: failures are text too, as in score-k8s. */
function substituteValue(state: ProjectState, host: Host): GoFunction {
  const source = { state, resources: state.resources, environments: new Set<string>(), host };
  const call = (_: unknown, workload: string, text: string): string => {
    try {
      return substitute(text, scopeResolver(placeholderScope(source, workload, "immediate")));
    } catch (error) {
      if (!(error instanceof ScoreError)) throw error;
      return `failed to substitute placeholders with:${text}`;
    }
  };
  return new GoFunction("substituteValue", ["string", "string"], call);
}
