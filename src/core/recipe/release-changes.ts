/** What a release changes against the one before it, entry by entry. */
import { isNarrowedAlike } from "./promotion.js";
import type { ResolvedEntry } from "./ranges.js";
import type { ReleaseDocument } from "./release-document.js";

export interface EntryChange {
  readonly change: "added" | "removed" | "changed" | "unchanged";
  readonly recipe: string;
  /** As it was; absent where the entry is new. */
  readonly before?: PlacedEntry;
  /** As it becomes; absent where the entry goes. */
  readonly after?: PlacedEntry;
}

export interface PlacedEntry extends ResolvedEntry {
  /** Place in its release's entries, from 0; the order decides which provisioner wins. */
  readonly place: number;
}

/**
 * The changes in the order of `after`, what goes last. Entries of one recipe that are narrowed alike
 * are taken for the same entry, in order.
 */
export function compareReleases(
  before: ReleaseDocument | undefined,
  after: ReleaseDocument,
): EntryChange[] {
  const left = place(before?.entries ?? []);
  const changes = place(after.entries).map((entry): EntryChange => {
    const at = left.findIndex((one) => one.recipe === entry.recipe && isNarrowedAlike(one, entry));
    const { recipe } = entry;
    const [old] = at === -1 ? [] : left.splice(at, 1);
    if (old === undefined) return { change: "added", recipe, after: entry };
    const same =
      old.digest === entry.digest && old.patches === entry.patches && old.place === entry.place;
    return { change: same ? "unchanged" : "changed", recipe, before: old, after: entry };
  });
  return [
    ...changes,
    ...left.map(
      (entry): EntryChange => ({
        change: "removed",
        recipe: entry.recipe,
        before: entry,
      }),
    ),
  ];
}

function place(entries: readonly ResolvedEntry[]): PlacedEntry[] {
  return entries.map((entry, index) => ({ ...entry, place: index }));
}
