/** The list of documents of one render: one document per signature, the last one counts. */
import type { Data, DataMap } from "../../gotemplate/value.js";
import { mapOf } from "./document.js";

/** What makes two documents the same object of a cluster, as score-k8s sees it. */
function signature(manifest: DataMap): string {
  const metadata = manifest.get("metadata");
  const inMetadata = (key: string) => text(metadata instanceof Map ? metadata.get(key) : undefined);
  return JSON.stringify([
    text(manifest.get("apiVersion")),
    text(manifest.get("kind")),
    inMetadata("namespace"),
    inMetadata("name"),
  ]);
}

/** `manifests.2 (Deployment 'web')`, for messages. */
export function nameManifest(manifest: DataMap, index: number): string {
  const metadata = manifest.get("metadata");
  const name = text(metadata instanceof Map ? metadata.get("name") : undefined);
  const kind = text(manifest.get("kind")) || "without a kind";
  return `manifests.${index} (${kind}${name === "" ? "" : ` '${name}'`})`;
}

function text(value: Data | undefined): string {
  return typeof value === "string" ? value : "";
}

/** Of documents with one signature only the last stays, at its own place. */
export function withoutReplaced(manifests: readonly DataMap[]): DataMap[] {
  const bySignature = new Map<string, DataMap>();
  for (const manifest of manifests) {
    const key = signature(manifest);
    bySignature.delete(key);
    bySignature.set(key, manifest);
  }
  return [...bySignature.values()];
}

/** Every document that has metadata in `namespace`, cluster-scoped ones as well, but for Namespaces. */
export function inNamespace(manifests: readonly DataMap[], namespace: string): DataMap[] {
  return manifests.map((manifest) => {
    const metadata = manifest.get("metadata");
    if (manifest.get("kind") === "Namespace" || !(metadata instanceof Map)) return manifest;
    return new Map(manifest).set("metadata", new Map(metadata).set("namespace", namespace));
  });
}

export function namespaceManifest(name: string): DataMap {
  const labels = mapOf({ "app.kubernetes.io/managed-by": "score-k8s" });
  return mapOf({ apiVersion: "v1", kind: "Namespace", metadata: mapOf({ name, labels }) });
}
