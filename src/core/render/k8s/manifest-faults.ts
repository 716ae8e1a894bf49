/** What is wrong with a manifest, and which kinds nobody here can tell it of. */
import { parseYamlPath } from "../../codec/yaml-path.js";
import type { DataMap } from "../../gotemplate/value.js";
import type { Finding } from "../contract.js";
import { K8sError } from "./error.js";
import { checkManifest, checkManifestStrictly } from "./manifest-check.js";

export interface ManifestFault {
  readonly message: string;
  /** Inside the manifest. */
  readonly path: readonly string[];
  readonly hint?: string;
}

/** All faults of a manifest as score-k8s sees it, or with `strict` as a cluster would. */
export function manifestFaults(
  manifest: DataMap,
  { strict }: { readonly strict: boolean },
): ManifestFault[] {
  try {
    if (strict) checkManifestStrictly(manifest);
    else checkManifest(manifest);
    return [];
  } catch (error) {
    if (!(error instanceof K8sError)) throw error;
    const faults = error.problems.length > 0 ? error.problems : [error];
    return faults.map(({ message, place, hint }) => ({
      message,
      path: parseYamlPath(place?.path ?? ""),
      ...(hint === undefined ? {} : { hint }),
    }));
  }
}

/** A note for each kind in valid manifests that is not Kubernetes' own: only its cluster can check it. */
export function customKinds(manifests: readonly DataMap[]): Finding[] {
  const counts = new Map<string, number>();
  for (const { apiVersion, kind } of manifests.flatMap(checkManifestStrictly)) {
    const name = `${kind} of ${apiVersion}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => ({
    code: "k8s_kind_custom",
    message: `${count} ${count === 1 ? "manifest" : "manifests"} not checked: ${name} is a custom kind`,
  }));
}
