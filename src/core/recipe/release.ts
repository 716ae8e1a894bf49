/** Building a release from resolved entries: what it serves, and what its document says of it. */
import type { Problem } from "../../errors.js";
import { formatYamlPath } from "../codec/yaml-path.js";
import type { Target } from "../score/project-state.js";
import { type CombinedTarget, combineTarget, type PackagesByDigest } from "./combine.js";
import { type EnvironmentRules, rulesDigest } from "./environment.js";
import type { RecipeRef } from "./provisioner.js";
import type { ResolvedEntry } from "./ranges.js";
import type { ReleaseDocument, ReleaseProvenance, ReleaseTarget } from "./release-document.js";

/** What a document says beside its entries and targets. */
export interface ReleaseHead {
  readonly environment: string;
  readonly number: number;
  readonly time: Date;
  /** Digest of the previous release as signed; null for the first. */
  readonly previous: string | null;
  /** Digest of the definition. */
  readonly definition: string;
  /** Digests of the entry lists that the definition refers to, by name. */
  readonly lists: ReadonlyMap<string, string>;
  readonly rules: EnvironmentRules;
  readonly provenance: ReleaseProvenance;
}

export interface ReleaseInput extends ReleaseHead {
  readonly entries: readonly ResolvedEntry[];
  readonly packages: PackagesByDigest;
}

export interface Release {
  readonly document: ReleaseDocument;
  readonly targets: Readonly<Record<Target, CombinedTarget>>;
  /** Everything that the document names and that is not stored with a version: by digest. */
  readonly blobs: ReadonlyMap<string, Uint8Array>;
  readonly warnings: readonly Problem[];
}

/**
 * Freezes resolved entries into a release.
 * @throws {RecipeError} provisioners_*, release_size, recipe_unresolved where a package is missing
 */
export function buildRelease(input: ReleaseInput): Release {
  const { entries, packages } = input;
  const targets = {
    compose: combineTarget("compose", entries, packages),
    k8s: combineTarget("k8s", entries, packages),
  };
  const combined = Object.values(targets);
  const document = describeRelease(input, {
    entries,
    targets: { compose: describeTarget(targets.compose), k8s: describeTarget(targets.k8s) },
  });
  const blobs = new Map<string, Uint8Array>();
  for (const { digest, content, patches } of combined) {
    blobs.set(digest, content);
    for (const patch of patches) blobs.set(patch.digest, patch.content);
  }
  const warnings = [
    ...combined.flatMap((one) => one.warnings),
    ...findEmpty(entries, combined),
    ...findRepeated(combined),
  ];
  return { document, targets, blobs, warnings };
}

/** The document of a release that serves `content`. */
export function describeRelease(
  head: ReleaseHead,
  content: Pick<ReleaseDocument, "entries" | "targets">,
): ReleaseDocument {
  const { time, rules, lists, provenance, ...rest } = head;
  const { environment, number, previous, definition } = rest;
  return {
    ...{ environment, number, time: time.toISOString(), previous, definition },
    rules: rulesDigest(rules),
    ...(lists.size === 0 ? {} : { lists: Object.fromEntries(lists) }),
    ...provenance,
    ...(rules.approvals === 0 ? {} : { approvals: rules.approvals }),
    ...(rules.imagesByDigest ? { imagesByDigest: true } : {}),
    entries: content.entries,
    targets: content.targets,
  };
}

function describeTarget({ digest, provisioners, patches }: CombinedTarget): ReleaseTarget {
  return {
    provisioners: digest,
    origins: provisioners.map(({ entry }) => entry),
    patches: patches.map(({ name, digest: patchDigest, entry }) => ({
      name,
      digest: patchDigest,
      entry,
    })),
  };
}

/** Warns of entries that leave no trace in any target. */
function findEmpty(
  entries: readonly ResolvedEntry[],
  combined: readonly CombinedTarget[],
): Problem[] {
  const used = new Set<string>();
  const contributing = new Set<number>();
  for (const { provisioners, patches } of combined) {
    for (const { entry } of provisioners) contributing.add(entry);
    for (const { recipe, entry } of patches) {
      contributing.add(entry);
      used.add(recipe.digest);
    }
  }
  return entries.flatMap(({ recipe, patches, digest }, index) => {
    if (contributing.has(index) || (patches && used.has(digest))) return [];
    const message = `entry ${index} (${recipe}) adds nothing: its narrowing leaves no provisioner`;
    return [{ code: "entry_empty", message, place: { path: formatYamlPath(["entries", index]) } }];
  });
}

/** Warns where patch templates of one recipe apply in two versions. */
function findRepeated(combined: readonly CombinedTarget[]): Problem[] {
  return combined.flatMap(({ target, patches }) => {
    const versions = new Map<string, RecipeRef>();
    const repeated = new Map<string, Problem>();
    for (const { recipe, entry } of patches) {
      const first = versions.get(recipe.name) ?? recipe;
      versions.set(recipe.name, first);
      if (first.digest === recipe.digest) continue;
      const message = `${target}: patch templates of ${recipe.name} apply in the versions ${first.version} and ${recipe.version}`;
      const place = { path: formatYamlPath(["entries", entry]) };
      repeated.set(recipe.digest, { code: "patch_template_repeated", message, place });
    }
    return [...repeated.values()];
  });
}
