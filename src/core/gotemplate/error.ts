import { BackbarError } from "../../errors.js";

export type TemplateErrorCode =
  | "template_parse"
  | "template_exec"
  | "template_budget_steps"
  | "template_budget_output"
  | "template_budget_memory"
  | "template_budget_depth";

/** A template that does not parse, fails, or uses up a budget. The message has Go's form `template: NAME:LINE:COL: …`. */
export class TemplateError extends BackbarError<TemplateErrorCode> {
  override readonly name = "TemplateError";
}

/**
 * Thrown inside a template function where the Go function returns an error or panics; the executor
 * turns it into a `TemplateError` with the place and the piece of the pipeline.
 */
export class FunctionError extends Error {
  override readonly name = "FunctionError";
}
