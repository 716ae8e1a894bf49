/** What changes from one release to another, entry by entry, for people. */
import type { DescribedChange } from "../../client/release-answer.js";
import type { PackageDiff } from "../../core/recipe/diff.js";
import type { Narrowing } from "../../core/recipe/environment.js";
import type { PlacedEntry } from "../../core/recipe/release-changes.js";
import { changeSign, colourDiff, type Styles } from "../frame/diff-text.js";

/**
 * A line for each entry that comes, goes or changes, and what its other version says and provides
 * differently; with `files` also the diffs of its files.
 */
export function describeChanges(
  screen: Styles,
  changes: readonly DescribedChange[],
  { files }: { readonly files: boolean },
): string {
  const telling = changes.filter((change) => isTelling(change, changes));
  const width = Math.max(0, ...telling.map(({ recipe }) => recipe.length));
  const lines = telling.map((change) => {
    const { recipe, diff } = change;
    const said = diff === undefined ? "" : describeDiff(screen, diff, files);
    return `${lineOf(screen, change, recipe.padEnd(width))}${said}`;
  });
  const rest = changes.length - telling.length;
  const none = telling.length === 0;
  const entries = rest === 1 ? "entry stays" : "entries stay";
  const last = none && rest === 0 ? "no entries\n" : `${rest} ${entries} as ${itWas(rest)}\n`;
  return lines.join("") + (none || rest > 0 ? last : "");
}

function itWas(count: number): string {
  return count === 1 ? "it is" : "they are";
}

/** Whether there is more to tell of an entry than that others before it came or went. */
function isTelling(change: DescribedChange, all: readonly DescribedChange[]): boolean {
  const { before, after } = change;
  if (change.change === "unchanged") return false;
  if (before === undefined || after === undefined) return true;
  const same = before.digest === after.digest && before.patches === after.patches;
  return !same || before.range !== after.range || isMoved(before, after, all);
}

/** Whether an entry stands on another side of one that stays. */
function isMoved(
  before: PlacedEntry,
  after: PlacedEntry,
  all: readonly DescribedChange[],
): boolean {
  return all.some(
    (other) =>
      other.before !== undefined &&
      other.after !== undefined &&
      Math.sign(other.before.place - before.place) !== Math.sign(other.after.place - after.place),
  );
}

function lineOf(screen: Styles, { change, before, after }: DescribedChange, name: string): string {
  const entry = after ?? before;
  if (change === "unchanged" || entry === undefined) return "";
  const sign = changeSign(screen, change);
  const words = [...narrowing(entry), ...notesOf(before, after)].join(", ");
  return `${sign} ${name}  ${versionsOf(before, after)}${words && ` (${words})`}\n`;
}

function versionsOf(before: PlacedEntry | undefined, after: PlacedEntry | undefined): string {
  const [from, to] = [before?.version, after?.version];
  return from === undefined || to === undefined || from === to
    ? (to ?? from ?? "")
    : `${from} -> ${to}`;
}

/** Which part of a recipe an entry takes, in words; empty for all of it. */
export function narrowing({ type, class: className, id, target }: Narrowing): string[] {
  const parts = Object.entries({ type, class: className, id, target });
  return parts.flatMap(([key, value]) => (value === undefined ? [] : [`${key} ${value}`]));
}

/** What changes of an entry beside its version. */
function notesOf(before: PlacedEntry | undefined, after: PlacedEntry | undefined): string[] {
  if (before === undefined || after === undefined) return [];
  const notes = [
    ...(before.range === after.range ? [] : [`range ${before.range} -> ${after.range}`]),
    ...(before.patches === after.patches ? [] : [`patches ${after.patches ? "on" : "off"}`]),
  ];
  if (notes.length > 0 || before.digest !== after.digest) return notes;
  return [`from place ${before.place + 1} to ${after.place + 1}`];
}

function describeDiff(screen: Styles, { files, metadata }: PackageDiff, withFiles: boolean) {
  const said = metadata.map(({ text }) => `    ${text}\n`).join("");
  const shown = files.map(({ path, change, diff }) => {
    if (!withFiles || diff === undefined) return `    ${path} ${change}\n`;
    return colourDiff(screen, diff);
  });
  return said + shown.join("");
}
