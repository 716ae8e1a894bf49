/** The manifests that provisioners make, checked and collected in the order of provisioning. */
import type { Data, DataMap } from "../../gotemplate/value.js";
import { OutputFormError, readMaps } from "../../provision/output-form.js";
import type { PieceSink, Served } from "../../provision/provision.js";
import type { Provisioner, TemplateKey } from "../../recipe/provisioner.js";
import { K8sError } from "./error.js";
import { checkManifest } from "./manifest-check.js";

/** What the `manifests` template of one resource's provisioner gave. */
export interface ResourceManifests {
  /** Uid of the resource. */
  readonly uid: string;
  readonly provisioner: Provisioner;
  readonly manifests: readonly Data[];
}

export class ManifestPieces implements PieceSink {
  readonly keys: readonly TemplateKey[] = ["manifests"];
  readonly #byUid = new Map<string, ResourceManifests>();

  /** In the order of provisioning. */
  get manifests(): ResourceManifests[] {
    return [...this.#byUid.values()];
  }

  /**
   * Takes one resource's manifests. A resource that is provisioned twice counts where it was last.
   * @throws {OutputFormError} for what is no list of maps, or what Kubernetes would not read
   */
  take(_key: TemplateKey, piece: Data, { uid, provisioner }: Served): void {
    const manifests = readMaps(piece);
    for (const [i, manifest] of manifests.entries()) checkEntry(i, manifest);
    this.#byUid.delete(uid);
    this.#byUid.set(uid, { uid, provisioner, manifests });
  }
}

function checkEntry(i: number, manifest: DataMap): void {
  try {
    checkManifest(manifest);
  } catch (cause) {
    if (!(cause instanceof K8sError)) throw cause;
    throw new OutputFormError(`manifests.${i}: ${cause.message}`, { cause });
  }
}
