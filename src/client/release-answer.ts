/** Answers about releases, read as far as they are known. `json` is the server's own answer. */
import type { JsonValue } from "../core/codec/canonical-json.js";
import type { PackageDiff } from "../core/recipe/diff.js";
import type { EntryChange, PlacedEntry } from "../core/recipe/release-changes.js";
import { parseRelease, type ReleaseDocument } from "../core/recipe/release-document.js";
import { optional, type StrictObject } from "../core/recipe/strict-json.js";
import { TARGETS } from "../core/score/project-state.js";
import type { Problem } from "../errors.js";
import { problemsOf } from "./problem.js";

/** A release that was made, or would be. */
export interface ReleaseAnswer {
  readonly release: ReleaseDocument;
  /** Digest of the signed release; undefined for a preview. */
  readonly digest: string | undefined;
  readonly status: string;
  readonly warnings: readonly Problem[];
  /** Whether the newest release says the same already. */
  readonly unchanged: boolean;
  /** Recipes that both environments of a promotion have, and those of one alone. */
  readonly recipes: SharedRecipes | undefined;
  readonly json: JsonValue;
}

interface SharedRecipes {
  readonly shared: readonly string[];
  readonly sourceOnly: readonly string[];
  readonly targetOnly: readonly string[];
}

export interface PreviewAnswer extends ReleaseAnswer {
  /** What would be refused, and why: the first of `conflictsTotal`. */
  readonly conflicts: readonly Problem[];
  readonly conflictsTotal: number;
  readonly changes: readonly DescribedChange[];
  /** Known uses that change: the first of `touchedTotal`. */
  readonly touched: readonly TouchedUse[];
  readonly touchedTotal: number;
}

/** What happens to an entry, and what its other version changes, as far as that is shown. */
export interface DescribedChange extends EntryChange {
  readonly diff?: PackageDiff;
}

export interface TouchedUse {
  /** Undefined for renders without a project. */
  readonly project: string | undefined;
  readonly workload: string;
  readonly resource: string;
  readonly before: RecipeVersion;
  /** Undefined where nothing serves it any more. */
  readonly after: RecipeVersion | undefined;
  readonly losesState: boolean;
}

export interface RecipeVersion {
  readonly name: string;
  readonly version: string;
}

/** A release as lists have it. */
export interface ListedRelease {
  readonly number: number;
  readonly digest: string;
  /** RFC 3339. */
  readonly createdAt: string;
  /** When it became current; undefined where it never did. */
  readonly activatedAt: string | undefined;
  readonly status: string;
  readonly actor: string | undefined;
  readonly promotion: { readonly environment: string; readonly number: number } | undefined;
  readonly rollback: { readonly number: number } | undefined;
  readonly forced: boolean;
}

export interface StoredRelease extends ListedRelease {
  readonly release: ReleaseDocument;
  /** Compact JWS. */
  readonly signed: string;
  readonly approvals: Approvals;
  readonly json: JsonValue;
}

export interface Approvals {
  /** How many others than who cut it must approve it. */
  readonly needed: number;
  readonly given: readonly Approval[];
}

export interface Approval {
  readonly actor: string;
  readonly comment: string | undefined;
  /** RFC 3339. */
  readonly at: string;
}

export interface ApprovalAnswer extends Approvals {
  /** Whether this approval made it current. */
  readonly current: boolean;
  readonly json: JsonValue;
}

/** As many as the server lists of anything. */
const MAX_ITEMS = 10_000;
/** Of a signed release, or of the diff of a file. */
const MAX_DOCUMENT = 16 * 1024 * 1024;
const MAX_TEXT = 4000;

/** A release that was made, or was there already. */
export function readMade(fields: StrictObject, json: JsonValue): ReleaseAnswer {
  const recipes = fields.object("recipes");
  return {
    release: parseRelease(fields.raw("release") ?? null),
    digest: fields.raw("digest") === null ? undefined : fields.text("digest"),
    status: fields.text("status"),
    warnings: problemsOf(fields.raw("warnings")),
    unchanged: fields.boolean("unchanged", false),
    recipes: recipes && {
      shared: recipes.texts("shared", MAX_ITEMS),
      sourceOnly: recipes.texts("sourceOnly", MAX_ITEMS),
      targetOnly: recipes.texts("targetOnly", MAX_ITEMS),
    },
    json,
  };
}

