/** `backbar init`: a new recipe's folder. */
import { readdir } from "node:fs/promises";
import path from "node:path";
import { checkPackage } from "../../client/check-package.js";
import { checkNamespace, parseRecipeName } from "../../core/recipe/names.js";
import { EXPECTED_FOLDER, inspectFolder } from "../../core/recipe/package.js";
import { TARGETS, type Target } from "../../core/score/project-state.js";
import { BackbarError } from "../../errors.js";
import { isFileFault } from "../files/read-file.js";
import { writeNew } from "../files/write-new.js";
import { CliError } from "../frame/error.js";
import type { Outcome } from "../frame/screen.js";
import type { Session } from "../frame/session.js";
import { UsageError } from "../frame/usage.js";
import { recordingOf } from "./recording.js";
import { scaffoldFiles } from "./scaffold.js";

interface InitFlags {
  readonly name?: string | undefined;
  readonly type?: string | undefined;
  readonly target?: readonly Target[] | undefined;
  readonly patch?: boolean | undefined;
}

/** @throws {UsageError}; {CliError} cli_exists, cli_file, cli_link */
export async function initRecipe(
  { machine, screen }: Session,
  title: string,
  { name, type, target: targets = TARGETS, patch = false }: InitFlags,
): Promise<Outcome> {
  const folder = path.resolve(machine.folder, title);
  const recipe = name === undefined ? nameOfFolder(folder) : checkName(name);
  const served = type ?? recipe.slice(recipe.indexOf("/") + 1);
  const files = scaffoldFiles({ recipe, type: checkType(served), targets, patch });
  const recorded = recordExamples(files, served);
  await demandEmpty(folder, title);
  await writeNew(folder, title, new Map<string, string | Uint8Array>([...files, ...recorded]));
  return {
    json: { recipe, folder: title, files: [...files.keys(), ...recorded.keys()] },
    text: [
      `${screen.style("green", "made")} ${recipe} 0.1.0, which works as it is\n`,
      ...[...files.keys()].map((file) => `  ${path.join(title, file)}\n`),
      `  ${path.join(title, EXPECTED_FOLDER)}/…\n`,
      nextSteps(title),
    ].join(""),
  };
}

function nextSteps(title: string): string {
  const at = title === "." ? "" : ` ${title}`;
  const steps = [
    [`backbar check${at}`, "says what publishing would refuse"],
    [`backbar test${at}`, "compares what the example renders with expected/"],
    [`backbar test${at} --update`, "after a change that you meant"],
    [`backbar publish${at}`, "signs it and sends it to a registry"],
  ] as const;
  const width = Math.max(...steps.map(([command]) => command.length));
  const lines = steps.map(([command, why]) => `  ${command.padEnd(width)}  ${why}\n`);
  return `next:\n${lines.join("")}`;
}

/**
 * What the example of a new recipe renders.
 * @throws {UsageError} for a type that YAML takes for something else, such as null
 */
function recordExamples(files: ReadonlyMap<string, string>, type: string): Map<string, Uint8Array> {
  const bytes = [...files].map(([file, text]) => [file, new TextEncoder().encode(text)] as const);
  const { problems, rendered } = checkPackage(inspectFolder(new Map(bytes)));
  if (problems.length > 0) {
    throw new UsageError(`--type: '${type}' is not text in YAML`, "choose another, or --type");
  }
  return new Map(rendered.flatMap((one) => [...recordingOf(one)]));
}

function checkName(name: string): string {
  try {
    parseRecipeName(name);
    return name;
  } catch (error) {
    if (!(error instanceof BackbarError)) throw error;
    throw new UsageError(`--name: ${error.message}`, "for example --name acme/redis");
  }
}

/** The last two folders of a path, as recipes lie in a repository. */
function nameOfFolder(folder: string): string {
  const [namespace = "", name = ""] = folder.split(path.sep).slice(-2);
  try {
    checkNamespace(namespace);
    parseRecipeName(`${namespace}/${name}`);
    return `${namespace}/${name}`;
  } catch (error) {
    if (!(error instanceof BackbarError)) throw error;
    throw new UsageError(
      `the folder does not say which recipe it is of: ${error.message}`,
      "backbar init acme/redis makes acme/redis; or say it with --name acme/redis",
    );
  }
}

/** As Score has them. */
function checkType(type: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9-]{0,61}[A-Za-z0-9]$/.test(type)) return type;
  throw new UsageError(
    `--type: '${type}' is no resource type`,
    "it is made of letters, digits and hyphens between them, for example redis",
  );
}

/** What else lies in the folder would be published too, or be refused. */
async function demandEmpty(folder: string, title: string): Promise<void> {
  const names = await readdir(folder).catch((error: Error) => {
    if (isFileFault(error, "ENOENT")) return [];
    if (isFileFault(error, "ENOTDIR")) {
      throw new CliError("cli_exists", `${title} is there already, and is no folder`);
    }
    throw error;
  });
  const [first, ...others] = names.filter((name) => !name.startsWith(".")).sort();
  if (first === undefined) return;
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  throw new CliError("cli_exists", `${title} is not empty: it has ${first}${more}`, {
    place: { file: title },
    hint: "name a folder that is empty or not there yet",
  });
}
