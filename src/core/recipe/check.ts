/**
 * What a version must be to be published: files that the stock Score CLIs read, templates that
 * compile, metadata that fits them, and what users of the previous version rely on. Everything that
 * is wrong is found at once.
 */
import { asProblem, type Place, type Problem } from "../../errors.js";
import { CodecError } from "../codec/error.js";
import { parseYamlDocuments, type YamlDocument } from "../codec/yaml.js";
import { formatYamlPath } from "../codec/yaml-path.js";
import type { Target } from "../score/project-state.js";
import {
  findBrokenPromises,
  findChangedUris,
  type PreviousVersion,
  type ProvisionersByTarget,
} from "./check-previous.js";
import { findPatchFaults, findTemplateFaults } from "./check-templates.js";
import { RecipeError } from "./error.js";
import { throwFindings } from "./findings.js";
import type { RecipeMetadata } from "./metadata.js";
import { type InspectedPackage, METADATA_FILE, type RecipePackage } from "./package.js";
import { type Provisioner, provisionerKind } from "./provisioner.js";
import { readProvisionersFile } from "./provisioners-file.js";
import { decodeText, type RecipeFile } from "./recipe-file.js";

export interface CheckOptions {
  /** The highest lower version that is published, if there is one. */
  readonly previous?: PreviousVersion;
  /** Whether a changed `uri` is meant; it is then a warning. */
  readonly force?: boolean;
}

export interface CheckedRecipe {
  /** In file order; no entry for a target without a file. */
  readonly provisioners: ProvisionersByTarget;
  /** Targets whose provisioners and patch templates have no fault, and of which there are any. */
  readonly sound: ReadonlySet<Target>;
  /** Everything that is wrong, with what was wrong with the package already. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** Of the warnings those of `cmd://` provisioners. */
  readonly commands: readonly Problem[];
}

/** Every one is a row of the store, and of what people browse. */
const MAX_FILE_PROVISIONERS = 2000;

/**
 * Checks a package.
 * @throws {RecipeError} recipe_check with every fault in `problems`, or, where all of them have one of
 * these codes: recipe_uri_changed, recipe_output_dropped, recipe_param_required
 */
export function checkRecipe(recipe: RecipePackage, options: CheckOptions = {}): CheckedRecipe {
  const checked = inspectRecipe(asInspected(recipe), options);
  const { name, version } = recipe.metadata;
  throwFindings(`${name} ${version}`, checked.problems);
  return checked;
}

/** A package without a fault so far, for `inspectRecipe`; places in its metadata have no lines. */
export function asInspected({ metadata, files }: RecipePackage): InspectedPackage {
  return { metadata, files, problems: [], locate: locateInMetadata };
}

/** The place of a path into metadata whose text is not at hand. */
export function locateInMetadata(path: readonly (string | number)[]): Place {
  return { file: METADATA_FILE, path: formatYamlPath(path) };
}

/** Checks what could be read of a package; a fault in one file hides none of another. */
export function inspectRecipe(recipe: InspectedPackage, options: CheckOptions = {}): CheckedRecipe {
  const { metadata, files, locate } = recipe;
  const provisioners = new Map<Target, Provisioner[]>();
  const problems: Problem[] = [];
  const faulty = new Set<Target>();
  const targets = new Set<Target>();
  const unread = new Set<Target>();
  for (const file of files) {
    const { role } = file;
    if (role.kind !== "provisioners" && role.kind !== "patch") continue;
    targets.add(role.target);
    const found: Problem[] = [];
    if (role.kind === "patch") found.push(...inspectPatch(file, role.target));
    else {
      const read = inspectProvisioners(file, role.target);
      provisioners.set(role.target, read.provisioners);
      found.push(...read.problems);
      if (!read.complete) unread.add(role.target);
    }
    if (found.length > 0) faulty.add(role.target);
    problems.push(...found);
  }
  const all = [...provisioners.values()].flat();
  const commands = findCommands(all);
  const warnings = [...commands];
  // What cannot be read would look as if nobody provided it.
  const complete = recipe.problems.every(({ code }) => code === "recipe_metadata");
  if (complete && metadata !== undefined) {
    if (unread.size === 0) problems.push(...findUnprovided(metadata, all, locate));
    const { previous, force } = options;
    if (previous !== undefined) {
      const next = { metadata, provisioners, locate, unread };
      (force ? warnings : problems).push(...findChangedUris(previous, next));
      problems.push(...findBrokenPromises(previous, next));
    }
  }
  return {
    provisioners,
    sound: new Set([...targets].filter((target) => !faulty.has(target))),
    problems: [...recipe.problems, ...problems],
    warnings,
    commands,
  };
}

