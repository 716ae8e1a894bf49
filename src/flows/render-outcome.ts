/** What may come of a render: which outcomes are refused. */
import { hasImageDigest } from "../core/recipe/release-rules.js";
import { FlowError } from "./error.js";
import { checkMountsDirectory } from "./project.js";
import type { RenderOutcome } from "./renderer/job.js";

/**
 * Checks what a render came to, before anything of it is kept.
 * @throws {FlowError} render_has_files, render_image_digest, project_state
 */
export function checkOutcome(
  request: { readonly environment: string; readonly documentAlone: boolean },
  outcome: RenderOutcome,
): void {
  checkMountsDirectory(outcome.mountsDirectory);
  checkImages(request, outcome);
  if (!request.documentAlone) return;
  if (outcome.files.length === 0 && outcome.emptyDirectories.length === 0) return;
  throw new FlowError("render_has_files", "the document mounts files and cannot go alone", {
    hint: "accept application/gzip or application/json",
  });
}

/**
 * Images are there where the environment's rules want each by digest: those of workloads and of patch
 * templates too, which no cut could see.
 * @throws {FlowError} render_image_digest, with every other image in `problems`
 */
function checkImages(
  { environment }: { readonly environment: string },
  { images = [] }: RenderOutcome,
): void {
  const problems = images
    .filter((image) => !hasImageDigest(image))
    .map((image) => ({
      code: "render_image_digest",
      message: `the image ${image} is not named by its digest, as the rules of ${environment} want it`,
    }));
  const [first] = problems;
  if (first === undefined) return;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  throw new FlowError("render_image_digest", first.message + more, {
    hint: "name it as NAME@sha256:…",
    problems,
  });
}
