import { BackbarError, type ErrorDetails } from "../../errors.js";
import type { RecipeRef, TemplateKey } from "../recipe/provisioner.js";

export type ProvisionErrorCode =
  | "provision_no_match"
  | "provision_provider_changed"
  | "provision_command"
  | "provision_environment"
  | "provision_params"
  | "provision_params_schema"
  | "provision_template_parse"
  | "provision_template_exec"
  | "provision_budget"
  | "provision_output_yaml"
  | "provision_output_form"
  | "provision_outputs_schema"
  | "provision_mount_path";

/** What was being provisioned when it failed. */
export interface ProvisionContext {
  /** Uid of the resource, `type.class#id`. */
  readonly resource: string;
  /** The workload whose definition of the resource counts. */
  readonly workload: string;
  /** The provisioner's uri. */
  readonly provisioner?: string;
  readonly recipe?: RecipeRef;
  readonly templateKey?: TemplateKey;
}

/** `resource 'db.default#app.db' of workload 'app'`, for messages. */
export function nameResource({ resource, workload }: ProvisionContext): string {
  return `resource '${resource}' of workload '${workload}'`;
}

/** The provisioner's uri, with the recipe and version it came from. */
export function nameProvisioner({
  provisioner = "",
  recipe,
}: Pick<ProvisionContext, "provisioner" | "recipe">): string {
  return recipe === undefined ? provisioner : `${provisioner} (${recipe.name}@${recipe.version})`;
}

export class ProvisionError extends BackbarError<ProvisionErrorCode> {
  override readonly name = "ProvisionError";
  readonly context: ProvisionContext;
  constructor(
    code: ProvisionErrorCode,
    message: string,
    context: ProvisionContext,
    details: ErrorDetails = {},
  ) {
    super(code, message, details);
    this.context = context;
  }
}
