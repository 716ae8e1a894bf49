/** What a render came to, wherever it was made. */
import type { Finding, RenderedFile } from "../../core/render/contract.js";
import type { ManifestFile } from "../../core/render/k8s/manifest-files.js";

export interface Rendering {
  /** The document, or a file for each manifest. */
  readonly document: { readonly text: string } | { readonly manifests: readonly ManifestFile[] };
  /** Paths of files, folders and removals are clean, local and relative to the document's folder. */
  readonly files: readonly RenderedFile[];
  readonly emptyDirectories: readonly string[];
  readonly removals: readonly { readonly path: string; readonly directory: boolean }[];
  /** The text of the new state; undefined where a registry keeps it. */
  readonly state: string | undefined;
  /** The Compose project's name; with a registry's project, that one's. */
  readonly project: string | undefined;
  /** All that are in the document, sorted. */
  readonly workloads: readonly string[];
  /** Without their outputs, which may be secret. */
  readonly resources: readonly object[];
  readonly infoLogs: readonly { readonly resource: string; readonly text: string }[];
  readonly warnings: readonly (Finding & { readonly hint?: string })[];
  readonly notes: readonly Finding[];
  /** Of a registry's render: where the recipes came from. */
  readonly by?: {
    readonly environment: string;
    readonly release: { readonly number: number; readonly digest: string };
    /** Of the state that the registry keeps. */
    readonly stateRevision?: number;
  };
}
