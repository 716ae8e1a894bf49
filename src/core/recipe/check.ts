/**
 * What a version must be to be published: files that the stock Score CLIs read, templates that
 * compile, metadata that fits them, and the same `uri` for what was published before. Everything
 * that is wrong is found at once.
 */
import type { Place, Problem } from "../../errors.js";
import { TemplateError } from "../gotemplate/error.js";
import { sprigFunctions } from "../gotemplate/sprig/map.js";
import { parseTemplate } from "../gotemplate/template.js";
import { type FunctionMap, GoFunction } from "../gotemplate/value.js";
import { TARGETS, type Target } from "../score/project-state.js";
import { RecipeError, type RecipeErrorCode } from "./error.js";
import type { RecipeMetadata } from "./metadata.js";
import { decodeText, type RecipeFile, type RecipePackage } from "./package.js";
import { type Provisioner, provisionerKind, type TemplateKey } from "./provisioner.js";
import { parseProvisionersFile } from "./provisioners-file.js";

/** What identifies a provisioner in stored states, for comparison with another version. */
export interface ProvisionerIdentity {
  readonly target: string;
  readonly type: string;
  readonly class?: string | null | undefined;
  readonly id?: string | null | undefined;
  readonly uri: string;
}

export interface CheckOptions {
  /** The highest lower version that is published, if there is one. */
  readonly previous?: {
    readonly version: string;
    readonly provisioners: readonly ProvisionerIdentity[];
  };
  /** Whether a changed `uri` is meant; it is then a warning. */
  readonly force?: boolean;
}

export interface CheckedRecipe {
  /** By target, in file order; no entry for a target without a file. */
  readonly provisioners: ReadonlyMap<Target, readonly Provisioner[]>;
  readonly warnings: readonly Problem[];
}

/** Names that templates of a target may call beyond Sprig's; only their names count here. */
const EXTRA_FUNCTIONS: Readonly<Record<"provisioners" | "patch", Record<Target, string[]>>> = {
  provisioners: { compose: [], k8s: ["encodeSecretRef"] },
  patch: { compose: [], k8s: ["substituteValue"] },
};

/**
 * Checks a package.
 * @throws {RecipeError} recipe_uri_changed where nothing else is wrong, recipe_check otherwise, with
 * every fault in `problems`
 */
export function checkRecipe(recipe: RecipePackage, options: CheckOptions = {}): CheckedRecipe {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const provisioners = new Map<Target, Provisioner[]>();
  for (const file of recipe.files) {
    const { role } = file;
    if (role.kind === "provisioners") {
      const found = collect(problems, () => parseFile(file, role.target)) ?? [];
      provisioners.set(role.target, found);
      problems.push(...found.flatMap((one) => checkTemplates(one, role.target)));
    } else if (role.kind === "patch") {
      const text = collect(problems, () => decodeText(file.content, file.title));
      if (text !== undefined) problems.push(...checkPatch(file.title, text, role.target));
    }
  }
  const all = [...provisioners.values()].flat();
  problems.push(...findControls(all));
  // A file that does not parse would make every type look as if nothing provided it.
  if (problems.length === 0) problems.push(...checkMetadata(recipe.metadata, all));
  (options.force ? warnings : problems).push(...checkUris(provisioners, options));
  warnings.push(...findCommands(all));
  throwProblems(recipe.metadata, problems);
  return { provisioners, warnings };
}

/** What identifies each provisioner of a checked version, in order. */
export function listIdentities(
  provisioners: ReadonlyMap<Target, readonly Provisioner[]>,
): ProvisionerIdentity[] {
  return TARGETS.flatMap((target) =>
    (provisioners.get(target) ?? []).map(({ type, class: className, id, uri }) => ({
      target,
      type,
      class: className,
      id,
      uri,
    })),
  );
}

function parseFile(file: RecipeFile, target: Target): Provisioner[] {
  return parseProvisionersFile(decodeText(file.content, file.title), { file: file.title, target });
}

function collect<T>(problems: Problem[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RecipeError)) throw error;
    const { code, message, place } = error;
    problems.push({ code, message, ...(place === undefined ? {} : { place }) });
    return undefined;
  }
}

function checkTemplates(provisioner: Provisioner, target: Target): Problem[] {
  return [...provisioner.templates].flatMap(([key, text]) => {
    const fault = templateFault(text.trim(), functionsOf("provisioners", target));
    if (fault === undefined) return [];
    const { file, uri } = provisioner;
    const place = placeInFile(provisioner, key, fault);
    const message = `${file}:${place.line}: the ${key} template of ${uri}: ${fault.message}`;
    return [{ code: "recipe_template", message, place }];
  });
}

