/** Words about releases that several commands say. */
import type { ReleaseAnswer, TouchedUse } from "../../client/release-answer.js";
import type { ReleaseOrigin } from "../../client/releases.js";

/** The flags that let stored resources lose their state, as a command line has them. */
export function replaceFlags(touched: readonly TouchedUse[]): string[] {
  const marks = touched.flatMap(({ project, resource, losesState }) =>
    losesState && project !== undefined ? [`${project}:${resource}`] : [],
  );
  return [...new Set(marks)].map((mark) => `--replace ${quote(mark)}`);
}

/** Lines about the recipes that only one of two environments has. */
export function describeRecipes(
  environment: string,
  origin: ReleaseOrigin,
  { recipes }: Pick<ReleaseAnswer, "recipes">,
): string[] {
  if (recipes === undefined || origin.kind !== "promotion") return [];
  const { sourceOnly, targetOnly } = recipes;
  return [
    ...(sourceOnly.length === 0 ? [] : [`only in ${origin.from}: ${sourceOnly.join(", ")}\n`]),
    ...(targetOnly.length === 0
      ? []
      : [`only in ${environment}, and kept as they are: ${targetOnly.join(", ")}\n`]),
  ];
}

/** Who has to do what for a release that waits. */
export function approvalHint(
  environment: string,
  { number, actor }: { readonly number: number; readonly actor?: string | undefined },
): string {
  const by = actor === undefined ? "somebody else" : `somebody else than ${actor}`;
  return `${by} approves it: backbar approve ${environment} ${number}`;
}

/** Of a digest as much as tells it from others. */
export function shortDigest(digest: string): string {
  return digest.slice(0, "sha256:".length + 12);
}

/** A time of the API (RFC 3339), to the second. */
export function shortTime(time: string): string {
  return time.replace("T", " ").replace(/\.\d+Z$/, "Z");
}

function quote(word: string): string {
  return /^[\w.:@%+=/#-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
