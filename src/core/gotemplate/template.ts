/**
 * Go's text/template (Go 1.26): parse once, execute many times. Parsed templates are values; an
 * execution keeps nothing. Pure: what comes from outside comes by `Host`.
 */
import { builtinFunctions } from "./builtins.js";
import { compile } from "./compile.js";
import { TemplateError } from "./error.js";
import { type Limits, Machine, type Unit } from "./machine.js";
import { parse, type Trees } from "./parse.js";
import type { FunctionMap, Host, Value } from "./value.js";

/** A parsed text: its own template, and those that it defines. */
export interface Template extends Unit {
  readonly name: string;
}

/** Longest template text, in UTF-16 units: what parsing takes in memory is some hundred times that. */
export const MAX_TEMPLATE_LENGTH = 1024 * 1024;

/** Budgets for templates of people who are trusted little. */
export const DEFAULT_LIMITS: Limits = {
  steps: 10_000_000,
  outputBytes: 16 * 1024 * 1024,
  memoryBytes: 128 * 1024 * 1024,
  depth: 100_000,
};

export interface ExecuteOptions {
  readonly host: Host;
  readonly limits?: Limits;
  /** Called with each text that random and key functions made, also where the template then fails. */
  readonly onSecret?: (text: string) => void;
  /** Whether a text is a secret from before this execution. */
  readonly isSecret?: (text: string) => boolean;
}

export interface Execution {
  /** Bytes that are not UTF-8 are escaped as in bytes.ts. */
  readonly output: string;
  /** Texts that random and key functions made, and forms of secrets that other functions made. */
  readonly secrets: readonly string[];
}

/**
 * Parses a template. `functions` come on top of the builtins and may replace them, as Sprig's `slice`.
 * @throws {TemplateError} template_parse
 */
export function parseTemplate(name: string, text: string, functions: FunctionMap): Template {
  const all = withBuiltins(functions);
  const programs = new Map(
    Array.from(parseTrees(name, text, functions), ([each, list]) => {
      return [each, compile(each, list, all)] as const;
    }),
  );
  return { name, file: name, text, programs };
}

/**
 * The syntax trees of what `parseTemplate` makes, by template name.
 * @throws {TemplateError} template_parse
 */
export function parseTrees(name: string, text: string, functions: FunctionMap): Trees {
  if (text.length > MAX_TEMPLATE_LENGTH) {
    const limit = `${MAX_TEMPLATE_LENGTH} characters`;
    throw new TemplateError("template_parse", `template: ${name}: longer than ${limit}`, {
      place: { file: name },
    });
  }
  return parse(name, text, withBuiltins(functions));
}

/** Parsing a small template takes less time than joining the maps. */
const joined = new WeakMap<FunctionMap, FunctionMap>();

function withBuiltins(functions: FunctionMap): FunctionMap {
  const all = joined.get(functions) ?? new Map([...builtinFunctions, ...functions]);
  joined.set(functions, all);
  return all;
}

/**
 * Executes a template over `data`.
 * @throws {TemplateError} template_exec, template_budget_steps, template_budget_output,
 * template_budget_memory, template_budget_depth
 */
export function executeTemplate(
  template: Template,
  data: Value | undefined,
  options: ExecuteOptions,
): Execution {
  const program = template.programs.get(template.name);
  if (program === undefined) {
    throw new TemplateError("template_exec", `template: ${template.name}: incomplete template`);
  }
  const { host, limits = DEFAULT_LIMITS, isSecret } = options;
  const machine = new Machine(template, program, host, limits, isSecret);
  try {
    return { output: machine.run(data ?? undefined), secrets: machine.secrets };
  } finally {
    // A template that fails has made its secrets too, and its error may hold them.
    for (const secret of machine.secrets) options.onSecret?.(secret);
  }
}
