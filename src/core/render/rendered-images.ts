/** The images of containers in rendered documents, and those that are not named by their digest. */
import type { Problem } from "../../errors.js";
import { formatYamlPath, type YamlPath } from "../codec/yaml-path.js";
import type { Data } from "../gotemplate/value.js";
import { hasImageDigest } from "../recipe/release-rules.js";
import type { Target } from "../score/project-state.js";
import { WAIT_SERVICE } from "./compose/wait.js";
import { RenderError } from "./error.js";

interface FoundImage {
  readonly image: string;
  /** In the Compose file, or in the list of manifests. */
  readonly path: YamlPath;
}

/** What is no reference to an image is not taken for one. */
const IMAGE = /^[\x21-\x7e]{1,512}$/;

/**
 * The images that documents run, sorted, each once: of Compose services; on Kubernetes every `image`
 * below any kind but those that only hold data, so that custom kinds count.
 */
export function renderedImages(documents: readonly Data[], target: Target): string[] {
  return [...new Set(findImages(documents, target).map(({ image }) => image))].sort();
}

/**
 * Checks that every image of `documents` is named by its digest (`NAME@sha256:…`).
 * @throws {RenderError} render_image_digest, with every image that is not in `problems`
 */
export function checkImageDigests(documents: readonly Data[], target: Target): void {
  const loose = findImages(documents, target).filter(({ image }) => !hasImageDigest(image));
  const problems = loose.map(
    ({ image, path }): Problem => ({
      code: "render_image_digest",
      message: `${image} does not name its content`,
      place: { path: formatYamlPath(path) },
    }),
  );
  const [first, ...others] = problems;
  if (first === undefined) return;
  const more = others.length > 0 ? ` (and ${others.length} more)` : "";
  throw new RenderError("render_image_digest", `${first.place?.path}: ${first.message}${more}`, {
    ...(first.place === undefined ? {} : { place: first.place }),
    hint: "the environment's rules want images by digest: NAME@sha256:…",
    problems,
  });
}

function findImages(documents: readonly Data[], target: Target): FoundImage[] {
  const found: FoundImage[] = [];
  for (const [index, document] of documents.entries()) {
    if (target === "compose") addServices(document, found);
    else if (!isDataKind(document)) addImages(document, [index], found);
  }
  return found;
}

function addServices(document: Data, found: FoundImage[]): void {
  const services = document instanceof Map ? document.get("services") : undefined;
  if (!(services instanceof Map)) return;
  for (const [name, service] of services) {
    // The render itself adds this one; no recipe could name another image for it.
    if (name === WAIT_SERVICE || !(service instanceof Map)) continue;
    addImage(service.get("image"), ["services", name, "image"], found);
  }
}

function isDataKind(manifest: Data): boolean {
  const kind = manifest instanceof Map ? manifest.get("kind") : undefined;
  return kind === "ConfigMap" || kind === "Secret";
}

/** Depth is bounded by what YAML readers accept. */
function addImages(value: Data, path: YamlPath, found: FoundImage[]): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) addImages(item, [...path, index], found);
  }
  if (!(value instanceof Map)) return;
  for (const [key, member] of value) {
    const at = [...path, key];
    if (key === "image") addImage(member, at, found);
    // A volume of an image names it one level deeper.
    if (key === "image" && member instanceof Map) {
      addImage(member.get("reference"), [...at, "reference"], found);
    } else if (key !== "annotations" && key !== "labels") addImages(member, at, found);
  }
}

function addImage(value: Data | undefined, path: YamlPath, found: FoundImage[]): void {
  if (typeof value === "string" && IMAGE.test(value)) found.push({ image: value, path });
}
