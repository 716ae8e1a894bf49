/** Distribute: published content as bytes. */
import { sha256Digest } from "../core/codec/digest.js";
import { unpackFiles } from "../core/recipe/package.js";
import type { Target } from "../core/score/project-state.js";
import type { Caller } from "./caller.js";
import { FlowError } from "./error.js";
import type { Registry } from "./registry.js";
import { loadRelease } from "./release-content.js";
import { readVersion } from "./version-content.js";
import { visibleVersion } from "./visible.js";

export interface FileContent {
  readonly content: Uint8Array;
  readonly digest: string;
  readonly mediaType: string;
}

/** @throws {FlowError} version_unknown, version_file_unknown */
export async function readVersionFile(
  registry: Registry,
  caller: Caller,
  { recipe, version, path }: { recipe: string; version: string; path: string },
): Promise<FileContent> {
  const row = await visibleVersion(registry, caller, recipe, version);
  const content = unpackFiles(await readVersion(registry, row.digest)).get(path);
  if (content === undefined) {
    throw new FlowError("version_file_unknown", `${recipe} ${version} has no file ${path}`);
  }
  return { content, digest: sha256Digest(content), mediaType: mediaTypeOf(path) };
}

/**
 * The combined provisioners file of a release: the exact bytes that the release names.
 * @throws {FlowError} environment_unknown, release_none, release_unknown
 */
export async function readProvisionersFile(
  registry: Registry,
  query: { readonly environment: string; readonly target: Target; readonly release?: number },
): Promise<FileContent> {
  const release = await loadRelease(registry, query.environment, query.release);
  const served = await release.target(query.target);
  return {
    content: new TextEncoder().encode(served.provisioners),
    digest: release.document.targets[query.target].provisioners,
    mediaType: YAML_TYPE,
  };
}

/**
 * One patch template of a release, by the name that the release gives it.
 * @throws {FlowError} environment_unknown, release_none, release_unknown, patch_unknown
 */
export async function readPatchTemplate(
  registry: Registry,
  query: {
    readonly environment: string;
    readonly target: Target;
    readonly release?: number;
    readonly name: string;
  },
): Promise<FileContent> {
  const release = await loadRelease(registry, query.environment, query.release);
  const { patchTemplates } = await release.target(query.target);
  const patch = patchTemplates.find(({ name }) => name === query.name);
  if (patch === undefined) {
    const known = patchTemplates.map(({ name }) => name).join(", ") || "none";
    throw new FlowError(
      "patch_unknown",
      `the release has no patch template ${query.name} for ${query.target}`,
      { hint: `it has ${known}` },
    );
  }
  const content = new TextEncoder().encode(patch.text);
  return { content, digest: sha256Digest(content), mediaType: TEXT_TYPE };
}

const YAML_TYPE = "application/yaml; charset=utf-8";
const TEXT_TYPE = "text/plain; charset=utf-8";

/** What recipes hold is text; it is never served as anything that a browser would run. */
function mediaTypeOf(path: string): string {
  return path.endsWith(".yaml") ? YAML_TYPE : TEXT_TYPE;
}
