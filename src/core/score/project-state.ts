/**
 * What a project remembers between renders: Score's own `.score-compose/state.yaml` and
 * `.score-k8s/state.yaml`. Immutable: each step of a render returns a new one.
 */
import type { Data, DataMap } from "../gotemplate/value.js";
import type { Workload } from "./workload.js";

export const TARGETS = ["compose", "k8s"] as const;
export type Target = (typeof TARGETS)[number];

export interface ProjectState {
  readonly workloads: ReadonlyMap<string, WorkloadState>;
  /** By resource uid `type.class#id`. */
  readonly resources: ReadonlyMap<string, ResourceState>;
  readonly sharedState: DataMap;
  /** Texts of the patch templates in force, in order. */
  readonly patchingTemplates: readonly string[];
  /** compose only. */
  readonly composeProject?: string;
  /** compose only, `.score-compose/mounts` unless the state says otherwise. */
  readonly mountsDirectory?: string;
}

export interface WorkloadState {
  readonly spec: Workload;
  /** Path of the Score file as it was given. */
  readonly file?: string;
  /** compose: container name -> Compose build section, normalised. */
  readonly buildConfigs?: ReadonlyMap<string, DataMap>;
  /** k8s: `-` and ten hex digits. */
  readonly instanceSuffix?: string;
}

export interface ResourceState {
  readonly guid: string;
  readonly type: string;
  readonly class: string;
  readonly id: string;
  readonly metadata: DataMap;
  /** null when no definition has params: templates then see a nil map. */
  readonly params: DataMap | null;
  readonly sourceWorkload: string;
  /** The `uri` of the provisioner that served it last; "" before the first. */
  readonly provisioner: string;
  readonly state: DataMap;
  readonly outputs?: ReadonlyMap<string, Data>;
}
