/** What crosses between the service and a render worker: plain values that a thread can be sent. */

import type { Removal } from "../../core/provision/mounts.js";
import type { ResourceMetadata } from "../../core/recipe/metadata.js";
import type { RecipeRef } from "../../core/recipe/provisioner.js";
import type {
  Finding,
  PatchTemplate,
  RenderedFile,
  RenderLimits,
  SourceFiles,
} from "../../core/render/contract.js";
import type { ExampleJob, ExampleOutcome } from "../../core/render/example.js";
import type { ManifestFile } from "../../core/render/k8s/manifest-files.js";
import type { WorkloadInput } from "../../core/score/load.js";
import type { Target } from "../../core/score/project-state.js";
import type { Place, Problem } from "../../errors.js";

/** What a release serves for one target; `key` names all of it, so that a worker takes it in once. */
export interface ServedTarget {
  readonly key: string;
  /** The combined provisioners file. */
  readonly provisioners: string;
  /** For each provisioner of that file, in order. */
  readonly origins: readonly ProvisionerOrigin[];
  /** In the order in which they apply. */
  readonly patchTemplates: readonly PatchTemplate[];
}

export interface ProvisionerOrigin {
  readonly recipe: RecipeRef;
  /** What the recipe says of the type. */
  readonly resource?: ResourceMetadata;
}

export interface RenderJob {
  readonly target: Target;
  readonly workloads: readonly WorkloadInput[];
  readonly served: ServedTarget;
  /** Applied after those of the release. */
  readonly patchTemplates: readonly PatchTemplate[];
  /** State in the CLI's own format; undefined starts empty. */
  readonly stateText: string | undefined;
  /** Compose project name of a state that starts empty. */
  readonly composeProject: string;
  readonly namespace: string | undefined;
  readonly generateNamespace: boolean;
  /** k8s: see `RenderInput`. */
  readonly strict: boolean;
  /** Likewise. */
  readonly imagesByDigest: boolean;
  readonly publish: readonly string[];
  /** What `env` and the `environment` resource see. */
  readonly environment: ReadonlyMap<string, string>;
  readonly knownSecrets: readonly string[];
  readonly rememberedSourceFiles: SourceFiles;
  /** The documents as YAML text, as the text of a JSON array, or k8s: as a file for each. */
  readonly form: "yaml" | "json" | "files" | "json+yaml" | "json+files";
  readonly limits?: Partial<RenderLimits>;
}

/** A job as a worker gets it: what it has taken in before is not sent again. */
export interface WorkerJob extends Omit<RenderJob, "served"> {
  readonly served: ServedTarget | Pick<ServedTarget, "key">;
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
  /** The documents in the form that the job asks for; JSON is a text because numbers keep all their digits so. Empty for files. */
  readonly documents: string;
  /** The YAML text beside JSON, where the job asks for both. */
  readonly text: string | undefined;
  /** The documents as files, where the job asks for files. */
  readonly manifests: readonly ManifestFile[] | undefined;
  readonly files: readonly RenderedFile[];
  readonly emptyDirectories: readonly string[];
  /** What provisioners delete below the mounts directory, before files are written there. */
  readonly removals: readonly Removal[];
  readonly mountsDirectory: string | undefined;
  readonly stateText: string;
  readonly infoLogs: readonly { readonly resource: string; readonly text: string }[];
  readonly warnings: readonly Finding[];
  readonly notes: readonly Finding[];
  readonly resources: readonly RenderedResource[];
  readonly workloads: readonly string[];
  readonly secrets: readonly string[];
  readonly sourceFiles: SourceFiles;
  /** Whether the same job has the same outcome again: neither random bytes nor the time went into it. */
  readonly repeatable: boolean;
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

export type RenderReply =
  | { readonly outcome: RenderOutcome }
  | { readonly fault: RenderFault }
  /** The worker has not taken in what the job's key names. */
  | { readonly unknownKey: string };

export type ExampleReply = { readonly outcome: ExampleOutcome } | { readonly fault: RenderFault };

/** Renders jobs somewhere that a bad one cannot hurt the service. */
export interface Renderer {
  render(job: RenderJob): Promise<RenderOutcome>;
  /** Renders one example of a recipe, the same each time; nothing of it is remembered. */
  renderExample(job: ExampleJob): Promise<ExampleOutcome>;
  close(): Promise<void>;
}
