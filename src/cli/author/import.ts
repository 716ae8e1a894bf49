/** `backbar import`: provisioners files as recipes. */
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { checkNamespace, findLookAlikes } from "../../core/recipe/names.js";
import { checkVersion } from "../../core/recipe/version.js";
import type { Target } from "../../core/score/project-state.js";
import { BackbarError, type Problem } from "../../errors.js";
import { writeNew } from "../files/write-new.js";
import type { Outcome, Screen } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import { UsageError } from "../frame/usage.js";
import { countOf } from "../frame/words.js";
import { planImport, type RefusedFile } from "./import-plan.js";
import { type ImportedRecipe, importRecipe } from "./import-recipe.js";
import { demandFolder } from "./recipe-folders.js";
import { showFindings } from "./show-findings.js";
import { readSourceFiles } from "./source-files.js";

interface ImportFlags {
  readonly namespace?: string | undefined;
  readonly target?: Target | undefined;
  readonly version: string;
  readonly out: string;
}

/** What became of a recipe: `blocked` where its folder holds something else. */
type Result = "imported" | "unchanged" | "blocked";

interface Placed extends ImportedRecipe {
  /** As the user finds it. */
  readonly folder: string;
  readonly result: Result;
}

/** @throws {UsageError}; {CliError} cli_exists, cli_file, cli_file_limit, cli_link */
export async function importFolder(
  { machine, screen }: Session,
  title: string,
  flags: ImportFlags,
): Promise<Outcome> {
  const at = path.resolve(machine.folder, title);
  await demandFolder(at, title, "name the folder that has the provisioners files");
  const namespace = chooseNamespace(flags.namespace, at);
  demand("--version", flags.version, checkVersion);
  const found = await readSourceFiles({ title, at });
  if (found.provisioners.length === 0) {
    throw new UsageError(
      `${title}: there is no *.provisioners.yaml in it, nor in a folder below`,
      "the Score CLIs read files of that name",
    );
  }
  const plan = planImport(found.provisioners, {
    namespace,
    target: flags.target,
    folder: path.basename(at),
  });
  const imported = plan.recipes.map((one) => importRecipe(one, flags.version, found.examples));
  const out = path.resolve(machine.folder, flags.out);
  const recipes: Placed[] = [];
  for (const one of imported) {
    const result = await look(path.join(out, one.recipe), one);
    recipes.push({ ...one, folder: path.join(flags.out, one.recipe), result });
  }
  const files = recipes
    .filter(({ result }) => result === "imported")
    .flatMap((one) =>
      [...one.files].map(([file, content]) => [path.join(one.recipe, file), content] as const),
    );
  if (files.length > 0) await writeNew(out, flags.out, new Map(files));
  const failed = plan.refused.length > 0 || recipes.some(({ result }) => result === "blocked");
  const text = [
    await showFiles(screen, recipes, plan.refused),
    showFindings(
      screen,
      "error",
      plan.refused.map(({ problem }) => problem),
    ),
    ...recipes.map((one) => showRecipe(screen, one, recipes)),
    summary(recipes, plan.refused, found.others.length),
  ];
  return {
    json: {
      namespace,
      recipes: recipes.map((one) => asJson(one, recipes)),
      refused: plan.refused.map(({ file, problem }) => ({ file: file.title, problem })),
      others: found.others,
    },
    text: text.join(""),
    ...(failed ? { exitCode: 1 } : {}),
  };
}

/** Without a flag the folder's name, as far as it can be one. */
function chooseNamespace(flag: string | undefined, folder: string): string {
  const namespace = flag ?? path.basename(folder).toLowerCase();
  const what = flag === undefined ? "the namespace, which is the folder's name" : "--namespace";
  return demand(what, namespace, checkNamespace);
}

function demand(what: string, text: string, check: (text: string) => void): string {
  try {
    check(text);
    return text;
  } catch (error) {
    if (!(error instanceof BackbarError)) throw error;
    throw new UsageError(`${what}: ${error.message}`, error.hint ?? "say it with --namespace");
  }
}

/** Whether the recipe's folder is free, or holds the very files already. */
async function look(at: string, { files }: ImportedRecipe): Promise<Result> {
  const stats = await stat(at).catch(() => undefined);
  if (stats === undefined) return "imported";
  for (const [file, content] of files) {
    const there = await readFile(path.join(at, file)).catch(() => undefined);
    if (there === undefined || Buffer.compare(there, content) !== 0) return "blocked";
  }
  return "unchanged";
}

/** What publishing would refuse, and what it would tell. */
function findingsOf(
  { recipe, folder, result, problems, warnings }: Placed,
  all: readonly Placed[],
) {
  const name = (one: string) => one.slice(one.indexOf("/") + 1);
  const [like] = findLookAlikes(
    name(recipe),
    all.map((one) => name(one.recipe)),
  );
  const errors: Problem[] = [...problems];
  if (like !== undefined) {
    errors.push({
      code: "recipe_look_alike",
      message: `${recipe} looks like the recipe ${like}`,
      place: { file: folder },
      hint: "rename one of them",
    });
  }
  if (result === "blocked") {
    errors.push({
      code: "cli_exists",
      message: `${recipe} is not imported: its folder is there, with other content`,
      place: { file: folder },
      hint: "delete the folder, or name another with --out",
    });
  }
  return { errors, warnings };
}

function asJson(one: Placed, all: readonly Placed[]) {
  const { recipe, folder, result, sources, example } = one;
  const { errors, warnings } = findingsOf(one, all);
  return {
    recipe,
    folder,
    result,
    sources: [...sources].map(([target, { title }]) => ({ target, file: title })),
    ...(example === undefined ? {} : { example: example.title }),
    problems: errors,
    warnings,
  };
}

async function showFiles(
  screen: Screen,
  recipes: readonly Placed[],
  refused: readonly RefusedFile[],
): Promise<string> {
  const rows = recipes.flatMap(({ recipe, result, sources, example }) => [
    ...[...sources].map(([target, { title }]) => [recipe, target, result, title]),
    ...(example === undefined ? [] : [[recipe, "example", result, example.title]]),
  ]);
  const left = refused.map(({ file }) => ["-", "-", "refused", file.title]);
  return screen.table(["recipe", "for", "result", "file"], [...rows, ...left]);
}

function showRecipe(screen: Screen, one: Placed, all: readonly Placed[]): string {
  const { errors, warnings } = findingsOf(one, all);
  return showFindings(screen, "error", errors) + showFindings(screen, "warning", warnings);
}

function summary(recipes: readonly Placed[], refused: readonly RefusedFile[], others: number) {
  const parts = (["imported", "unchanged", "blocked"] as const).flatMap((result) => {
    const number = recipes.filter((one) => one.result === result).length;
    return number === 0 ? [] : [`${countOf(number, "recipe")} ${result}`];
  });
  if (refused.length > 0) parts.push(`${countOf(refused.length, "file")} refused`);
  if (others > 0) parts.push(`${countOf(others, "other file")} passed over`);
  return `${parts.join(", ")}\n`;
}
