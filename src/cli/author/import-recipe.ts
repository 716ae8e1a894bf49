/** One recipe made of provisioners files, whose bytes stay as they are. */
import { checkPackage } from "../../client/check-package.js";
import { type Rename, renameProblem } from "../../client/rename.js";
import { inspectFolder, METADATA_FILE } from "../../core/recipe/package.js";
import { readProvisionersFile } from "../../core/recipe/provisioners-file.js";
import { TARGETS } from "../../core/score/project-state.js";
import type { Problem } from "../../errors.js";
import type { PlannedRecipe } from "./import-plan.js";
import type { SourceFile } from "./source-files.js";

export interface ImportedRecipe {
  readonly recipe: string;
  readonly sources: PlannedRecipe["files"];
  /** The Score file that became its example. */
  readonly example: SourceFile | undefined;
  /** By path in the recipe's folder. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What publishing would refuse, in the files as the user has them. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

const EXAMPLE = "examples/basic/score.yaml";

/** A Score file beside the provisioners becomes the example where it renders with them alone. */
export function importRecipe(
  planned: PlannedRecipe,
  version: string,
  examples: readonly SourceFile[],
): ImportedRecipe {
  const { recipe, files: sources } = planned;
  const files = new Map<string, Uint8Array>([[METADATA_FILE, recipeYaml(planned, version)]]);
  for (const target of TARGETS) {
    const source = sources.get(target);
    if (source !== undefined) files.set(`${target}.provisioners.yaml`, source.content);
  }
  const rename: Rename = (file) => titleOf(planned, file);
  const found = (all: readonly Problem[]) => all.map((problem) => renameProblem(problem, rename));
  const bare = checkPackage(inspectFolder(files));
  for (const example of examples.filter((one) => isBeside(one, planned))) {
    const shown = new Map([...files, [EXAMPLE, example.content]]);
    const { problems, warnings, rendered } = checkPackage(inspectFolder(shown));
    if (problems.length > bare.problems.length || rendered.length === 0) continue;
    const all = { problems: found(problems), warnings: found(warnings) };
    return { recipe, sources, example, files: shown, ...all };
  }
  const { problems, warnings } = bare;
  return {
    ...{ recipe, sources, example: undefined, files },
    ...{ problems: found(problems), warnings: found(warnings) },
  };
}

function recipeYaml({ recipe, files }: PlannedRecipe, version: string): Uint8Array {
  const description = describe(files);
  const lines = [
    "# Imported: the provisioners files are as they were, byte for byte.",
    `name: ${recipe}`,
    `version: ${version}`,
    ...(description === undefined ? [] : [`description: ${JSON.stringify(description)}`]),
    "# title, license, maintainers and links are shown to people; resources says by JSON Schema which",
    "# params go in, which outputs come out and which of these are secret: see what backbar init makes.",
  ];
  return new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
}

/** What the first provisioner says of itself, if that is one plain line. */
function describe(files: PlannedRecipe["files"]): string | undefined {
  for (const [target, { title, content }] of files) {
    const text = new TextDecoder().decode(content);
    const { provisioners } = readProvisionersFile(text, { file: title, target });
    const said = provisioners.find(({ description = "" }) =>
      /^[\x20-\x7e]{1,500}$/.test(description),
    );
    if (said?.description !== undefined) return said.description;
  }
  return undefined;
}

/** `TYPE/score.yaml` is about what lies in `TYPE/` and, for a target, in `TYPE/score-compose/`. */
function isBeside(example: SourceFile, { files }: PlannedRecipe): boolean {
  const folder = example.path.slice(0, -"score.yaml".length);
  if (folder === "") return false;
  return [...files.values()].every(({ path }) => path.startsWith(folder));
}

function titleOf({ files }: PlannedRecipe, file: string): string {
  const target = TARGETS.find((one) => file === `${one}.provisioners.yaml`);
  return (target === undefined ? undefined : files.get(target)?.title) ?? file;
}
