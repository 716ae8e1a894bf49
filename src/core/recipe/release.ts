/**
 * A release: the numbered, immutable snapshot of an environment. It names by digest everything that
 * it serves; its bytes are signed by the trust room. JSON, so that any client can read it.
 */
import type { Problem } from "../../errors.js";
import type { JsonValue } from "../codec/canonical-json.js";
import type { Target } from "../score/project-state.js";
import { type CombinedTarget, combineTarget, type PackagesByDigest } from "./combine.js";
import {
  definitionDigest,
  type EnvironmentDefinition,
  MAX_ENTRIES,
  readNarrowing,
  rulesDigest,
} from "./environment.js";
import { RecipeError } from "./error.js";
import { checkEnvironmentName, isSha256Digest, parseRecipeName } from "./names.js";
import type { RecipeRef } from "./provisioner.js";
import { checkRange, type ResolvedEntry } from "./ranges.js";
import { type JsonProblem, refuseWhere, StrictObject } from "./strict-json.js";
import { readStrictJson } from "./strict-yaml.js";
import { checkVersion } from "./version.js";

export interface ReleaseDocument {
  readonly environment: string;
  /** From 1. */
  readonly number: number;
  /** RFC 3339, UTC. */
  readonly time: string;
  /** Digest of the previous release as signed; null for the first. */
  readonly previous: string | null;
  /** Digest of the definition that it was cut from. */
  readonly definition: string;
  /** Digest of that definition's rules. */
  readonly rules: string;
  readonly entries: readonly ResolvedEntry[];
  readonly targets: Readonly<Record<Target, ReleaseTarget>>;
}

interface ReleaseTarget {
  /** Digest of the combined provisioners file. */
  readonly provisioners: string;
  /** For each provisioner of that file, in order, the place of its entry in `entries`. */
  readonly origins: readonly number[];
  /** In the order in which they apply. */
  readonly patches: readonly ReleasePatch[];
}

interface ReleasePatch {
  /** `NAMESPACE-NAME-FILE.tpl` */
  readonly name: string;
  readonly digest: string;
  /** Place of its entry in `entries`. */
  readonly entry: number;
}

