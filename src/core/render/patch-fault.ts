/** Faults of patch templates: which template it is, of which recipe, and where in it or in its result. */
import { TemplateError } from "../gotemplate/error.js";
import type { PatchTemplate } from "./contract.js";
import { RenderError, type RenderErrorCode } from "./error.js";

interface PatchFaultDetails {
  /** Path in the document. */
  readonly path?: string;
  readonly hint?: string;
  /** A template error gives the line and column. */
  readonly cause?: Error;
}

export function patchFault(
  code: RenderErrorCode,
  patch: PatchTemplate,
  message: string,
  { path, hint, cause }: PatchFaultDetails = {},
): RenderError {
  const at = cause instanceof TemplateError ? cause.place : undefined;
  const from = patch.recipe === undefined ? "" : ` of ${patch.recipe.name}@${patch.recipe.version}`;
  return new RenderError(code, `patch template ${patch.name}${from}: ${message}`, {
    place: {
      file: patch.name,
      ...(at?.line === undefined ? {} : { line: at.line }),
      ...(at?.column === undefined ? {} : { column: at.column }),
      ...(path === undefined ? {} : { path }),
    },
    ...(hint === undefined ? {} : { hint }),
    cause,
  });
}
