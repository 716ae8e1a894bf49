/** What templates of score-k8s can call: Sprig's functions, and one more for each kind of template. */
import { sprigFunctions } from "../../gotemplate/sprig/map.js";
import { type FunctionMap, GoFunction } from "../../gotemplate/value.js";
import { ScoreError } from "../../score/error.js";
import { substitute } from "../../score/placeholders.js";
import type { ProjectState } from "../../score/project-state.js";
import { workloadResolver } from "./placeholders.js";
import { encodeSecretRef } from "./secret-ref.js";

/** For provisioners: `encodeSecretRef "SECRET" "KEY"`. */
export const k8sFunctions: FunctionMap = new Map([
  ...sprigFunctions,
  [
    "encodeSecretRef",
    new GoFunction("encodeSecretRef", ["string", "string"], (_, name: string, key: string) =>
      encodeSecretRef(name, key),
    ),
  ],
]);

/** For patch templates: `substituteValue "WORKLOAD" "TEXT"` replaces the text's placeholders. */
export function patchFunctions(state: ProjectState): FunctionMap {
  const substituteValue = (_: unknown, workload: string, text: string) => {
    try {
      return substitute(text, workloadResolver(workload, state));
    } catch (error) {
      if (!(error instanceof ScoreError)) throw error;
      // score-k8s puts the failure into the result, and patches carry on with it.
      return `failed to substitute placeholders with:${text}`;
    }
  };
  return new Map([
    ...sprigFunctions,
    ["substituteValue", new GoFunction("substituteValue", ["string", "string"], substituteValue)],
  ]);
}
