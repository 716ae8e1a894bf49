/** The command line of `backbar render`: flags that score-compose and score-k8s users know. */
import path from "node:path";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { CodecError } from "../../core/codec/error.js";
import { parseYaml } from "../../core/codec/yaml.js";
import type { Data } from "../../core/gotemplate/value.js";
import { MANIFESTS_FOLDER } from "../../core/render/k8s/manifest-files.js";
import { DOCUMENT_NAME, STATE_PATH } from "../../core/render/layout.js";
import { TARGETS, type Target } from "../../core/score/project-state.js";
import { UsageError } from "../frame/usage.js";

export const RENDER_USAGE = `Usage: backbar render --local [options] [SCORE_FILE...]

Renders Score files to Docker Compose or Kubernetes on this machine, as score-compose and
score-k8s do, without a server. The state remembers workloads, passwords and patch templates:
without a SCORE_FILE everything comes from it. Only the provisioners that are named here are
used; none come with the program.

  --local                    render here; rendering by a server is one request to its API
  --target TARGET            compose or k8s (compose)
  --provisioners PATH        a provisioners file, or a recipe's folder with its schemas; repeatable,
                             the first that fits a resource serves it
  --patch-template FILE      a patch template; repeatable, applied in order. Without it those that
                             the state remembers stay in force
  --out DIR                  where compose.yaml or manifests.yaml and the files that it mounts are
                             written (.); - prints the document alone
  --split                    k8s: a file for each manifest, DIR/manifests/KIND-NAME.yaml, instead of
                             manifests.yaml. Files there that an earlier --split wrote and that are
                             no longer rendered are deleted, those of others stay
  --state FILE               the project's state, read where it exists, written after success
                             (DIR/.score-compose/state.yaml or DIR/.score-k8s/state.yaml, where
                             DIR is . for --out -)
  --publish HOST:REF:CONT    compose: publish a container's port, REF is a workload or UID.OUTPUT of
                             a resource; repeatable, not remembered
  -p, --project NAME         compose: the project's name (the state's, or the name of DIR)
  -n, --namespace NAME       k8s: the namespace of every manifest; not remembered
  --generate-namespace       k8s: also write the namespace's own manifest
  --strict                   k8s: check fields and types of every manifest of Kubernetes' own kinds,
                             also after patches, and refuse what score-k8s does without a word.
                             compose: nothing more, the document is always checked
  --json                     print one JSON object about the render, and nothing else
  -h, --help

With exactly one SCORE_FILE:
  -i, --image IMAGE          stands in for containers whose image is .
  --build CONTAINER=CONTEXT  compose: build instead of pull; CONTEXT is a folder seen from DIR, or a
                             build section as JSON; repeatable
  --overrides-file FILE      merged into the Score file
  --override-property P=V    sets one property, P= deletes it; repeatable

Examples:
  backbar render --local --provisioners redis.provisioners.yaml score.yaml
  backbar render --local --provisioners catalog/score/dns --out out a.score.yaml b.score.yaml
  backbar render --local --image web:dev --publish 8080:web:80 score.yaml
  backbar render --local --target k8s -n shop --out - score.yaml | kubectl apply -f -
  backbar render --local --target k8s --split --out out *.score.yaml
`;

export interface RenderOptions {
  readonly target: Target;
  readonly scoreFiles: readonly string[];
  readonly provisioners: readonly string[];
  /** Undefined: those of the state stay in force. */
  readonly patchTemplates: readonly string[] | undefined;
  readonly image: string | undefined;
  readonly builds: ReadonlyMap<string, string | Data>;
  readonly overridesFile: string | undefined;
  readonly overrideProperties: readonly string[];
  readonly publish: readonly string[];
  readonly project: string | undefined;
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
  readonly json: boolean;
}

const FLAGS = {
  local: { type: "boolean" },
  target: { type: "string", default: "compose" },
  provisioners: { type: "string", multiple: true },
  "patch-template": { type: "string", multiple: true },
  out: { type: "string", default: "." },
  state: { type: "string" },
  publish: { type: "string", multiple: true },
  project: { type: "string", short: "p" },
  namespace: { type: "string", short: "n" },
  "generate-namespace": { type: "boolean" },
  split: { type: "boolean" },
  strict: { type: "boolean" },
  json: { type: "boolean" },
  image: { type: "string", short: "i" },
  build: { type: "string", multiple: true },
  "overrides-file": { type: "string" },
  "override-property": { type: "string", multiple: true },
  help: { type: "boolean", short: "h" },
} satisfies ParseArgsConfig["options"];

