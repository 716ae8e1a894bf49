/** What a draft would change, entry by entry, for those who decide on it. */
import { diffPackages, type PackageDiff } from "../core/recipe/diff.js";
import type { ResolvedEntry } from "../core/recipe/ranges.js";
import { compareReleases, type EntryChange } from "../core/recipe/release-changes.js";
import type { ReleaseDocument } from "../core/recipe/release-document.js";
import type { Problem } from "../errors.js";
import type { Caller } from "./caller.js";
import type { Registry } from "./registry.js";
import { type Draft, noticesOf } from "./release-draft.js";
import type { TouchedUse } from "./release-impact.js";
import { readPackages } from "./version-content.js";
import { sees } from "./visible.js";

export interface ReleasePreview {
  readonly document: ReleaseDocument;
  /** Notices of versions that it leaves among them. */
  readonly warnings: readonly Problem[];
  /** Why it could not be cut so; empty where it could. */
  readonly conflicts: readonly Problem[];
  readonly changes: readonly DescribedChange[];
  readonly touched: readonly TouchedUse[];
  /** Whether the newest release says the same already: a cut would do nothing. */
  readonly unchanged: boolean;
}

export interface DescribedChange extends EntryChange {
  /** What changes in the recipe; for an entry that goes to another version. */
  readonly diff?: PackageDiff;
}

/** Compares the draft with the current release; files of private recipes are shown to whom they are. */
export async function describeDraft(
  registry: Registry,
  draft: Draft,
  caller: Caller,
): Promise<ReleasePreview> {
  const { document, warnings, conflicts, touched, unchanged, basis } = draft;
  const changes = compareReleases(basis.current?.document, document);
  const moved: OtherVersion[] = [];
  for (const change of changes.filter(isOtherVersion)) {
    if (await sees(registry, caller, change.recipe)) moved.push(change);
  }
  const packages = await readPackages(
    registry,
    moved.flatMap(({ before, after }) => [before.digest, after.digest]),
  );
  const described = changes.map((change): DescribedChange => {
    if (!isOtherVersion(change)) return change;
    const [from, to] = [packages.get(change.before.digest), packages.get(change.after.digest)];
    return from === undefined || to === undefined
      ? change
      : { ...change, diff: diffPackages(from, to) };
  });
  const left = await noticesOf(registry, changes.flatMap(leftVersion));
  return {
    ...{ document, conflicts, changes: described, touched, unchanged },
    warnings: [...warnings, ...left],
  };
}

/** The version that an entry had and goes from, whose notices say why. */
function leftVersion({ before, after }: EntryChange): ResolvedEntry[] {
  return before === undefined || before.digest === after?.digest ? [] : [before];
}

type OtherVersion = EntryChange & Required<Pick<EntryChange, "before" | "after">>;

function isOtherVersion(change: EntryChange): change is OtherVersion {
  const { before, after } = change;
  return before !== undefined && after !== undefined && before.digest !== after.digest;
}
