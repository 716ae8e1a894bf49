/**
 * Resources of type `environment` on Compose: their outputs are the variables of the process that
 * runs Compose. In variables they stay `${NAME}` for Compose to fill in; where a value is needed at
 * once it comes from the request.
 */
import type { Host } from "../gotemplate/value.js";
import type { ResourceKey } from "../recipe/match.js";
import type { Provisioner } from "../recipe/provisioner.js";
import { ScoreError } from "../score/error.js";
import type { OutputLookup } from "../score/placeholders.js";

/** Serves `environment` where no provisioner of that type is loaded. */
export const BUILTIN_ENVIRONMENT: Provisioner = {
  uri: "builtin://environment",
  type: "environment",
  class: "default",
  description: "The environment of the process that runs Compose",
  supportedParams: [],
  expectedOutputs: [],
  templates: new Map(),
  file: "",
  line: 0,
};

/** Resources with an id of their own are no part of one workload's environment. */
export function builtinServes(resource: ResourceKey): boolean {
  return (
    resource.type === "environment" && resource.class === "default" && resource.id.includes(".")
  );
}

/** How placeholders read an environment resource. */
export type EnvironmentMode = "deferred" | "immediate";

export function environmentLookup(mode: EnvironmentMode, host: Host): OutputLookup {
  return (keys) => {
    const [name, ...rest] = keys;
    if (name === undefined || rest.length > 0) {
      throw new ScoreError("score_placeholder_incomplete", "an environment resource takes one key");
    }
    if (mode === "deferred") return `\${${name}}`;
    const value = host.env(name);
    if (value !== undefined) return value;
    throw new ScoreError(
      "score_placeholder_key",
      `the environment variable '${name}' must be given`,
    );
  };
}
