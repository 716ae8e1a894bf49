/** What the placeholders of a workload see: its metadata, and the outputs of its resources so far. */
import type { Host } from "../gotemplate/value.js";
import { ScoreError } from "../score/error.js";
import { type OutputLookup, outputLookup, type PlaceholderScope } from "../score/placeholders.js";
import type { ProjectState, ResourceState } from "../score/project-state.js";
import { resourceUid } from "../score/resource-uid.js";
import { type EnvironmentMode, environmentLookup } from "./environment.js";

export interface ScopeSource {
  readonly state: Pick<ProjectState, "workloads">;
  readonly resources: ReadonlyMap<string, ResourceState>;
  /** Uids of the resources that are the process environment. */
  readonly environments: ReadonlySet<string>;
  readonly host: Host;
}

/**
 * The scope of `workload`. Outputs are looked up when a placeholder asks, so one scope serves while
 * resources are being provisioned.
 */
export function placeholderScope(
  source: ScopeSource,
  workload: string,
  mode: EnvironmentMode,
): PlaceholderScope {
  const spec = source.state.workloads.get(workload)?.spec;
  const resources = new Map<string, OutputLookup>();
  for (const [name, request] of spec?.resources ?? []) {
    const uid = resourceUid(workload, name, request);
    resources.set(name, (keys) => {
      if (source.environments.has(uid)) return environmentLookup(mode, source.host)(keys);
      const resource = source.resources.get(uid);
      if (resource === undefined) {
        throw new ScoreError("score_placeholder_no_resource", `no resource '${name}'`);
      }
      return outputLookup(resource.outputs)(keys);
    });
  }
  return { metadata: spec?.metadata ?? new Map(), resources };
}
