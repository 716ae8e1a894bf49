/** The images of containers in rendered documents. */
import type { Data } from "../gotemplate/value.js";
import type { Target } from "../score/project-state.js";
import { WAIT_SERVICE } from "./compose/wait.js";

/** What is no reference to an image is not taken for one. */
const IMAGE = /^[\x21-\x7e]{1,512}$/;

/**
 * The images that documents run, sorted, each once: of Compose services; on Kubernetes every `image`
 * below any kind but those that only hold data, so that custom kinds count.
 */
export function renderedImages(documents: readonly Data[], target: Target): string[] {
  const images = new Set<string>();
  for (const document of documents) {
    if (target === "compose") addServices(document, images);
    else if (!isDataKind(document)) addImages(document, images);
  }
  return [...images].sort();
}

function addServices(document: Data, images: Set<string>): void {
  const services = document instanceof Map ? document.get("services") : undefined;
  if (!(services instanceof Map)) return;
  for (const [name, service] of services) {
    // The render itself adds this one; no recipe could name another image for it.
    if (name === WAIT_SERVICE) continue;
    if (service instanceof Map) addImage(service.get("image"), images);
  }
}

function isDataKind(manifest: Data): boolean {
  const kind = manifest instanceof Map ? manifest.get("kind") : undefined;
  return kind === "ConfigMap" || kind === "Secret";
}

/** Depth is bounded by what YAML readers accept. */
function addImages(value: Data, images: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) addImages(item, images);
  if (!(value instanceof Map)) return;
  for (const [key, member] of value) {
    if (key === "image") addImage(member, images);
    // A volume of an image names it one level deeper.
    if (key === "image" && member instanceof Map) addImage(member.get("reference"), images);
    else if (key !== "annotations" && key !== "labels") addImages(member, images);
  }
}

function addImage(value: Data | undefined, images: Set<string>): void {
  if (typeof value === "string" && IMAGE.test(value)) images.add(value);
}
