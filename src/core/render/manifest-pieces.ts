/** The manifests that provisioners make for Kubernetes, by resource and in their order. */
import type { Data } from "../gotemplate/value.js";
import { readMaps } from "../provision/output-form.js";
import type { PieceSink, Served } from "../provision/provision.js";
import type { TemplateKey } from "../recipe/provisioner.js";
import { checkManifests, type ResourceManifests } from "./k8s/render.js";

export class ManifestPieces implements PieceSink {
  readonly keys: readonly TemplateKey[] = ["manifests"];
  readonly manifests: ResourceManifests[] = [];

  take(_key: TemplateKey, piece: Data, { uid, provisioner }: Served): void {
    const made = { uid, provisioner, manifests: readMaps(piece) };
    checkManifests([made]);
    this.manifests.push(made);
  }
}
