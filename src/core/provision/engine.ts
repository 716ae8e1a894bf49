/** How the templates of one render run: what they may call, what they may use, what they leave. */
import { copyData } from "../codec/copy-data.js";
import { parseYaml } from "../codec/yaml.js";
import {
  DEFAULT_LIMITS,
  type ExecuteOptions,
  executeTemplate,
  type Template,
} from "../gotemplate/template.js";
import type { Data, FunctionMap, Host, Value } from "../gotemplate/value.js";
import type { Secrets } from "./secrets.js";
import { WatchedHost } from "./watched-host.js";

/** Budgets of each template; absent ones are the engine's own. */
export interface TemplateLimits {
  readonly templateSteps?: number;
  readonly templateOutputBytes?: number;
  readonly templateMemoryBytes?: number;
  readonly templateDepth?: number;
}

/** What YAML texts read as. Whoever keeps it decides how much of it, and for how long. */
export interface Readings {
  get(text: string): Data | undefined;
  /** `size` is what the reading takes, in characters. */
  set(text: string, value: Data, size: number): void;
}

/** What a short reading takes beside its text: many of them would fill the memory unseen. */
const READING_OVERHEAD = 256;

export class TemplateEngine {
  readonly functions: FunctionMap;
  readonly limits: TemplateLimits;
  readonly #options: ExecuteOptions;
  readonly #readings: Readings | undefined;
  /** The same engine on a host that notes nothing. */
  readonly unwatched: TemplateEngine;

  constructor(
    functions: FunctionMap,
    host: Host,
    secrets: Secrets,
    limits: TemplateLimits = {},
    readings?: Readings,
  ) {
    this.functions = functions;
    this.limits = limits;
    this.#readings = readings;
    this.unwatched =
      host instanceof WatchedHost
        ? new TemplateEngine(functions, host.unwatched, secrets, limits, readings)
        : this;
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

  /**
   * What the first YAML document of `output` says; templates may change it in place.
   * @throws {CodecError} yaml_*
   */
  read(output: string): Data {
    const known = this.#readings?.get(output);
    if (known !== undefined) return copyData(known);
    const { value } = parseYaml(output);
    this.#readings?.set(output, copyData(value), output.length + READING_OVERHEAD);
    return value;
  }
}