function inspectProvisioners(
  file: RecipeFile,
  target: Target,
): { provisioners: Provisioner[]; problems: Problem[]; complete: boolean } {
  const text = textOf(file);
  if (typeof text !== "string") return { provisioners: [], problems: [text], complete: false };
  const read = readProvisionersFile(text, { file: file.title, target });
  const problems = [
    ...read.faults,
    ...(read.faults.some(({ code }) => code === "provisioners_yaml")
      ? []
      : findMoreDocuments(text, file)),
    ...findTooMany(file, read.provisioners.length),
    ...findControls(read.provisioners),
    ...[...read.provisioners, ...read.partial].flatMap((one) => findTemplateFaults(one, target)),
  ];
  return { provisioners: [...read.provisioners], problems, complete: read.faults.length === 0 };
}

function inspectPatch(file: RecipeFile, target: Target): Problem[] {
  const text = textOf(file);
  return typeof text === "string" ? findPatchFaults(file.title, text, target) : [text];
}

/** The text of a file, or what keeps it from being text. */
function textOf({ content, title }: RecipeFile): string | Problem {
  try {
    return decodeText(content, title);
  } catch (error) {
    if (error instanceof RecipeError) return asProblem(error);
    throw error;
  }
}

/** The clients read the first document of a file: who reviews the others reads what is never used. */
function findMoreDocuments(text: string, { title }: RecipeFile): Problem[] {
  if (!/^---/m.test(text)) return [];
  const stream = openDocuments(text, title);
  const second = Array.isArray(stream) ? stream[1] : undefined;
  if (Array.isArray(stream) && (second === undefined || second.value === null)) return [];
  const place = { file: title, ...(Array.isArray(stream) ? second?.locate([]) : stream.place) };
  const message = "the file has a second document, and the clients read the first alone";
  return [{ code: "provisioners_yaml", message, place }];
}

function openDocuments(text: string, file: string): YamlDocument[] | CodecError {
  try {
    return parseYamlDocuments(text, { file });
  } catch (error) {
    if (error instanceof CodecError) return error;
    throw error;
  }
}

function findTooMany({ title }: RecipeFile, count: number): Problem[] {
  if (count <= MAX_FILE_PROVISIONERS) return [];
  const message = `the file has ${count} provisioners, and may have ${MAX_FILE_PROVISIONERS}`;
  return [{ code: "recipe_file_limit", message, place: { file: title } }];
}

/** What identifies a provisioner is one visible line: people compare it, and databases keep it. */
function findControls(all: readonly Provisioner[]): Problem[] {
  return all
    .filter(({ uri, type, class: className = "", id = "" }) =>
      /\p{Cc}/u.test(uri + type + className + id),
    )
    .map(({ file, line }) => ({
      code: "provisioners_value",
      message: "uri, type, class and id have no control characters",
      place: { file, line },
    }));
}

/** A misspelt type or output would leave its secrets unmasked: both must be provided by something. */
function findUnprovided(
  metadata: RecipeMetadata,
  all: readonly Provisioner[],
  locate: InspectedPackage["locate"],
): Problem[] {
  return [...metadata.resources].flatMap(([type, { secretOutputs }]): Problem[] => {
    const providers = all.filter((provisioner) => provisioner.type === type);
    if (providers.length === 0) {
      const message = `the type ${type} is described, and no provisioner provides it`;
      return [{ code: "recipe_type_unprovided", message, place: locate(["resources", type]) }];
    }
    if (providers.some(({ expectedOutputs }) => expectedOutputs.length === 0)) return [];
    const outputs = new Set(providers.flatMap(({ expectedOutputs }) => expectedOutputs));
    return secretOutputs.flatMap((name, index) =>
      outputs.has(name)
        ? []
        : {
            code: "recipe_output_unprovided",
            message: `the output ${name} of ${type} is marked secret, and no provisioner expects it`,
            place: locate(["resources", type, "secretOutputs", index]),
          },
    );
  });
}

function findCommands(all: readonly Provisioner[]): Problem[] {
  return all
    .filter(({ uri }) => provisionerKind(uri) === "command")
    .map(({ uri, file, line }) => ({
      code: "recipe_command",
      message: `${uri} runs a program; renders here refuse it`,
      place: { file, line },
    }));
}
