/** What goes into a render and what comes out of it: the same for both targets. */

import type { Place } from "../../errors.js";
import type { Data, Host } from "../gotemplate/value.js";
import type { Readings } from "../provision/engine.js";
import type { Removal } from "../provision/mounts.js";
import type { Provisionings } from "../provision/remembered.js";
import type { Provisioner, RecipeRef } from "../recipe/provisioner.js";
import type { WorkloadInput } from "../score/load.js";
import type { ProjectState, Target } from "../score/project-state.js";

export type { WorkloadInput };

/** A patch template, with the recipe it came from where there is one. */
export interface PatchTemplate {
  readonly name: string;
  readonly text: string;
  readonly recipe?: RecipeRef;
}

/** By workload name, then by cleaned path relative to the Score file's folder. */
export type SourceFiles = ReadonlyMap<string, ReadonlyMap<string, Uint8Array>>;

export interface RenderInput {
  readonly target: Target;
  /** Those given in this run; the state's other workloads are rendered as well. */
  readonly workloads: readonly WorkloadInput[];
  /** In order of precedence: the first match wins. */
  readonly provisioners: readonly Provisioner[];
  /** In the order they apply. Undefined: those kept in the state stay in force. */
  readonly patchTemplates?: readonly PatchTemplate[];
  readonly state: ProjectState;
  /** What the containers of remembered workloads mount by `source`. */
  readonly rememberedSourceFiles?: SourceFiles;
  readonly namespace?: string;
  readonly generateNamespace?: boolean;
  /**
   * k8s: every manifest of a built-in kind is checked, also after patches, and what score-k8s does
   * without a word is a fault. A Compose document is always checked.
   */
  readonly strict?: boolean;
  /** Refuses a result with images that are not named by their digest. */
  readonly imagesByDigest?: boolean;
  /** compose: `HOST_PORT:REF:CONTAINER_PORT`, applied last. */
  readonly publish?: readonly string[];
  /** Secrets that earlier renders of this project made; masked in errors and findings. */
  readonly knownSecrets?: readonly string[];
  readonly host: Host;
  /** Kept from one render to the next: outputs of templates that were read before are not again. */
  readonly readings?: Readings;
  /** Likewise: what provisioning came to, for renders in which it would see the same. */
  readonly provisionings?: Provisionings;
  readonly limits?: Partial<RenderLimits>;
}

/** Budgets of one render; exceeding one is an error that names it. */
export interface RenderLimits {
  readonly templateSteps: number;
  readonly templateOutputBytes: number;
  readonly templateMemoryBytes: number;
  readonly templateDepth: number;
}

export interface RenderedFile {
  /** compose: path below the mounts directory; slash-separated, never absolute, no `..`. */
  readonly path: string;
  /** Permission bits, e.g. 0o644. */
  readonly mode: number;
  readonly content: Uint8Array;
}

/** Something a caller should know of that did not stop the render. */
export interface Finding {
  readonly code: string;
  readonly message: string;
  readonly place?: Place;
}

/** Which provisioner served a resource, and for whom. */
export interface ResourceUse {
  readonly uid: string;
  readonly type: string;
  readonly class: string;
  readonly id: string;
  /** Names of the workloads that ask for it, sorted. */
  readonly workloads: readonly string[];
  /** The provisioner's uri. */
  readonly provisioner: string;
  readonly recipe?: RecipeRef;
  /** Outputs, secret ones masked. */
  readonly outputs: ReadonlyMap<string, Data>;
}

export interface RenderResult {
  /** compose: one document; k8s: the manifests in order. */
  readonly documents: readonly Data[];
  /** The documents as YAML text, as the CLI would write it; made when it is asked for. */
  readonly text: string;
  readonly files: readonly RenderedFile[];
  readonly emptyDirectories: readonly string[];
  /** What provisioners delete below the mounts directory; to be done before files are written there. */
  readonly removals: readonly Removal[];
  readonly state: ProjectState;
  readonly infoLogs: readonly { readonly resource: string; readonly text: string }[];
  readonly warnings: readonly Finding[];
  /** What a caller may want to know, though nothing is wrong with it. */
  readonly notes: readonly Finding[];
  readonly resources: readonly ResourceUse[];
  /** What the next render needs as `rememberedSourceFiles`. */
  readonly sourceFiles: SourceFiles;
  /** Every secret text known after this render that the new state still holds. */
  readonly secrets: readonly string[];
  /** Whether no random bytes and no time went into it: the same input gives the same result again. */
  readonly repeatable: boolean;
}
