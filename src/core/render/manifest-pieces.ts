/** The manifests that provisioners make for Kubernetes, by resource and in their order. */
import { formatYamlPath } from "../codec/yaml-path.js";
import type { Data } from "../gotemplate/value.js";
import { type OutputFault, OutputFormError, readMaps } from "../provision/output-form.js";
import type { PieceSink, Served } from "../provision/provision.js";
import type { TemplateKey } from "../recipe/provisioner.js";
import { manifestFaults } from "./k8s/manifest-faults.js";
import { nameManifest } from "./k8s/manifest-list.js";
import type { ResourceManifests } from "./k8s/render.js";

export class ManifestPieces implements PieceSink {
  readonly name: string;
  readonly keys: readonly TemplateKey[] = ["manifests"];
  readonly manifests: ResourceManifests[] = [];
  readonly #strict: boolean;

  /** `strict` checks all built-in kinds, not only those that score-k8s knows. */
  constructor({ strict }: { readonly strict: boolean }) {
    this.#strict = strict;
    this.name = strict ? "strict manifests" : "manifests";
  }

  /** What is not valid is a fault of the template's output, so that the error says whose it was. */
  take(key: TemplateKey, piece: Data, served: Served): void {
    const manifests = readMaps(piece, "manifests");
    const faults = manifests.flatMap((manifest, i) =>
      manifestFaults(manifest, { strict: this.#strict }).map(
        ({ message, path, hint }): OutputFault => ({
          message: `${nameManifest(manifest, i)}: ${message}`,
          path: formatYamlPath(["manifests", i, ...path]),
          ...(hint === undefined ? {} : { hint }),
        }),
      ),
    );
    const [first] = faults;
    if (first !== undefined) throw new OutputFormError(first.message, faults);
    this.takeAgain(key, piece, served);
  }

  takeAgain(_key: TemplateKey, piece: Data, { uid, provisioner }: Served): void {
    this.manifests.push({ uid, provisioner, manifests: readMaps(piece, "manifests") });
  }
}
