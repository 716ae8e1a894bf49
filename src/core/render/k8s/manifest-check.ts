/**
 * The check of manifests that provisioners make, as score-k8s does it: kinds of the groups core v1,
 * apps v1, v1beta1 and v1beta2, networking v1 and v1beta1 are read strictly; every other kind only
 * needs `apiVersion`, `kind` and a JSON form. Nothing is changed.
 */
import type { Data } from "../../gotemplate/value.js";
import { K8sError } from "./error.js";
import { type Json, type JsonMap, toJson } from "./json-value.js";
import { kindStruct } from "./model.js";
import { structValue } from "./model-value.js";

/**
 * @throws {K8sError} k8s_manifest_form; `place.path` is the path inside the manifest
 */
export function checkManifest(manifest: Data): void {
  try {
    const json = toJson(manifest, "yaml");
    const map: JsonMap = json instanceof Map ? json : refuse("a manifest is a map");
    const struct = kindStruct(apiVersionOf(map), kindOf(map));
    if (struct !== undefined) structValue(struct, map, "exact");
  } catch (cause) {
    if (!(cause instanceof K8sError)) throw cause;
    throw new K8sError("k8s_manifest_form", cause.message, { place: cause.place ?? {}, cause });
  }
}

function apiVersionOf(manifest: JsonMap): string {
  const apiVersion = textField(manifest, "apiVersion");
  const parts = apiVersion.split("/");
  if (parts.length > 2) refuse(`'${apiVersion}' is not an apiVersion`);
  if (parts.at(-1) === "") refuse("no apiVersion");
  return apiVersion;
}

function kindOf(manifest: JsonMap): string {
  const kind = textField(manifest, "kind");
  return kind === "" ? refuse("no kind") : kind;
}

/** Kubernetes looks for these two in any case, before it knows the kind. */
function textField(manifest: JsonMap, name: string): string {
  let found: Json = "";
  for (const [key, value] of [...manifest].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (key.toLowerCase() === name.toLowerCase() && value !== null) found = value;
  }
  return typeof found === "string" ? found : refuse(`${name} is not text`);
}

function refuse(message: string): never {
  throw new K8sError("k8s_manifest_form", message);
}
