/** Compiles the templates of a recipe, as a render would. */
import type { Place, Problem } from "../../errors.js";
import { TemplateError } from "../gotemplate/error.js";
import { sprigFunctions } from "../gotemplate/sprig/map.js";
import { parseTemplate } from "../gotemplate/template.js";
import { type FunctionMap, GoFunction } from "../gotemplate/value.js";
import type { Target } from "../score/project-state.js";
import { type Provisioner, placeInTemplate } from "./provisioner.js";

/** Names that templates of a target may call beyond Sprig's; only their names count here. */
const EXTRA_FUNCTIONS: Readonly<Record<"provisioners" | "patch", Record<Target, string[]>>> = {
  provisioners: { compose: [], k8s: ["encodeSecretRef"] },
  patch: { compose: [], k8s: ["substituteValue"] },
};

/** The fault of each of a provisioner's templates that does not parse. */
export function findTemplateFaults(provisioner: Provisioner, target: Target): Problem[] {
  return [...provisioner.templates].flatMap(([key, text]) => {
    const fault = templateFault(text.trim(), functionsOf("provisioners", target));
    if (fault === undefined) return [];
    const place = placeInTemplate(provisioner, key, fault.place);
    const message = `the ${key} template of ${provisioner.uri}: ${fault.message}`;
    return [{ code: "recipe_template", message, place }];
  });
}

/** The fault of a patch template that does not parse. */
export function findPatchFaults(file: string, text: string, target: Target): Problem[] {
  const fault = templateFault(text, functionsOf("patch", target));
  if (fault === undefined) return [];
  const place: Place = { ...fault.place, file };
  return [{ code: "recipe_template", message: fault.message, place }];
}

function templateFault(text: string, functions: FunctionMap): TemplateError | undefined {
  try {
    parseTemplate("", text, functions);
    return undefined;
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
}

function functionsOf(use: "provisioners" | "patch", target: Target): FunctionMap {
  return FUNCTIONS[use][target];
}

const FUNCTIONS = {
  provisioners: {
    compose: withExtra("provisioners", "compose"),
    k8s: withExtra("provisioners", "k8s"),
  },
  patch: { compose: withExtra("patch", "compose"), k8s: withExtra("patch", "k8s") },
} as const;

function withExtra(use: "provisioners" | "patch", target: Target): FunctionMap {
  const extra = EXTRA_FUNCTIONS[use][target].map((name): [string, GoFunction] => [
    name,
    new GoFunction(name, ["string", "string"], () => null),
  ]);
  return extra.length === 0 ? sprigFunctions : new Map([...sprigFunctions, ...extra]);
}
