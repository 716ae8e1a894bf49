/** What the flags of `backbar render` ask for, checked: those that score-compose and score-k8s users know. */
import path from "node:path";
import { CodecError } from "../../core/codec/error.js";
import { parseYaml } from "../../core/codec/yaml.js";
import type { Data } from "../../core/gotemplate/value.js";
import { MANIFESTS_FOLDER } from "../../core/render/k8s/manifest-files.js";
import { DOCUMENT_NAME, STATE_PATH } from "../../core/render/layout.js";
import type { Target } from "../../core/score/project-state.js";
import { UsageError } from "../frame/usage.js";
import type { RenderFlags } from "./flags.js";
import type { InstalledRecipes } from "./installed.js";

export interface RenderOptions {
  readonly target: Target;
  readonly scoreFiles: readonly string[];
  /** Of a render without a server. */
  readonly provisioners: readonly string[];
  /** Of those of them that `backbar install` put there. */
  readonly recipes: InstalledRecipes | undefined;
  /** Undefined: those of the state stay in force. */
  readonly patchTemplates: readonly string[] | undefined;
  readonly image: string | undefined;
  readonly builds: ReadonlyMap<string, string | Data>;
  readonly overridesFile: string | undefined;
  readonly overrideProperties: readonly string[];
  readonly publish: readonly string[];
  /** Name of the Compose project; undefined: the state's, or the folder's. */
  readonly composeProject: string | undefined;
  readonly namespace: string | undefined;
  readonly generateNamespace: boolean;
  /** k8s: see `RenderInput`. */
  readonly strict: boolean;
  /** k8s: a file for each manifest instead of one document. */
  readonly split: boolean;
  /** Folder of the document; the current one where the document is printed. */
  readonly folder: string;
  /** Whether the document goes to stdout. */
  readonly print: boolean;
  /** Undefined: in the CLI's own place below `folder`. */
  readonly state: string | undefined;
  /** Whether a registry keeps the state: then no file has it. */
  readonly keptState: boolean;
}

/** Flags of one Score file, of one target: naming one elsewhere is a mistake. */
const OF_ONE_FILE = ["image", "build", "overridesFile", "overrideProperty"] as const;
const OF_TARGET = {
  compose: ["build", "publish"],
  k8s: ["namespace", "generateNamespace", "split"],
} as const;

/** An empty one would mean the current folder. */
const OF_FILES = ["out", "state", "provisioners", "patchTemplate", "overridesFile"] as const;

export const HELP = "backbar render --help";

/**
 * The options for one target. `project` is the registry's, where the render is of one.
 * @throws {UsageError}
 */
export function readRenderOptions(
  flags: RenderFlags,
  files: readonly string[],
  target: Target,
  { project }: { readonly project: string | undefined },
): RenderOptions {
  checkCombination(flags, files, target);
  const print = flags.out === "-";
  return {
    target,
    scoreFiles: files,
    provisioners: flags.provisioners ?? [],
    recipes: undefined,
    patchTemplates: flags.patchTemplate,
    image: flags.image,
    builds: readBuilds(flags.build ?? []),
    overridesFile: flags.overridesFile,
    overrideProperties: flags.overrideProperty ?? [],
    publish: flags.publish ?? [],
    composeProject: flags.local ? checkComposeProject(flags.project) : undefined,
    namespace: flags.namespace,
    generateNamespace: flags.generateNamespace ?? false,
    split: flags.split ?? false,
    strict: flags.strict ?? false,
    folder: print ? "." : flags.out,
    print,
    state: flags.state,
    keptState: project !== undefined,
  };
}

/** Where the state is, relative to where the command runs. */
export function statePath({ state, folder, target }: RenderOptions): string {
  return state ?? path.join(folder, STATE_PATH[target]);
}

/** The document, or the folder of its parts; relative to `folder`. */
export function documentName({ target, split }: RenderOptions): string {
  return split ? MANIFESTS_FOLDER : DOCUMENT_NAME[target];
}

function checkCombination(flags: RenderFlags, files: readonly string[], target: Target): void {
  const given = (flag: keyof RenderFlags) => flags[flag] !== undefined;
  const ofOne = OF_ONE_FILE.find(given);
  if (ofOne !== undefined && files.length !== 1) {
    const message = `${nameOf(ofOne)} needs exactly one Score file, ${files.length} are given`;
    throw new UsageError(message, "render one by one: the state remembers the others");
  }
  const other = target === "compose" ? "k8s" : "compose";
  const foreign = OF_TARGET[other].find(given);
  if (foreign !== undefined) {
    throw new UsageError(`${nameOf(foreign)} is for --target ${other}`, HELP);
  }
  if (flags.local && flags.project !== undefined && target === "k8s") {
    throw new UsageError(
      "--project without a server names the Compose project: it is for --target compose",
      "with -e ENVIRONMENT it names the project whose state the registry keeps",
    );
  }
  const empty = OF_FILES.find((flag) => [flags[flag]].flat().includes(""));
  if (empty !== undefined) throw new UsageError(`${nameOf(empty)} is empty`, HELP);
  if (files.includes("")) throw new UsageError("the name of a Score file is empty", HELP);
  if (flags.out === "-" && flags.split) {
    throw new UsageError("--split writes several files: --out - prints one document", HELP);
  }
  if (flags.out === "-" && flags.json) {
    throw new UsageError("--json and --out - both want the standard output", HELP);
  }
}

/** A flag as the command line has it. */
export function nameOf(flag: keyof RenderFlags): string {
  return `--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** As score-compose takes them: `NAME=CONTEXT`, or a build section in JSON or YAML's flow form. */
function readBuilds(builds: readonly string[]): Map<string, string | Data> {
  return new Map(
    builds.map((given) => {
      const equals = given.indexOf("=");
      if (equals < 0) {
        throw new UsageError(`--build ${given} has no '='`, "write --build CONTAINER=CONTEXT");
      }
      const context = given.slice(equals + 1);
      return [given.slice(0, equals), context.startsWith("{") ? readSection(context) : context];
    }),
  );
}

function readSection(text: string): Data {
  try {
    return parseYaml(text, { file: "--build" }).value;
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw new UsageError(`--build: ${error.message}`, HELP);
  }
}

function checkComposeProject(name: string | undefined): string | undefined {
  if (name === undefined || name === "" || /^[a-z0-9][a-z0-9_-]*$/.test(name)) {
    return name === "" ? undefined : name;
  }
  throw new UsageError(
    `--project ${name} is no name of a Compose project`,
    "small letters, digits, _ and -, beginning with a letter or digit",
  );
}