/** What would come of a request, conflicts and all. */
export function readPreview(fields: StrictObject, json: JsonValue): PreviewAnswer {
  return {
    ...readMade(fields, json),
    conflicts: problemsOf(fields.raw("conflicts")),
    conflictsTotal: fields.integer("conflictsTotal", 0),
    changes: fields.objects("changes", MAX_ITEMS).map(readChange),
    touched: fields.objects("touched", MAX_ITEMS).map(readTouched),
    touchedTotal: fields.integer("touchedTotal", 0),
  };
}

/** A release with its document, signature and approvals. */
export function readStored(fields: StrictObject, json: JsonValue): StoredRelease {
  return {
    ...readListed(fields),
    release: parseRelease(fields.raw("release") ?? null),
    signed: fields.text("signed", { maxLength: MAX_DOCUMENT }),
    approvals: readApprovals(fields.object("approvals") ?? fields),
    json,
  };
}

function readChange(fields: StrictObject): DescribedChange {
  const kind = fields.text("change");
  const diff = fields.object("diff");
  return {
    change: KINDS.find((known) => known === kind) ?? "changed",
    recipe: fields.text("recipe"),
    ...optional("before", readEntry(fields.object("before"))),
    ...optional("after", readEntry(fields.object("after"))),
    ...optional("diff", diff && readDiff(diff)),
  };
}

const KINDS = ["added", "removed", "changed", "unchanged"] as const;

function readEntry(fields: StrictObject | undefined): PlacedEntry | undefined {
  if (fields === undefined) return undefined;
  const target = fields.optionalText("target");
  return {
    place: fields.integer("place", 0),
    recipe: fields.text("recipe"),
    range: fields.text("range"),
    version: fields.text("version"),
    digest: fields.text("digest"),
    ...optional("type", fields.optionalText("type")),
    ...optional("class", fields.optionalText("class")),
    ...optional("id", fields.optionalText("id")),
    ...optional(
      "target",
      TARGETS.find((known) => known === target),
    ),
    patches: fields.boolean("patches", true),
  };
}

/** What another version of a recipe changes. */
export function readDiff(fields: StrictObject): PackageDiff {
  return {
    files: fields.objects("files", MAX_ITEMS).map((file) => ({
      path: file.text("path", { maxLength: MAX_TEXT }),
      change: changeOf(file),
      ...optional("sizeBefore", sizeOf(file, "sizeBefore")),
      ...optional("sizeAfter", sizeOf(file, "sizeAfter")),
      ...optional("diff", file.optionalText("diff", { maxLength: MAX_DOCUMENT })),
    })),
    metadata: fields.objects("metadata", MAX_ITEMS).map((change) => ({
      about: ABOUT.find((known) => known === change.raw("about")) ?? "field",
      change: changeOf(change),
      text: change.text("text", { maxLength: MAX_TEXT }),
    })),
  };
}

const ABOUT = ["field", "param", "output", "provisioner"] as const;
const PARTS = ["added", "removed", "changed"] as const;

function changeOf(fields: StrictObject) {
  const kind = fields.text("change");
  return PARTS.find((known) => known === kind) ?? "changed";
}

function sizeOf(fields: StrictObject, key: string): number | undefined {
  return fields.has(key) ? fields.integer(key, 0) : undefined;
}

function readTouched(fields: StrictObject): TouchedUse {
  const after = fields.object("after");
  return {
    project: fields.optionalText("project"),
    workload: fields.text("workload"),
    resource: fields.text("resource", { maxLength: MAX_TEXT }),
    before: readVersion(fields.object("before") ?? fields),
    after: after && readVersion(after),
    losesState: fields.boolean("losesState", false),
  };
}

function readVersion(fields: StrictObject): RecipeVersion {
  return { name: fields.text("name"), version: fields.text("version") };
}

/** A release as lists have it. */
export function readListed(fields: StrictObject): ListedRelease {
  const [promotion, rollback] = [fields.object("promotion"), fields.object("rollback")];
  return {
    number: fields.integer("number", 1),
    digest: fields.text("digest"),
    createdAt: fields.text("createdAt"),
    activatedAt: fields.optionalText("activatedAt"),
    status: fields.text("status"),
    actor: fields.optionalText("actor"),
    promotion: promotion && {
      environment: promotion.text("environment"),
      number: promotion.integer("number", 1),
    },
    rollback: rollback && { number: rollback.integer("number", 1) },
    forced: fields.boolean("forced", false),
  };
}

/** Who approved a release, and how many must. */
export function readApprovals(fields: StrictObject): Approvals {
  return {
    needed: fields.integer("needed", 0),
    given: fields.objects("given", MAX_ITEMS).map((approval) => ({
      actor: approval.text("actor"),
      comment: approval.optionalText("comment"),
      at: approval.text("at"),
    })),
  };
}
