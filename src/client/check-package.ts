/** All that can be told of a recipe without a server: what publishing checks, before it is sent. */
import { type CheckOptions, inspectRecipe } from "../core/recipe/check.js";
import { orderFindings } from "../core/recipe/findings.js";
import type { InspectedPackage } from "../core/recipe/package.js";
import {
  exampleProblems,
  planExamples,
  type RenderedExample,
  renderExamples,
  unrenderedExamples,
} from "../core/render/example.js";
import type { Problem } from "../errors.js";

export interface CheckedPackage {
  /** Everything that is wrong, by file and line. */
  readonly problems: readonly Problem[];
  /** What publishing takes, and tells all the same. */
  readonly warnings: readonly Problem[];
  /** The examples, for each target that has no fault. */
  readonly rendered: readonly RenderedExample[];
}

/** Checks a package as far as it could be read, and renders its examples. */
export function checkPackage(recipe: InspectedPackage, options: CheckOptions = {}): CheckedPackage {
  const { problems, warnings, sound } = inspectRecipe(recipe, options);
  const plan = planExamples(recipe, sound);
  const { rendered, failures } = renderExamples(plan.jobs);
  return {
    problems: orderFindings([...problems, ...plan.problems, ...exampleProblems(failures)]),
    warnings: [...warnings, ...unrenderedExamples(failures)],
    rendered,
  };
}
