/**
 * One template of a provisioner, from its text to the decoded output. The text is trimmed first, a
 * blank result is no output, and only the first YAML document of a result counts.
 */
import type { Place } from "../../errors.js";
import { CodecError } from "../codec/error.js";
import { TemplateError } from "../gotemplate/error.js";
import { parseTemplate, type Template } from "../gotemplate/template.js";
import type { Data, FunctionMap, Struct } from "../gotemplate/value.js";
import { type Provisioner, placeInTemplate, type TemplateKey } from "../recipe/provisioner.js";
import { ProblemList } from "../score/problems.js";
import { nameProvisioner, nameResource, ProvisionError, type ProvisionErrorCode } from "./error.js";
import { OutputFormError } from "./output-form.js";
import type { TemplateRun } from "./provision.js";

/** Compiled templates live as long as the entry they belong to. */
const compiled = new WeakMap<Provisioner, Map<TemplateKey, Compiled>>();

interface Compiled {
  readonly functions: FunctionMap;
  readonly template: Template;
}

/**
 * The output of `key`'s template, decoded; undefined if there is no template or no output.
 * @throws {ProvisionError} provision_template_parse, provision_template_exec, provision_budget, provision_output_yaml
 */
export function runTemplate(run: TemplateRun, key: TemplateKey, data: Struct): Data | undefined {
  const text = run.provisioner.templates.get(key)?.trim();
  if (text === undefined || text === "") return undefined;
  const output = execute(run, key, compile(run, key, text), data);
  if (output.trim() === "") return undefined;
  try {
    return run.engine.read(output);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    // The place is one in the output, which nobody sees: the template is what can be found.
    throw failure(
      run,
      key,
      "provision_output_yaml",
      `its output is no YAML: ${error.message}`,
      error,
    );
  }
}

/**
 * Reads what a template has put out with `read`.
 * @throws {ProvisionError} provision_output_form
 */
export function readOutput<T>(run: TemplateRun, key: TemplateKey, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof OutputFormError)) throw error;
    throw outputFailure(run, key, error);
  }
}

function outputFailure(run: TemplateRun, key: TemplateKey, error: OutputFormError): unknown {
  const problems = new ProblemList<ProvisionErrorCode>();
  for (const { message, path, hint } of error.faults) {
    problems.add(run, "provision_output_form", () => ({
      message: describeFailure(run, key, `its output: ${message}`),
      place: templatePlace(run, key, path),
      ...(hint === undefined ? {} : { hint }),
    }));
  }
  const all = problems.join();
  if (all === undefined) return error;
  const context = { ...run.context, templateKey: key };
  return new ProvisionError(all.code, all.message, context, { ...all.details, cause: error });
}

function compile(run: TemplateRun, key: TemplateKey, text: string): Template {
  const known = compiled.get(run.provisioner) ?? new Map<TemplateKey, Compiled>();
  compiled.set(run.provisioner, known);
  const found = known.get(key);
  if (found !== undefined && found.functions === run.engine.functions) return found.template;
  try {
    const template = parseTemplate("", text, run.engine.functions);
    known.set(key, { functions: run.engine.functions, template });
    return template;
  } catch (error) {
    throw templateFailure(run, key, "provision_template_parse", error);
  }
}

function execute(run: TemplateRun, key: TemplateKey, template: Template, data: Struct): string {
  try {
    return run.engine.run(template, data);
  } catch (error) {
    throw templateFailure(run, key, "provision_template_exec", error);
  }
}

function templateFailure(
  run: TemplateRun,
  key: TemplateKey,
  code: "provision_template_parse" | "provision_template_exec",
  error: unknown,
): unknown {
  if (!(error instanceof TemplateError)) return error;
  const budget = error.code.startsWith("template_budget");
  return failure(run, key, budget ? "provision_budget" : code, error.message, error);
}

function failure(
  run: TemplateRun,
  key: TemplateKey,
  code: ProvisionErrorCode,
  message: string,
  cause: Error,
): ProvisionError {
  const { context, provisioner } = run;
  const place = placeInTemplate(
    provisioner,
    key,
    cause instanceof TemplateError ? cause.place : undefined,
  );
  const details = { place, cause };
  const described = describeFailure(run, key, message);
  return new ProvisionError(code, described, { ...context, templateKey: key }, details);
}

function describeFailure({ context }: TemplateRun, key: TemplateKey, message: string): string {
  return `${nameResource(context)}: the ${key} template of ${nameProvisioner(context)}: ${message}`;
}

/** The place of a template in its file; `path` is one in its output. */
export function templatePlace(
  { provisioner }: Pick<TemplateRun, "provisioner">,
  key: TemplateKey,
  path: string = key,
): Place {
  return { ...placeInTemplate(provisioner, key), path };
}
