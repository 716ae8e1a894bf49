/** The checks of manifests. Nothing is changed. */
import { childPath } from "../../codec/yaml-path.js";
import type { Data } from "../../gotemplate/value.js";
import { ProblemList } from "../../score/problems.js";
import { K8sError, type K8sErrorCode } from "./error.js";
import { foldedName, type Json, type JsonMap, toJson } from "./json-value.js";
import { builtInKind, type Kind, kindStruct, nearKinds } from "./kinds.js";
import { modelFault } from "./model-scalar.js";
import { structFaults, structValue } from "./model-value.js";
import { unreadableTexts } from "./unreadable-text.js";

/**
 * The check of manifests that provisioners make, as score-k8s does it: kinds of the groups core v1,
 * apps v1, v1beta1 and v1beta2, networking v1 and v1beta1 are read strictly; every other kind only
 * needs `apiVersion`, `kind` and a JSON form.
 * @throws {K8sError} k8s_manifest_form; `place.path` is the path inside the manifest
 */
export function checkManifest(manifest: Data): void {
  try {
    const json = toJson(manifest, "yaml");
    const map: JsonMap = json instanceof Map ? json : refuse("a manifest is a map");
    const { apiVersion, kind } = kindOf(map);
    const struct = kindStruct(apiVersion, kind);
    if (struct !== undefined) structValue(struct, map, "exact");
  } catch (cause) {
    if (!(cause instanceof K8sError)) throw cause;
    throw new K8sError("k8s_manifest_form", cause.message, { place: cause.place ?? {}, cause });
  }
}

/**
 * The check of a document as it is written out, as the Kubernetes API does it with field validation
 * `Strict`: all of Kubernetes' own kinds are read strictly, also those inside a `List`; a custom kind
 * only needs `apiVersion`, `kind` and a JSON form. All faults are told together. The answer has the
 * custom kinds of the document and of those inside it, which could not be checked.
 * @throws {K8sError} k8s_manifest_form, k8s_kind_unknown; `place.path` is the path inside the manifest
 */
export function checkManifestStrictly(manifest: Data): readonly Kind[] {
  const check = new StrictCheck();
  check.document(manifest);
  const found = check.problems.join();
  if (found !== undefined) throw new K8sError(found.code, found.message, found.details);
  return check.custom;
}

class StrictCheck {
  readonly problems = new ProblemList<K8sErrorCode>();
  readonly custom: Kind[] = [];

  document(manifest: Data): void {
    try {
      const json = toJson(manifest, "yaml");
      for (const path of unreadableTexts(json, "")) {
        this.#add("k8s_manifest_form", modelFault(path, UNREADABLE));
      }
      this.#object(json, "");
    } catch (fault) {
      this.#add("k8s_manifest_form", fault);
    }
  }

  #object(object: Json, path: string): void {
    const map: JsonMap = object instanceof Map ? object : refuse("a manifest is a map", path);
    const kind = kindOf(map, path);
    const found = builtInKind(kind.apiVersion, kind.kind);
    if (found.is === "unknown") this.#unknownKind(kind, path);
    else if (found.is === "custom") this.custom.push(kind);
    else this.#ofStruct(found.struct, map, path);
  }

  #ofStruct(struct: string, map: JsonMap, path: string): void {
    for (const fault of structFaults(struct, map, path)) this.#add("k8s_manifest_form", fault);
    if (struct === LIST) this.#items(map.get("items") ?? null, childPath(path, "items"));
  }

  #items(items: Json, path: string): void {
    if (!Array.isArray(items)) return;
    for (const [i, item] of items.entries()) {
      try {
        this.#object(item, childPath(path, i));
      } catch (fault) {
        this.#add("k8s_manifest_form", fault);
      }
    }
  }

  #unknownKind({ apiVersion, kind }: Kind, path: string): void {
    this.problems.add(this, "k8s_kind_unknown", () => {
      const near = nearKinds({ apiVersion, kind });
      const names = near.map((its) => `${its.kind} of ${its.apiVersion}`).join(" or ");
      return {
        message: `Kubernetes has no kind '${kind}' in ${apiVersion}`,
        place: { path: childPath(path, "kind") },
        ...(names === "" ? {} : { hint: `did you mean ${names}?` }),
      };
    });
  }

  #add(code: K8sErrorCode, fault: unknown): void {
    if (!(fault instanceof K8sError)) throw fault;
    const { message, place = {} } = fault;
    this.problems.add(this, code, () => ({ message, place }));
  }
}

const UNREADABLE = "a tab begins a text of several lines, which no reader of the YAML takes";

/** Its items are objects of any kind. */
const LIST = "core.v1.List";

function kindOf(manifest: JsonMap, path = ""): Kind {
  const apiVersion = textField(manifest, "apiVersion", path);
  const parts = apiVersion.split("/");
  if (parts.length > 2) refuse("an apiVersion is GROUP/VERSION", childPath(path, "apiVersion"));
  if (parts.at(-1) === "") refuse("no apiVersion", path);
  const kind = textField(manifest, "kind", path);
  return kind === "" ? refuse("no kind", path) : { apiVersion, kind };
}

/** Kubernetes looks for these two in any case, before it knows the kind. */
function textField(manifest: JsonMap, name: string, path: string): string {
  let found = "";
  for (const [key, value] of [...manifest].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (foldedName(key) !== foldedName(name) || value === null) continue;
    found = typeof value === "string" ? value : refuse(`${key} is not text`, childPath(path, key));
  }
  return found;
}

function refuse(message: string, path = ""): never {
  throw new K8sError("k8s_manifest_form", message, path === "" ? {} : { place: { path } });
}
