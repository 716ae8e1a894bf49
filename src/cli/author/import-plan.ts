/**
 * Which recipes a heap of provisioners files makes: what each is for by its path or content, and what
 * it is called by its name. Files of one name for two targets are one recipe.
 */
import path from "node:path";
import { parseYaml } from "../../core/codec/yaml.js";
import { parseRecipeName } from "../../core/recipe/names.js";
import { decodeText } from "../../core/recipe/recipe-file.js";
import { TARGETS, type Target } from "../../core/score/project-state.js";
import { asProblem, BackbarError, type Problem } from "../../errors.js";
import { PROVISIONERS_FILE, type SourceFile } from "./source-files.js";

export interface PlannedRecipe {
  /** `namespace/name` */
  readonly recipe: string;
  readonly files: ReadonlyMap<Target, SourceFile>;
}

export interface ImportPlan {
  readonly recipes: readonly PlannedRecipe[];
  /** Files of which no recipe is made, and why. */
  readonly refused: readonly RefusedFile[];
}

export interface RefusedFile {
  readonly file: SourceFile;
  readonly problem: Problem;
}

interface ImportOptions {
  readonly namespace: string;
  /** Of all files, whatever they say. */
  readonly target?: Target | undefined;
  /** The name of the folder that they are in. */
  readonly folder: string;
}

export function planImport(files: readonly SourceFile[], options: ImportOptions): ImportPlan {
  const refused: RefusedFile[] = [];
  const refuse = (file: SourceFile, message: string, hint: string) => {
    const problem = { code: "cli_import", message, place: { file: file.title }, hint };
    refused.push({ file, problem });
  };
  const known: Known[] = [];
  for (const file of files) {
    const keys = readKeys(file);
    if (!(keys instanceof Set)) {
      refused.push({ file, problem: keys });
      continue;
    }
    const target = options.target ?? targetOfPath(file.path) ?? targetOfKeys(keys);
    const name = nameOf(file.path, options.folder);
    if (target === undefined) {
      refuse(file, "neither its path nor its content says for which target it is", TARGET_HINT);
    } else if (!isName(options.namespace, name)) {
      refuse(file, `no recipe can be called '${name}'`, "rename the file");
    } else known.push({ file, target, name });
  }
  const settled = tellApart(known);
  const recipes = new Map<string, Map<Target, SourceFile>>();
  for (const { file, target, name } of settled) {
    const twins = settled.filter((one) => one.name === name && one.target === target);
    if (twins.length > 1) {
      const others = twins.filter((one) => one.file !== file).map((one) => one.file.title);
      const message = `it would be ${options.namespace}/${name} for ${target}, and so would ${others.join(", ")}`;
      refuse(file, message, "rename all but one of them");
      continue;
    }
    const recipe = `${options.namespace}/${name}`;
    recipes.set(recipe, (recipes.get(recipe) ?? new Map()).set(target, file));
  }
  return { recipes: [...recipes].map(([recipe, own]) => ({ recipe, files: own })), refused };
}

const TARGET_HINT = `--target ${TARGETS.join(" or --target ")} says it for all files of a folder`;
const TARGET_WORD = /^(?:score-)?(compose|k8s|kubernetes)$/;

interface Known {
  readonly file: SourceFile;
  readonly target: Target;
  readonly name: string;
}

/** The keys of all entries, or why it is no provisioners file. */
function readKeys({ title, content }: SourceFile): Set<string> | Problem {
  const problem = (message: string): Problem => ({
    code: "cli_import",
    message,
    place: { file: title },
  });
  try {
    const { value } = parseYaml(decodeText(content, title), { file: title });
    if (!Array.isArray(value)) return problem("it is no list of provisioners");
    if (value.length === 0) return problem("it is a list without a provisioner");
    return new Set(value.flatMap((entry) => (entry instanceof Map ? [...entry.keys()] : [])));
  } catch (error) {
    if (!(error instanceof BackbarError)) throw error;
    return { place: { file: title }, ...asProblem(error) };
  }
}

/** The target that the nearest folder says, or the end of the file's name. */
function targetOfPath(file: string): Target | undefined {
  const parts = file.split("/");
  const stem = (parts.pop() ?? "").replace(PROVISIONERS_FILE, "");
  const words = [stem, stem.slice(stem.search(/[-._](?:score-)?[a-z0-9]+$/) + 1)];
  for (const word of [...words, ...parts.reverse()]) {
    const [, found] = TARGET_WORD.exec(word.toLowerCase()) ?? [];
    if (found !== undefined) return found === "compose" ? "compose" : "k8s";
  }
  return undefined;
}

const COMPOSE_KEYS = [
  ...["services", "volumes", "networks", "models"],
  ...["files", "directories", "info_logs"],
];

/** What only one of the CLIs knows. */
function targetOfKeys(keys: ReadonlySet<string>): Target | undefined {
  const isK8s = keys.has("manifests");
  const isCompose = COMPOSE_KEYS.some((key) => keys.has(key));
  if (isK8s === isCompose) return undefined;
  return isK8s ? "k8s" : "compose";
}

/** `10-redis-store.provisioners.yaml` is `redis-store`; where nothing is left the folder names it. */
function nameOf(file: string, folder: string): string {
  const stem = path.posix.basename(file).replace(PROVISIONERS_FILE, "");
  const bare = stem
    .replace(/^\d+[-_.]*/, "")
    .replace(/(?:^|[-._])(?:score-)?(?:compose|k8s|kubernetes)$/i, "");
  return asName(bare === "" ? (folderOf(file) ?? folder) : bare);
}

/** The nearest folder that is not that of a target. */
function folderOf(file: string): string | undefined {
  const folders = file.split("/").slice(0, -1).reverse();
  return folders.find((folder) => !TARGET_WORD.test(folder.toLowerCase()));
}

function asName(text: string): string {
  const name = text.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return name.slice(0, 63).replace(/^-+|-+$/g, "");
}

function isName(namespace: string, name: string): boolean {
  try {
    parseRecipeName(`${namespace}/${name}`);
    return true;
  } catch (error) {
    if (error instanceof BackbarError) return false;
    throw error;
  }
}

/** Files of one name and target are called by their folders as well, and so are those of that name. */
function tellApart(known: readonly Known[]): Known[] {
  const counts = new Map<string, number>();
  for (const { name, target } of known) {
    const key = `${target} ${name}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const repeated = (name: string) =>
    TARGETS.some((target) => (counts.get(`${target} ${name}`) ?? 0) > 1);
  return known.map((one) => {
    const folder = folderOf(one.file.path);
    if (!repeated(one.name) || folder === undefined) return one;
    const name = asName(`${folder}-${one.name}`);
    return isName("a", name) ? { ...one, name } : one;
  });
}
