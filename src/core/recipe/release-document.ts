/**
 * A release's document: the numbered, immutable snapshot of an environment. It names by digest
 * everything that the release serves; its bytes are signed by the trust room. JSON, so that any
 * client can read it.
 */
import { canonicalJson, type JsonValue } from "../codec/canonical-json.js";
import { TARGETS, type Target } from "../score/project-state.js";
import { MAX_ENTRIES, readNarrowing } from "./environment.js";
import { RecipeError } from "./error.js";
import {
  checkEntryListName,
  checkEnvironmentName,
  parseRecipeName,
  refuseDigest,
} from "./names.js";
import type { RecipeRef } from "./provisioner.js";
import { checkRange, type ResolvedEntry } from "./ranges.js";
import { type JsonProblem, optional, refuseWhere, StrictObject } from "./strict-json.js";
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
  /** Digests of the entry lists that the definition refers to, by name. */
  readonly lists?: Readonly<Record<string, string>>;
  /** Who cut it. */
  readonly actor?: string;
  /** The release whose versions it took. */
  readonly promotion?: ReleaseRef & { readonly environment: string };
  /** The earlier release of this environment whose content it has. */
  readonly rollback?: ReleaseRef;
  /** Stored resources that it may serve under another `uri`; their state is dropped. */
  readonly replace?: readonly StoredResource[];
  /** Present where a refusal was overridden. */
  readonly forced?: true;
  /** How many others than `actor` must approve it; absent: none. */
  readonly approvals?: number;
  /** Present where every image of a render must be named by its digest. */
  readonly imagesByDigest?: true;
  readonly entries: readonly ResolvedEntry[];
  readonly targets: Readonly<Record<Target, ReleaseTarget>>;
}

export interface ReleaseRef {
  readonly number: number;
  /** Digest of the release as signed. */
  readonly digest: string;
}

/** A resource in the stored state of a project. */
export interface StoredResource {
  readonly project: string;
  /** Its uid `type.class#id`. */
  readonly resource: string;
}

/** How a release came about. */
export type ReleaseProvenance = Pick<
  ReleaseDocument,
  "actor" | "promotion" | "rollback" | "replace" | "forced"
>;

