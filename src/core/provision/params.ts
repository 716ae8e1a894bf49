/** The params of a resource: their placeholders, and what the recipe says of them. */
import type { Problem } from "../../errors.js";
import { formatYamlPath } from "../codec/yaml-path.js";
import type { DataMap } from "../gotemplate/value.js";
import type { Provisioner } from "../recipe/provisioner.js";
import { ScoreError } from "../score/error.js";
import { type Resolve, substituteData } from "../score/placeholders.js";
import { ProblemList } from "../score/problems.js";
import { type Definitions, definitionPlace } from "./definition.js";
import {
  nameProvisioner,
  nameResource,
  type ProvisionContext,
  ProvisionError,
  type ProvisionErrorCode,
} from "./error.js";
import { lastingFaults, schemaFaults } from "./schemas.js";

/**
 * `params` with their placeholders replaced; null where there are none: templates can tell nil maps
 * from empty ones.
 * @throws {ProvisionError} provision_params, with every param that cannot be resolved
 */
export function substituteParams(
  params: DataMap | null,
  resolve: Resolve,
  context: ProvisionContext,
  definitions: Definitions,
): DataMap | null {
  if (params === null || params.size === 0) return null;
  const problems = new ProblemList<ProvisionErrorCode>();
  const resolved: DataMap = new Map();
  for (const [key, value] of params) {
    try {
      resolved.set(key, substituteData(value, resolve));
    } catch (error) {
      if (!(error instanceof ScoreError)) throw error;
      problems.add(context.resource, "provision_params", () => ({
        message: `${nameResource(context)}: params.${formatYamlPath([key])}: ${error.message}`,
        place: definitionPlace(definitions, context, ["params", key]),
      }));
    }
  }
  throwProblems(problems, context);
  return resolved;
}

/** Whose params they are. */
export interface ParamsOf {
  readonly provisioner: Provisioner;
  readonly context: ProvisionContext;
  readonly definitions: Definitions;
}

/**
 * Checks resolved params against the recipe's schema.
 * @throws {ProvisionError} provision_params_schema
 */
export function checkParams(whose: ParamsOf, params: DataMap | null): void {
  const { context } = whose;
  const problems = new ProblemList<ProvisionErrorCode>();
  for (const { message, place } of paramProblems(whose, params)) {
    problems.add(context.resource, "provision_params_schema", () => ({
      message: `${nameResource(context)}${message}`,
      ...(place && { place }),
    }));
  }
  throwProblems(problems, context);
}

const NONE: ReadonlySet<string> = new Set();

/**
 * What the recipe's schema finds wrong, with those params that `open` names not known yet; messages
 * go on from the name of the resource. Values are not shown.
 */
export function paramProblems(
  { provisioner, context, definitions }: ParamsOf,
  params: DataMap | null,
  open = NONE,
): Omit<Problem, "code">[] {
  const given: DataMap = params ?? new Map();
  const faults =
    open.size === 0
      ? schemaFaults(provisioner, "params", given)
      : lastingFaults(provisioner, given, open);
  return faults.map(({ path, message }) => {
    const at = ["params", ...path];
    return {
      message: `: ${formatYamlPath(at)} ${message}, says ${nameProvisioner(context)}`,
      place: definitionPlace(definitions, context, at),
    };
  });
}

function throwProblems(problems: ProblemList<ProvisionErrorCode>, context: ProvisionContext): void {
  const all = problems.join();
  if (all !== undefined) throw new ProvisionError(all.code, all.message, context, all.details);
}
