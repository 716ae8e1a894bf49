/** The manifests that provisioners make for Kubernetes, by resource and in their order. */
import { formatYamlPath, parseYamlPath } from "../codec/yaml-path.js";
import type { Data, DataMap } from "../gotemplate/value.js";
import { OutputFormError, readMaps } from "../provision/output-form.js";
import type { PieceSink, Served } from "../provision/provision.js";
import type { TemplateKey } from "../recipe/provisioner.js";
import { K8sError } from "./k8s/error.js";
import { checkManifest } from "./k8s/manifest-check.js";
import type { ResourceManifests } from "./k8s/render.js";

export class ManifestPieces implements PieceSink {
  readonly keys: readonly TemplateKey[] = ["manifests"];
  readonly manifests: ResourceManifests[] = [];

  take(_key: TemplateKey, piece: Data, { uid, provisioner }: Served): void {
    const manifests = readMaps(piece);
    for (const [i, manifest] of manifests.entries()) checkEntry(i, manifest);
    this.manifests.push({ uid, provisioner, manifests });
  }
}

/** As a fault of the template's output, so that the error says whose template it was. */
function checkEntry(i: number, manifest: DataMap): void {
  try {
    checkManifest(manifest);
  } catch (cause) {
    if (!(cause instanceof K8sError)) throw cause;
    const below = parseYamlPath(cause.place?.path ?? "");
    const path = formatYamlPath(["manifests", i, ...below]);
    throw new OutputFormError(`manifests.${i}: ${cause.message}`, { path, cause });
  }
}