export interface ReleaseInput {
  readonly environment: string;
  readonly number: number;
  readonly time: Date;
  /** Digest of the previous release as signed; null for the first. */
  readonly previous: string | null;
  readonly definition: EnvironmentDefinition;
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

/** More provisioners than any environment has; what a stored release may claim is bounded by it. */
const MAX_PROVISIONERS = 20_000;
const MAX_PATCHES = 2_000;

/**
 * Freezes resolved entries into a release.
 * @throws {RecipeError} provisioners_*, recipe_unresolved where a package is missing
 */
export function buildRelease(input: ReleaseInput): Release {
  const { environment, number, time, previous, definition, entries, packages } = input;
  const targets = {
    compose: combineTarget("compose", entries, packages),
    k8s: combineTarget("k8s", entries, packages),
  };
  const combined = Object.values(targets);
  const document: ReleaseDocument = {
    environment,
    number,
    time: time.toISOString(),
    previous,
    definition: definitionDigest(definition),
    rules: rulesDigest(definition.rules),
    entries,
    targets: { compose: describeTarget(targets.compose), k8s: describeTarget(targets.k8s) },
  };
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

/** The JSON form, which is what is signed. */
export function formatRelease(document: ReleaseDocument): JsonValue {
  const { entries, targets, ...rest } = document;
  return {
    ...rest,
    entries: entries.map((entry) => ({ ...entry })),
    targets: { compose: formatTarget(targets.compose), k8s: formatTarget(targets.k8s) },
  };
}

/**
 * Reads the JSON form.
 * @throws {RecipeError} release_document
 */
export function parseRelease(value: JsonValue): ReleaseDocument {
  return readStrictJson(value, { file: "the release", code: "release_document" }, readRelease);
}

/** For each provisioner of the combined file of `target`, in order, the version it came from. */
export function provisionerOrigins(document: ReleaseDocument, target: Target): RecipeRef[] {
  return document.targets[target].origins.map((entry) => recipeOfEntry(document, entry));
}

/**
 * The version that entry number `entry` of a release serves.
 * @throws {RecipeError} release_document where there is no such entry
 */
export function recipeOfEntry(document: ReleaseDocument, entry: number): RecipeRef {
  const found = document.entries[entry];
  if (found === undefined) {
    throw new RecipeError("release_document", `the release has no entry ${entry}`);
  }
  return { name: found.recipe, version: found.version, digest: found.digest };
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

function formatTarget({ provisioners, origins, patches }: ReleaseTarget): JsonValue {
  return { provisioners, origins, patches: patches.map((patch) => ({ ...patch })) };
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
    return [{ code: "entry_empty", message, place: { path: `entries.${index}` } }];
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
      const place = { path: `entries.${entry}` };
      repeated.set(recipe.digest, { code: "patch_template_repeated", message, place });
    }
    return [...repeated.values()];
  });
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;

/** Why `text` is no time as signed documents write it; undefined where it is one. */
export function refuseTime(text: string): string | undefined {
  return TIME.test(text) && !Number.isNaN(Date.parse(text))
    ? undefined
    : "must be a UTC time such as 2025-01-31T12:00:00Z";
}

function refuseDigest(text: string): string | undefined {
  return isSha256Digest(text) ? undefined : "must be a sha256 digest";
}

const DIGEST = { refuse: refuseDigest };

function readRelease(value: JsonValue, problems: JsonProblem[]): ReleaseDocument {
  const fields = new StrictObject(value, [], problems);
  const environment = fields.text("environment", { refuse: refuseWhere(checkEnvironmentName) });
  const number = fields.integer("number", 1);
  const time = fields.text("time", { refuse: refuseTime });
  const previous = fields.raw("previous") === null ? null : fields.text("previous", DIGEST);
  const definition = fields.text("definition", DIGEST);
  const rules = fields.text("rules", DIGEST);
  if (!fields.has("entries")) fields.fault(["entries"], "is missing");
  const entries = fields.objects("entries", MAX_ENTRIES).map(readEntry);
  const targets = fields.object("targets") ?? new StrictObject({}, ["targets"], problems);
  const [compose, k8s] = [
    readTarget(targets, "compose", entries.length),
    readTarget(targets, "k8s", entries.length),
  ];
  targets.done();
  fields.done();
  return {
    environment,
    number,
    time,
    previous,
    definition,
    rules,
    entries,
    targets: { compose, k8s },
  };
}

function readEntry(fields: StrictObject): ResolvedEntry {
  const recipe = fields.text("recipe", { refuse: refuseWhere(parseRecipeName) });
  const range = fields.text("range", { refuse: refuseWhere(checkRange) });
  const narrowing = readNarrowing(fields);
  const patches = fields.boolean("patches", true);
  const version = fields.text("version", { refuse: refuseWhere(checkVersion) });
  const digest = fields.text("digest", DIGEST);
  fields.done();
  return { recipe, range, ...narrowing, patches, version, digest };
}

function readTarget(targets: StrictObject, name: Target, entryCount: number): ReleaseTarget {
  const fields = targets.object(name);
  if (fields === undefined) {
    targets.fault([name], "is missing");
    return { provisioners: "", origins: [], patches: [] };
  }
  const provisioners = fields.text("provisioners", DIGEST);
  const origins = fields.integers("origins", MAX_PROVISIONERS, 0, entryCount - 1);
  const patches = fields.objects("patches", MAX_PATCHES).map((patch) => {
    const read = {
      name: patch.text("name"),
      digest: patch.text("digest", DIGEST),
      entry: patch.integer("entry", 0, entryCount - 1),
    };
    patch.done();
    return read;
  });
  fields.done();
  return { provisioners, origins, patches };
}
