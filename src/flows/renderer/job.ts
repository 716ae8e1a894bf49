/** What crosses between the service and a render worker: plain values that a thread can be sent. */

import type { RecipeRef } from "../../core/recipe/provisioner.js";
import type {
  Finding,
  PatchTemplate,
  RenderedFile,
  RenderLimits,
  SourceFiles,
} from "../../core/render/contract.js";
import type { WorkloadInput } from "../../core/score/load.js";
import type { Target } from "../../core/score/project-state.js";
import type { Place, Problem } from "../../errors.js";

/** The combined provisioners of one target; `digest` names the text, so that workers parse it once. */
export interface ProvisionerSet {
  readonly digest: string;
  readonly text: string;
  /** For each provisioner of the text, in order. */
  readonly origins: readonly ProvisionerOrigin[];
}

export interface ProvisionerOrigin {
  readonly recipe: RecipeRef;
  /** What the recipe says of the type, `ResourceMetadata` as JSON: text is sent faster than objects. */
  readonly resource?: string;
}

export interface RenderJob {
  readonly target: Target;
  readonly workloads: readonly WorkloadInput[];
  readonly provisioners: ProvisionerSet;
  readonly patchTemplates: readonly PatchTemplate[];
  /** State in the CLI's own format; undefined starts empty. */
  readonly stateText: string | undefined;
  /** Compose project name of a state that starts empty. */
  readonly composeProject: string;
  readonly namespace: string | undefined;
  readonly generateNamespace: boolean;
  readonly publish: readonly string[];
  /** What `env` and the `environment` resource see. */
  readonly environment: ReadonlyMap<string, string>;
  readonly knownSecrets: readonly string[];
  readonly rememberedSourceFiles: SourceFiles;
  readonly limits?: Partial<RenderLimits>;
}

export interface RenderedResource {
  readonly uid: string;
  readonly type: string;
  readonly class: string;
  readonly id: string;
  readonly workloads: readonly string[];
  readonly provisioner: string;
  readonly recipe?: RecipeRef;
  /** Outputs as JSON text, secret ones masked. */
  readonly outputsJson: string;
}

export interface RenderOutcome {
  /** The documents as YAML text. */
  readonly text: string;
  /** The documents as a JSON array; text, because numbers keep all their digits so. */
  readonly documentsJson: string;
  readonly files: readonly RenderedFile[];
  readonly emptyDirectories: readonly string[];
  readonly mountsDirectory: string | undefined;
  readonly stateText: string;
  readonly infoLogs: readonly { readonly resource: string; readonly text: string }[];
  readonly warnings: readonly Finding[];
  readonly resources: readonly RenderedResource[];
  readonly workloads: readonly string[];
  readonly secrets: readonly string[];
  readonly sourceFiles: SourceFiles;
}

/** A BackbarError as it leaves a worker. */
export interface RenderFault {
  readonly code: string;
  readonly name: string;
  readonly message: string;
  readonly place?: Place;
  readonly hint?: string;
  readonly problems: readonly Problem[];
}

export type RenderReply = { readonly outcome: RenderOutcome } | { readonly fault: RenderFault };

/** Renders jobs somewhere that a bad one cannot hurt the service. */
export interface Renderer {
  render(job: RenderJob): Promise<RenderOutcome>;
  close(): Promise<void>;
}