function checkPatch(file: string, text: string, target: Target): Problem[] {
  const fault = templateFault(text, functionsOf("patch", target));
  if (fault === undefined) return [];
  const place: Place = { ...fault.place, file };
  return [{ code: "recipe_template", message: `${file}: ${fault.message}`, place }];
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

/** The place in the provisioners file of a fault in the trimmed text of a template. */
function placeInFile(provisioner: Provisioner, key: TemplateKey, fault: TemplateError): Place {
  const { file, line, templates, templateLines } = provisioner;
  const text = templates.get(key) ?? "";
  const start = templateLines?.get(key) ?? line;
  const skipped = text.slice(0, text.length - text.trimStart().length).split("\n").length - 1;
  const within = text.trim().includes("\n") ? (fault.place?.line ?? 1) - 1 : 0;
  return { file, line: start + skipped + within, path: key };
}

function functionsOf(use: "provisioners" | "patch", target: Target): FunctionMap {
  const extra = EXTRA_FUNCTIONS[use][target].map((name): [string, GoFunction] => [
    name,
    new GoFunction(name, ["string", "string"], () => null),
  ]);
  return extra.length === 0 ? sprigFunctions : new Map([...sprigFunctions, ...extra]);
}

/** What identifies a provisioner is one visible line: people compare it, and databases keep it. */
function findControls(all: readonly Provisioner[]): Problem[] {
  return all
    .filter(({ uri, type, class: className = "", id = "" }) =>
      /\p{Cc}/u.test(uri + type + className + id),
    )
    .map(({ file, line }) => ({
      code: "provisioners_value",
      message: `${file}:${line}: uri, type, class and id have no control characters`,
      place: { file, line },
    }));
}

/** A misspelt type or output would leave its secrets unmasked: both must be provided by something. */
function checkMetadata(metadata: RecipeMetadata, all: readonly Provisioner[]): Problem[] {
  return [...metadata.resources].flatMap(([type, { secretOutputs }]): Problem[] => {
    const providers = all.filter((provisioner) => provisioner.type === type);
    const place: Place = { file: "recipe.yaml", path: `resources.${type}` };
    if (providers.length === 0) {
      const message = `recipe.yaml describes the type ${type}, which no provisioner provides`;
      return [{ code: "recipe_type_unprovided", message, place }];
    }
    if (providers.some(({ expectedOutputs }) => expectedOutputs.length === 0)) return [];
    const outputs = new Set(providers.flatMap(({ expectedOutputs }) => expectedOutputs));
    return secretOutputs
      .filter((name) => !outputs.has(name))
      .map((name) => ({
        code: "recipe_output_unprovided",
        message: `recipe.yaml marks the output ${name} of ${type} secret, which no provisioner expects`,
        place,
      }));
  });
}

/** Stored states know a provisioner by its uri: another one orphans them. */
function checkUris(
  provisioners: ReadonlyMap<Target, readonly Provisioner[]>,
  { previous }: CheckOptions,
): Problem[] {
  if (previous === undefined) return [];
  const before = new Map<string, string>();
  for (const one of previous.provisioners) {
    const key = identityKey(one);
    if (!before.has(key)) before.set(key, one.uri);
  }
  const compared = new Set<string>();
  return listIdentities(provisioners).flatMap((one): Problem[] => {
    const key = identityKey(one);
    const uri = before.get(key);
    if (uri === undefined || uri === one.uri || compared.has(key)) return [];
    compared.add(key);
    const { target, type, class: className, id } = one;
    const message = `${target}: ${type}.${className ?? "*"}#${id ?? "*"} has the uri ${one.uri}, and ${uri} in ${previous.version}: resources that it serves would lose their state`;
    return [{ code: "recipe_uri_changed", message }];
  });
}

function identityKey({ target, type, class: className, id }: ProvisionerIdentity): string {
  return JSON.stringify([target, type, className ?? null, id ?? null]);
}

function findCommands(all: readonly Provisioner[]): Problem[] {
  return all
    .filter(({ uri }) => provisionerKind(uri) === "command")
    .map(({ uri, file, line }) => ({
      code: "recipe_command",
      message: `${file}:${line}: ${uri} runs a program; renders here refuse it`,
      place: { file, line },
    }));
}

function throwProblems({ name, version }: RecipeMetadata, problems: readonly Problem[]): void {
  const [first] = problems;
  if (first === undefined) return;
  const uris = problems.every(({ code }) => code === "recipe_uri_changed");
  const code: RecipeErrorCode = uris ? "recipe_uri_changed" : "recipe_check";
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  throw new RecipeError(code, `${name} ${version}: ${first.message}${more}`, {
    ...(first.place === undefined ? {} : { place: first.place }),
    ...(uris ? { hint: "keep the uri, or publish with force to change it" } : {}),
    problems,
  });
}
