/** What requests for releases say, and what they are answered: cuts, promotions, rollbacks, previews. */
import { type Static, Type } from "typebox";
import { formatRelease, MAX_REPLACED } from "../../core/recipe/release-document.js";
import type { Caller } from "../../flows/caller.js";
import type { CommittedRelease } from "../../flows/release-commit.js";
import { MAX_LISTED, type ReleaseOptions } from "../../flows/release-draft.js";
import type { ReleasePreview } from "../../flows/release-preview.js";
import { FaultPlace, Flag, ProjectName } from "./schemas.js";
import { lineOf } from "./texts.js";

/** What a body may say of any new release. */
export const ReleaseAsk = {
  force: Type.Optional(
    Type.Boolean({
      description:
        "Goes on where workloads use what is removed, a version was not promoted, or a rollback takes yanked versions; logged",
    }),
  ),
  replace: Type.Optional(
    Type.Array(
      Type.Object(
        {
          project: ProjectName,
          resource: lineOf({
            minLength: 1,
            maxLength: 500,
            description: "Resource uid `type.class#id`",
          }),
        },
        { additionalProperties: false },
      ),
      {
        maxItems: MAX_REPLACED,
        description:
          "Stored resources that may be served under another uri: their state is dropped; one that is not there is a 409",
      },
    ),
  ),
  previous: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 2 ** 31 - 1,
      description:
        "Number of the newest release that the caller knows, 0 for none; another is a 409",
    }),
  ),
};

export const PreviewQuery = Type.Object(
  { preview: Type.Optional(Flag) },
  { additionalProperties: false },
);

const Finding = Type.Object({
  code: Type.String(),
  message: Type.String(),
  place: Type.Optional(FaultPlace),
  hint: Type.Optional(Type.String()),
});

const Recipe = Type.Object({ name: Type.String(), version: Type.String(), digest: Type.String() });

const PlacedEntry = Type.Object({
  place: Type.Integer({ description: "In the release's entries, from 0" }),
  recipe: Type.String(),
  range: Type.String(),
  version: Type.String(),
  digest: Type.String(),
  type: Type.Optional(Type.String()),
  class: Type.Optional(Type.String()),
  id: Type.Optional(Type.String()),
  target: Type.Optional(Type.String()),
  patches: Type.Boolean(),
});

const Change = Type.Object({
  change: Type.Enum(["added", "removed", "changed", "unchanged"]),
  recipe: Type.String(),
  before: Type.Optional(PlacedEntry),
  after: Type.Optional(PlacedEntry),
  diff: Type.Optional(
    Type.Unknown({ description: "Files and metadata that the other version changes" }),
  ),
});

const Touched = Type.Object({
  project: Type.Optional(Type.String({ description: "Absent for renders without a project" })),
  workload: Type.String(),
  resource: Type.String(),
  before: Recipe,
  after: Type.Optional(Recipe),
  losesState: Type.Boolean(),
});

/** Recipes that both environments of a promotion have, and those of one alone. */
const SharedRecipes = Type.Object({
  shared: Type.Array(Type.String()),
  sourceOnly: Type.Array(Type.String()),
  targetOnly: Type.Array(Type.String(), { description: "They keep their versions" }),
});

/** The answer to a cut, a promotion, a rollback or a preview of one. */
export const ReleaseAnswer = Type.Object({
  release: Type.Unknown({ description: "The release document" }),
  digest: Type.Union([Type.String(), Type.Null()], {
    description: "Digest of the signed document; null for a preview",
  }),
  status: Type.Enum(["preview", "current", "waiting"], {
    description: "`waiting`: served once enough others approved it",
  }),
  warnings: Type.Array(Finding),
  unchanged: Type.Boolean({ description: "Whether the newest release says the same already" }),
  conflicts: Type.Optional(
    Type.Array(Finding, {
      maxItems: MAX_LISTED,
      description: "Previews: what would be refused, and why; at most 1,000",
    }),
  ),
  conflictsTotal: Type.Optional(Type.Integer()),
  changes: Type.Optional(
    Type.Array(Change, { description: "Previews: entry by entry, against the current release" }),
  ),
  touched: Type.Optional(
    Type.Array(Touched, {
      maxItems: MAX_LISTED,
      description: "Previews: known uses of the environment that change; at most 1,000",
    }),
  ),
  touchedTotal: Type.Optional(Type.Integer()),
  recipes: Type.Optional(SharedRecipes),
});

/** The options that a body says, of a request by `caller`. */
export function optionsOf(
  body: Partial<Pick<ReleaseOptions, "force" | "replace" | "previous">> | null | undefined,
  caller: Caller,
): ReleaseOptions {
  const { force = false, replace = [], previous } = body ?? {};
  return { caller, force, replace, previous };
}

/** A release that was made, or was there already. */
export function showRelease(release: CommittedRelease): Static<typeof ReleaseAnswer> {
  const { document, digest, status, created, warnings } = release;
  return {
    release: formatRelease(document),
    digest,
    status,
    warnings: [...warnings],
    unchanged: !created,
  };
}

export function showPreview(preview: ReleasePreview): Static<typeof ReleaseAnswer> {
  const { document, warnings, conflicts, changes, touched, unchanged } = preview;
  return {
    release: formatRelease(document),
    digest: null,
    status: "preview",
    warnings: [...warnings],
    unchanged,
    conflicts: conflicts.slice(0, MAX_LISTED),
    conflictsTotal: conflicts.length,
    changes: changes.map((change) => ({ ...change })),
    touched: touched.slice(0, MAX_LISTED),
    touchedTotal: touched.length,
  };
}
