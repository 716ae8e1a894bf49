/**
 * Which provisioner serves which resource, decided for all before anything is provisioned: what is
 * wrong with any of them as the Score files stand is told together.
 */
import type { Problem } from "../../errors.js";
import type { DataMap } from "../gotemplate/value.js";
import { findProvisioner, matchProvisioner } from "../recipe/match.js";
import { type Provisioner, provisionerKind } from "../recipe/provisioner.js";
import { ScoreError } from "../score/error.js";
import { placeholdersInData, substituteData } from "../score/placeholders.js";
import { ProblemList } from "../score/problems.js";
import type { ProjectState, ResourceState, Target } from "../score/project-state.js";
import { type Definitions, definitionPlace } from "./definition.js";
import { BUILTIN_ENVIRONMENT, builtinServes } from "./environment.js";
import {
  nameProvisioner,
  nameResource,
  type ProvisionContext,
  ProvisionError,
  type ProvisionErrorCode,
} from "./error.js";
import { paramProblems } from "./params.js";

export interface PlanInput {
  readonly target: Target;
  /** With all resources primed. */
  readonly state: ProjectState;
  /** In order of precedence. */
  readonly provisioners: readonly Provisioner[];
}

export interface Planned {
  readonly provisioner: Provisioner;
  readonly context: ProvisionContext;
  /** Whether the params hold no placeholder, and have been checked. */
  readonly paramsChecked: boolean;
}

/** What is wrong with one resource. */
type Refuse = (code: ProvisionErrorCode, problem: Omit<Problem, "code">) => void;

/**
 * The provisioners of the resources `uids`.
 * @throws {ProvisionError} provision_no_match, provision_provider_changed, provision_command,
 *   provision_environment, provision_params_schema, with the faults of all resources in `problems`
 * @throws {ScoreError} score_resource_not_primed
 */
export function planResources(
  input: PlanInput,
  uids: Iterable<string>,
  definitions: Definitions,
): Map<string, Planned> {
  const plan = new Map<string, Planned>();
  const problems = new ProblemList<ProvisionErrorCode>();
  let first: ProvisionContext | undefined;
  for (const uid of new Set(uids)) {
    const resource = input.state.resources.get(uid);
    if (resource === undefined) {
      throw new ScoreError("score_resource_not_primed", `resource '${uid}' is not in the state`);
    }
    const provisioner = selectProvisioner(input, resource);
    const context = contextOf(uid, resource, provisioner);
    const refuse: Refuse = (code, { message, place, hint }) => {
      first ??= context;
      problems.add(resource.sourceWorkload, code, () => ({
        message: `${nameResource(context)}${message}`,
        place: place ?? definitionPlace(definitions, context),
        ...(hint === undefined ? {} : { hint }),
      }));
    };
    if (provisioner === undefined) {
      refuse("provision_no_match", noMatch(input, resource));
      continue;
    }
    const open = openParams(resource.params);
    plan.set(uid, { provisioner, context, paramsChecked: open.size === 0 });
    checkProvider(resource, provisioner, context, refuse);
    checkKind(resource, provisioner, context, refuse);
    const params = substituteData(resource.params, () => "") as DataMap | null;
    for (const problem of paramProblems({ provisioner, context, definitions }, params, open)) {
      refuse("provision_params_schema", problem);
    }
  }
  const all = problems.join();
  if (all !== undefined && first !== undefined) {
    throw new ProvisionError(all.code, all.message, first, all.details);
  }
  return plan;
}

/** The params that hold placeholders: what they are is known when others have been provisioned. */
function openParams(params: DataMap | null): Set<string> {
  const open = [...(params ?? [])].filter(([, value]) => placeholdersInData(value).length > 0);
  return new Set(open.map(([key]) => key));
}

function selectProvisioner(
  { provisioners, target }: PlanInput,
  resource: ResourceState,
): Provisioner | undefined {
  const found = findProvisioner(provisioners, resource);
  if (found !== undefined) return found;
  const hasBuiltin =
    target === "compose" && !provisioners.some(({ type }) => type === BUILTIN_ENVIRONMENT.type);
  return hasBuiltin && builtinServes(resource) ? BUILTIN_ENVIRONMENT : undefined;
}

function contextOf(
  uid: string,
  resource: ResourceState,
  provisioner: Provisioner | undefined,
): ProvisionContext {
  return {
    resource: uid,
    workload: resource.sourceWorkload,
    ...(provisioner === undefined ? {} : { provisioner: provisioner.uri }),
    ...(provisioner?.recipe === undefined ? {} : { recipe: provisioner.recipe }),
  };
}

function noMatch({ provisioners }: PlanInput, resource: ResourceState): Omit<Problem, "code"> {
  const names = matchProvisioner(provisioners, resource).nearest.map((nearest) => {
    const { type, class: itsClass, id, uri } = nearest;
    return `${type}.${itsClass ?? "*"}#${id ?? "*"} (${uri})`;
  });
  return {
    message: " is not supported by any provisioner",
    ...(names.length === 0 ? {} : { hint: `nearest: ${names.join(", ")}` }),
  };
}

function checkProvider(
  resource: ResourceState,
  provisioner: Provisioner,
  context: ProvisionContext,
  refuse: Refuse,
): void {
  if (resource.provisioner === "" || resource.provisioner === provisioner.uri) return;
  refuse("provision_provider_changed", {
    message: ` was provisioned by ${resource.provisioner} before, now ${nameProvisioner(context)} would serve it`,
    hint: "a provisioner that takes over the state of another keeps its uri",
  });
}

function checkKind(
  { params }: ResourceState,
  provisioner: Provisioner,
  context: ProvisionContext,
  refuse: Refuse,
): void {
  const kind = provisionerKind(provisioner.uri);
  if (kind === "command") {
    refuse("provision_command", {
      message: `: ${nameProvisioner(context)} runs a program on the host, which is never done here`,
      hint: "publish a template:// provisioner for this type, or run the Score CLI for it",
    });
  }
  if (kind === "environment" && params !== null && params.size > 0) {
    refuse("provision_environment", { message: ": the environment takes no params" });
  }
}