/** Flags of one Score file, of one target: naming one elsewhere is a mistake. */
const OF_ONE_FILE = ["image", "build", "overrides-file", "override-property"] as const;
const OF_TARGET = {
  compose: ["build", "publish", "project"],
  k8s: ["namespace", "generate-namespace", "split"],
} as const;

/** An empty one would mean the current folder. */
const OF_FILES = ["out", "state", "provisioners", "patch-template", "overrides-file"] as const;

/** What the CLIs call otherwise. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ["--patch-templates", "--patch-template names one; it can be repeated"],
  ["--output", "--out names the folder of the document, or - to print it"],
  ["-o", "--out names the folder of the document, or - to print it"],
  ["--no-default-provisioners", "no provisioners come with the program: leave it out"],
  ["--file", "Score files are named without a flag"],
  ["-f", "Score files are named without a flag"],
  ["--no-sample", "no Score file is made up: leave it out"],
  ["--quiet", "what is told goes to standard error: 2>/dev/null hides it"],
  ["--verbose", "nothing more is told: leave it out"],
  ["-v", "nothing more is told: leave it out"],
]);

const HELP = "backbar render --help";

type Values = ReturnType<typeof parse>["values"];

/**
 * The options in `args`; undefined where help is asked for.
 * @throws {UsageError}
 */
export function parseRenderOptions(args: readonly string[]): RenderOptions | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  if (!values.local) {
    throw new UsageError(
      "render works without a server only: add --local",
      "a server renders by its API, with curl: docs/newcomer.md shows how",
    );
  }
  const target = TARGETS.find((one) => one === values.target);
  if (target === undefined) {
    throw new UsageError(`--target ${values.target} is neither ${TARGETS.join(" nor ")}`, HELP);
  }
  checkCombination(values, positionals, target);
  const print = values.out === "-";
  return {
    target,
    scoreFiles: positionals,
    provisioners: values.provisioners ?? [],
    patchTemplates: values["patch-template"],
    image: values.image,
    builds: readBuilds(values.build ?? []),
    overridesFile: values["overrides-file"],
    overrideProperties: values["override-property"] ?? [],
    publish: values.publish ?? [],
    project: checkProject(values.project),
    namespace: values.namespace,
    generateNamespace: values["generate-namespace"] ?? false,
    split: values.split ?? false,
    strict: values.strict ?? false,
    folder: print ? "." : values.out,
    print,
    state: values.state,
    json: values.json ?? false,
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

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, allowPositionals: true });
  } catch (error) {
    const flag = args.map(flagOf).find((one) => ELSEWHERE.has(one));
    const message = error instanceof Error ? error.message : String(error);
    // What Node adds is about files whose names begin with a dash.
    const [short = message] = message.split(". To specify");
    throw new UsageError(short, ELSEWHERE.get(flag ?? "") ?? HELP);
  }
}

/** Without a value that is joined to it: `--output=x`, `-ox`. */
function flagOf(arg: string): string {
  return arg.startsWith("--") ? arg.replace(/=.*/s, "") : arg.slice(0, 2);
}

function checkCombination(values: Values, files: readonly string[], target: Target): void {
  const given = (flag: keyof Values) => values[flag] !== undefined;
  const ofOne = OF_ONE_FILE.find(given);
  if (ofOne !== undefined && files.length !== 1) {
    const message = `--${ofOne} needs exactly one Score file, ${files.length} are given`;
    throw new UsageError(message, "render one by one: the state remembers the others");
  }
  const other = target === "compose" ? "k8s" : "compose";
  const foreign = OF_TARGET[other].find(given);
  if (foreign !== undefined) {
    throw new UsageError(`--${foreign} is for --target ${other}`, HELP);
  }
  const empty = OF_FILES.find((flag) => [values[flag]].flat().includes(""));
  if (empty !== undefined) throw new UsageError(`--${empty} is empty`, HELP);
  if (files.includes("")) throw new UsageError("the name of a Score file is empty", HELP);
  if (values.out === "-" && values.split) {
    throw new UsageError("--split writes several files: --out - prints one document", HELP);
  }
  if (values.out === "-" && values.json) {
    throw new UsageError("--json and --out - both want the standard output", HELP);
  }
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

function checkProject(name: string | undefined): string | undefined {
  if (name === undefined || name === "" || /^[a-z0-9][a-z0-9_-]*$/.test(name)) {
    return name === "" ? undefined : name;
  }
  throw new UsageError(
    `--project ${name} is no name of a Compose project`,
    "small letters, digits, _ and -, beginning with a letter or digit",
  );
}
