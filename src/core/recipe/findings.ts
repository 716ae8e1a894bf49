/** The findings of one look at a recipe as one error. */
import type { Problem } from "../../errors.js";
import { RecipeError, type RecipeErrorCode } from "./error.js";

/** Findings that are listed; whoever has more has read enough. */
const MAX_FINDINGS = 500;

/** Codes that the error takes where all findings have one of them. */
const OWN: readonly RecipeErrorCode[] = [
  "recipe_metadata",
  "recipe_file_path",
  "recipe_file_unknown",
  "recipe_file_limit",
  "recipe_file_missing",
  "recipe_uri_changed",
  "recipe_output_dropped",
  "recipe_param_required",
  "recipe_example",
];

/**
 * Throws what was found of `subject`, by file and line; nothing where nothing was found.
 * @throws {RecipeError} recipe_check, or the code that all findings have
 */
export function throwFindings(subject: string, found: readonly Problem[]): void {
  const problems = orderFindings(found).slice(0, MAX_FINDINGS);
  const [first] = problems;
  if (first === undefined) return;
  const own = OWN.find((code) => problems.every((problem) => problem.code === code));
  const more = found.length > 1 ? ` (and ${found.length - 1} more)` : "";
  throw new RecipeError(own ?? "recipe_check", `${subject}: ${first.message}${more}`, {
    ...(first.place === undefined ? {} : { place: first.place }),
    ...(first.hint === undefined ? {} : { hint: first.hint }),
    problems,
  });
}

/** Files in the order in which they first appear, each from its beginning to its end. */
export function orderFindings(found: readonly Problem[]): Problem[] {
  const files = [...new Set(found.map(({ place }) => place?.file))];
  return [...found].sort(
    ({ place: a = {} }, { place: b = {} }) =>
      files.indexOf(a.file) - files.indexOf(b.file) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}
