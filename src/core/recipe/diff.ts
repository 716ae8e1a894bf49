/** What changes from one version of a recipe to another: its files, and what it says and provides. */
import { FileDiffer } from "./file-diff.js";
import { type MetadataChange, metadataChanges } from "./metadata-diff.js";
import { type RecipePackage, unpackFiles } from "./package.js";

export interface PackageDiff {
  /** By path; files that are the same are left out. */
  readonly files: readonly FileChange[];
  readonly metadata: readonly MetadataChange[];
}

export interface FileChange {
  /** Path in the recipe's folder. */
  readonly path: string;
  readonly change: "added" | "removed" | "changed";
  /** In bytes; absent where the file is not there. */
  readonly sizeBefore?: number;
  readonly sizeAfter?: number;
  /** Unified diff of a changed file; absent where it is no text, or too different to show. */
  readonly diff?: string;
}

/**
 * Compares two versions of a recipe, in bounded time.
 * @throws {RecipeError} provisioners_* where a provisioners file is none
 */
export function diffPackages(from: RecipePackage, to: RecipePackage): PackageDiff {
  return {
    files: fileChanges(unpackFiles(from), unpackFiles(to)),
    metadata: metadataChanges(from, to),
  };
}

function fileChanges(
  before: ReadonlyMap<string, Uint8Array>,
  after: ReadonlyMap<string, Uint8Array>,
): FileChange[] {
  const differ = new FileDiffer();
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].flatMap((path): FileChange[] => {
    const [old, now] = [before.get(path), after.get(path)];
    if (old === undefined) return [{ path, change: "added", sizeAfter: now?.length ?? 0 }];
    if (now === undefined) return [{ path, change: "removed", sizeBefore: old.length }];
    if (Buffer.compare(old, now) === 0) return [];
    const diff = differ.diff(path, old, now);
    const sizes = { sizeBefore: old.length, sizeAfter: now.length };
    return [{ path, change: "changed", ...sizes, ...(diff === undefined ? {} : { diff }) }];
  });
}