export interface ReleaseTarget {
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

/** What a target of a release may hold; no environment comes near it. */
export const MAX_PROVISIONERS = 20_000;
export const MAX_PATCHES = 2_000;
/** As the database counts them. */
const MAX_NUMBER = 2 ** 31 - 1;
/** Resources that one release may mark as replaced. */
export const MAX_REPLACED = 1_000;

/** The JSON form, which is what is signed. */
export function formatRelease(document: ReleaseDocument): JsonValue {
  const { entries, targets, lists, promotion, rollback, replace, ...rest } = document;
  return {
    ...rest,
    ...(lists === undefined ? {} : { lists: { ...lists } }),
    ...(promotion === undefined ? {} : { promotion: { ...promotion } }),
    ...(rollback === undefined ? {} : { rollback: { ...rollback } }),
    ...(replace === undefined ? {} : { replace: replace.map((one) => ({ ...one })) }),
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

/**
 * Whether two releases of one environment serve the same under the same definition and rules:
 * how and when they came about may differ, and what they override.
 */
export function isSameContent(a: ReleaseDocument, b: ReleaseDocument): boolean {
  const contentOf = ({ definition, rules, lists, entries, targets }: ReleaseDocument) =>
    canonicalJson({
      ...{ definition, rules, lists: { ...lists } },
      entries: entries.map((entry) => ({ ...entry })),
      targets: { compose: formatTarget(targets.compose), k8s: formatTarget(targets.k8s) },
    });
  return contentOf(a) === contentOf(b);
}

/** Whether `a` is forced where `b` is, and replaces all stored resources that `b` replaces. */
export function overridesAsMuch(a: ReleaseDocument, b: ReleaseDocument): boolean {
  const keyOf = ({ project, resource }: StoredResource) => `${project}/${resource}`;
  const replaced = new Set(a.replace?.map(keyOf));
  const replaces = (b.replace ?? []).every((one) => replaced.has(keyOf(one)));
  return replaces && (a.forced === true || b.forced === undefined);
}

/** For each provisioner of the combined file of `target`, in order, the version it came from. */
export function provisionerOrigins(document: ReleaseDocument, target: Target): RecipeRef[] {
  return document.targets[target].origins.map((entry) => recipeOfEntry(document, entry));
}

/** The targets that a release has provisioners or patch templates for. */
export function servedTargets({ targets }: Pick<ReleaseDocument, "targets">): Target[] {
  return TARGETS.filter(
    (target) => targets[target].origins.length > 0 || targets[target].patches.length > 0,
  );
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

function formatTarget({ provisioners, origins, patches }: ReleaseTarget): JsonValue {
  return { provisioners, origins, patches: patches.map((patch) => ({ ...patch })) };
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;

/** Why `text` is no time as signed documents write it; undefined where it is one. */
export function refuseTime(text: string): string | undefined {
  return TIME.test(text) && !Number.isNaN(Date.parse(text))
    ? undefined
    : "must be a UTC time such as 2025-01-31T12:00:00Z";
}

const DIGEST = { refuse: refuseDigest };

const PATCH_NAME = { refuse: refusePatchName };

/** Why `text` cannot name a combined patch template, which becomes a file on readers' disks. */
export function refusePatchName(text: string): string | undefined {
  return /^[a-z][A-Za-z0-9._@+-]*\.tpl$/.test(text)
    ? undefined
    : "must be a file's name that ends in .tpl";
}

function readRelease(value: JsonValue, problems: JsonProblem[]): ReleaseDocument {
  const fields = new StrictObject(value, [], problems);
  const environment = fields.text("environment", { refuse: refuseWhere(checkEnvironmentName) });
  const number = fields.integer("number", 1, MAX_NUMBER);
  const time = fields.text("time", { refuse: refuseTime });
  const previous = fields.raw("previous") === null ? null : fields.text("previous", DIGEST);
  if ((previous === null) !== (number === 1)) {
    fields.fault(["previous"], "must be null for the first release, and for no other");
  }
  const definition = fields.text("definition", DIGEST);
  const rules = fields.text("rules", DIGEST);
  const lists = readLists(fields);
  const provenance = readProvenance(fields);
  const approvals = fields.has("approvals") ? fields.integer("approvals", 1) : undefined;
  const imagesByDigest = fields.boolean("imagesByDigest", false);
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
    ...optional("lists", lists),
    ...provenance,
    ...optional("approvals", approvals),
    ...(imagesByDigest ? { imagesByDigest } : {}),
    entries,
    targets: { compose, k8s },
  };
}

function readLists(fields: StrictObject): Record<string, string> | undefined {
  const lists = fields.object("lists");
  const names = lists?.keys() ?? [];
  for (const name of names) {
    const reason = refuseWhere(checkEntryListName)(name);
    if (reason !== undefined) lists?.fault([name], reason);
  }
  return lists && Object.fromEntries(names.map((name) => [name, lists.text(name, DIGEST)]));
}

function readProvenance(fields: StrictObject): ReleaseProvenance {
  const actor = fields.optionalText("actor");
  const promotion = fields.object("promotion");
  const environment = promotion?.text("environment", { refuse: refuseWhere(checkEnvironmentName) });
  const promoted = promotion && { environment: environment ?? "", ...readRef(promotion) };
  const rollback = fields.object("rollback");
  const replace = fields.has("replace")
    ? fields.objects("replace", MAX_REPLACED).map(readStoredResource)
    : undefined;
  const forced = fields.boolean("forced", false);
  return {
    ...optional("actor", actor),
    ...optional("promotion", promoted),
    ...optional("rollback", rollback && readRef(rollback)),
    ...optional("replace", replace),
    ...(forced ? { forced } : {}),
  };
}

function readRef(fields: StrictObject): ReleaseRef {
  const number = fields.integer("number", 1, MAX_NUMBER);
  const digest = fields.text("digest", DIGEST);
  fields.done();
  return { number, digest };
}

function readStoredResource(fields: StrictObject): StoredResource {
  const stored = { project: fields.text("project"), resource: fields.text("resource") };
  fields.done();
  return stored;
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
  if (origins.some((entry, index) => entry < (origins[index - 1] ?? 0))) {
    fields.fault(["origins"], "must be in the order of the entries");
  }
  const patches = fields.objects("patches", MAX_PATCHES).map((patch) => {
    const read = {
      name: patch.text("name", PATCH_NAME),
      digest: patch.text("digest", DIGEST),
      entry: patch.integer("entry", 0, entryCount - 1),
    };
    patch.done();
    return read;
  });
  if (new Set(patches.map(({ name: one }) => one.toLowerCase())).size < patches.length) {
    fields.fault(["patches"], "must have different names");
  }
  fields.done();
  return { provisioners, origins, patches };
}
