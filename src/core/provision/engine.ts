/** How the templates of one render run: what they may call, what they may use, what they leave. */
import {
  DEFAULT_LIMITS,
  type ExecuteOptions,
  executeTemplate,
  type Template,
} from "../gotemplate/template.js";
import type { FunctionMap, Host, Value } from "../gotemplate/value.js";
import type { Secrets } from "./secrets.js";

/** Budgets of each template; absent ones are the engine's own. */
export interface TemplateLimits {
  readonly templateSteps?: number;
  readonly templateOutputBytes?: number;
  readonly templateMemoryBytes?: number;
  readonly templateDepth?: number;
}

export class TemplateEngine {
  readonly functions: FunctionMap;
  readonly #options: ExecuteOptions;

  constructor(functions: FunctionMap, host: Host, secrets: Secrets, limits: TemplateLimits = {}) {
    this.functions = functions;
    this.#options = {
      host,
      onSecret: (text) => secrets.add(text),
      isSecret: (text) => secrets.has(text),
      limits: {
        steps: limits.templateSteps ?? DEFAULT_LIMITS.steps,
        outputBytes: limits.templateOutputBytes ?? DEFAULT_LIMITS.outputBytes,
        memoryBytes: limits.templateMemoryBytes ?? DEFAULT_LIMITS.memoryBytes,
        depth: limits.templateDepth ?? DEFAULT_LIMITS.depth,
      },
    };
  }

  /**
   * What `template` puts out; texts that random and key functions made are remembered as secrets.
   * @throws {TemplateError} template_exec, template_budget_*
   */
  run(template: Template, data: Value): string {
    return executeTemplate(template, data, this.#options).output;
  }
}
