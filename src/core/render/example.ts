/**
 * The examples of a recipe, rendered for each target that it provides: by its own provisioners and
 * patch templates, and by stand-ins for what it needs of other recipes.
 *
 *     examples/NAME/score.yaml                   one or several (`*.score.yaml`) Score files
 *     examples/NAME/TARGET.provisioners.yaml     stand-ins, optional; the recipe's own come first
 *     examples/NAME/…                            what the Score files mount by `source`
 */
import { asProblem, BackbarError, type Problem } from "../../errors.js";
import { RecipeError } from "../recipe/error.js";
import type { ExampleFile, ExampleRendering } from "../recipe/example-rendering.js";
import { throwFindings } from "../recipe/findings.js";
import { type RecipeMetadata, withMetadata } from "../recipe/metadata.js";
import type { Provisioner } from "../recipe/provisioner.js";
import { readProvisionersFile } from "../recipe/provisioners-file.js";
import { decodeText, MAX_FILE_BYTES, type RecipeFile } from "../recipe/recipe-file.js";
import { loadWorkloads, type WorkloadInput } from "../score/load.js";
import { type ProjectState, TARGETS, type Target } from "../score/project-state.js";
import { emptyState } from "../score/state.js";
import type { PatchTemplate } from "./contract.js";
import { exampleHost } from "./example-host.js";
import { renderProject } from "./project.js";
import { renderedImages } from "./rendered-images.js";

/** One example for one target, in plain values. */
export interface ExampleJob {
  /** The folder's name below `examples/`. */
  readonly example: string;
  readonly target: Target;
  readonly workloads: readonly WorkloadInput[];
  /** In order of precedence. */
  readonly provisioners: readonly { readonly file: string; readonly text: string }[];
  readonly patchTemplates: readonly PatchTemplate[];
  /** What the recipe says of resource types. */
  readonly resources: RecipeMetadata["resources"];
}

export interface ExampleOutcome {
  readonly rendering: ExampleRendering;
  /** Images that it runs and its Score files do not name, sorted. */
  readonly images: readonly string[];
}

export interface ExampleFailure {
  readonly job: ExampleJob;
  readonly error: BackbarError;
}

export interface RenderedExample {
  readonly job: ExampleJob;
  readonly rendering: ExampleRendering;
}

export interface RenderedExamples {
  readonly rendered: readonly RenderedExample[];
  readonly failures: readonly ExampleFailure[];
}

export interface ExamplePlan {
  readonly jobs: readonly ExampleJob[];
  /** What is wrong with examples that cannot be rendered. */
  readonly problems: readonly Problem[];
}

/** As many as people look at. */
export const MAX_EXAMPLES = 32;
/** The name of the Compose project. */
const PROJECT = "example";

/**
 * The renders of a recipe's examples, for the targets that are `sound`: for others only the Score
 * files are read, because their templates have been found faulty.
 */
export function planExamples(
  recipe: { readonly metadata: RecipeMetadata | undefined; readonly files: readonly RecipeFile[] },
  sound: ReadonlySet<Target>,
): ExamplePlan {
  const examples = groupExamples(recipe.files);
  if (examples.size > MAX_EXAMPLES) {
    const message = `the recipe has ${examples.size} examples, and may have ${MAX_EXAMPLES}`;
    return {
      jobs: [],
      problems: [{ code: "recipe_example", message, place: { file: "examples" } }],
    };
  }
  const problems: Problem[] = [];
  const failures: ExampleFailure[] = [];
  const provided = TARGETS.filter((target) =>
    recipe.files.some(({ role }) => "target" in role && role.target === target),
  );
  const jobs = [...examples].flatMap(([example, files]) =>
    provided.flatMap((target) => {
      const job = makeJob(recipe, example, files, target, problems);
      if (job === undefined || sound.has(target)) return job ?? [];
      failures.push(...attempt(job, () => loadWorkloads(job.workloads, target)));
      return [];
    }),
  );
  return { jobs, problems: [...unique(problems), ...exampleProblems(failures)] };
}

/**
 * Renders one example, the same each time.
 * @throws {BackbarError} what a render throws, recipe_check for faulty stand-ins, and recipe_example
 * for more than is kept
 */
export function renderExample(job: ExampleJob): ExampleOutcome {
  const { target, workloads, patchTemplates } = job;
  const state = emptyState(target, { composeProject: PROJECT });
  const host = exampleHost();
  const provisioners = readProvisioners(job);
  const result = renderProject({ target, workloads, provisioners, patchTemplates, state, host });
  const named = namedImages(result.state);
  const { text: document, files, emptyDirectories } = result;
  checkSize(document, files);
  return {
    rendering: { document, files, emptyDirectories },
    images: renderedImages(result.documents, target).filter((image) => !named.has(image)),
  };
}

/**
 * What an example renders is kept with the version, and shown.
 * @throws {RecipeError} recipe_example
 */
function checkSize(document: string, files: readonly ExampleFile[]): void {
  const sizes = files.map(({ content }) => content.length);
  const total = sizes.reduce((sum, size) => sum + size, Buffer.byteLength(document));
  if (total <= MAX_FILE_BYTES) return;
  const message = `it renders ${total} bytes; an example may render up to ${MAX_FILE_BYTES}`;
  throw new RecipeError("recipe_example", message);
}

/** Renders examples here and now. */
export function renderExamples(jobs: readonly ExampleJob[]): RenderedExamples {
  const rendered: RenderedExample[] = [];
  const failures = jobs.flatMap((job) =>
    attempt(job, () => {
      const { rendering } = renderExample(job);
      rendered.push({ job, rendering });
    }),
  );
  return { rendered, failures };
}

/** The code of examples that ask for what no render here does: they are no fault of the recipe's. */
const UNRENDERED = "provision_command";

/** What examples tell that stay without a rendering, because they ask for a `cmd://` provisioner. */
export function unrenderedExamples(failures: readonly ExampleFailure[]): Problem[] {
  return describeFailures(failures.filter(({ error }) => error.code === UNRENDERED));
}

/** What failing examples tell, each once for all targets: the render's own messages and places. */
export function exampleProblems(failures: readonly ExampleFailure[]): Problem[] {
  return describeFailures(failures.filter(({ error }) => error.code !== UNRENDERED));
}

function describeFailures(failures: readonly ExampleFailure[]): Problem[] {
  const found = new Map<string, { problem: Problem; example: string; targets: Set<Target> }>();
  for (const { job, error } of failures) {
    const { example, target } = job;
    const problems = error.problems.length > 0 ? error.problems : [asProblem(error)];
    for (const problem of problems) {
      const key = JSON.stringify([example, problem.message, problem.place]);
      const known = found.get(key) ?? { problem, example, targets: new Set() };
      found.set(key, known);
      known.targets.add(target);
    }
  }
  return [...found.values()].map(({ problem, example, targets }) => {
    const { message, place, hint } = problem;
    const file = `${place?.file}: `;
    const bare = message.startsWith(file) ? message.slice(file.length) : message;
    return {
      code: "recipe_example",
      message: `the example ${example} for ${[...targets].join(" and ")}: ${bare}`,
      place: place ?? { file: `examples/${example}` },
      ...(hint === undefined ? {} : { hint }),
    };
  });
}

function attempt(job: ExampleJob, work: () => unknown): ExampleFailure[] {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof BackbarError) return [{ job, error }];
    throw error;
  }
}

/** By example, then by path below its folder. */
function groupExamples(files: readonly RecipeFile[]): Map<string, Map<string, Uint8Array>> {
  const examples = new Map<string, Map<string, Uint8Array>>();
  for (const { role, content } of files) {
    if (role.kind !== "example") continue;
    const [, name = "", ...rest] = role.path.split("/");
    const own = examples.get(name) ?? new Map<string, Uint8Array>();
    examples.set(name, own.set(rest.join("/"), content));
  }
  return examples;
}

/** Undefined where there is nothing to render, which goes to `problems`. */
function makeJob(
  { metadata, files: packed }: Parameters<typeof planExamples>[0],
  example: string,
  files: ReadonlyMap<string, Uint8Array>,
  target: Target,
  problems: Problem[],
): ExampleJob | undefined {
  const folder = `examples/${example}`;
  const read = (file: string, content: Uint8Array) => textOf(file, content, problems);
  const scoreFiles = [...files].filter(([name]) => /^(?:[^/]+\.)?score\.yaml$/.test(name));
  if (scoreFiles.length === 0) {
    const message = `${folder} has no score.yaml`;
    problems.push({ code: "recipe_example", message, place: { file: folder } });
    return undefined;
  }
  const workloads = scoreFiles.map(([name, content]) => ({
    path: `${folder}/${name}`,
    text: read(`${folder}/${name}`, content),
    sourceFiles: files,
  }));
  const standIns = files.get(`${target}.provisioners.yaml`);
  const own = packed.filter(({ role }) => "target" in role && role.target === target);
  const texts = own.map(({ title, role, content }) => ({
    kind: role.kind,
    file: title,
    text: new TextDecoder().decode(content),
  }));
  if (standIns !== undefined) {
    const file = `${folder}/${target}.provisioners.yaml`;
    texts.push({ kind: "provisioners", file, text: read(file, standIns) ?? "" });
  }
  const readable = workloads.flatMap(({ text, ...rest }) =>
    text === undefined ? [] : { ...rest, text },
  );
  if (readable.length < workloads.length) return undefined;
  return {
    example,
    target,
    workloads: readable,
    provisioners: texts
      .filter(({ kind }) => kind === "provisioners")
      .map(({ file, text }) => ({ file, text })),
    patchTemplates: texts
      .filter(({ kind }) => kind === "patch")
      .map(({ file, text }) => ({ name: file, text })),
    resources: metadata?.resources ?? new Map(),
  };
}

function textOf(file: string, content: Uint8Array, problems: Problem[]): string | undefined {
  try {
    return decodeText(content, file);
  } catch (error) {
    if (!(error instanceof BackbarError)) throw error;
    problems.push({ ...asProblem(error), code: "recipe_example" });
    return undefined;
  }
}

/** What the recipe says of a type binds its own provisioners; stand-ins are others'. */
function readProvisioners({ provisioners, target, resources, example }: ExampleJob): Provisioner[] {
  const read = provisioners.map(({ file, text }) => readProvisionersFile(text, { file, target }));
  const faults = read.flatMap((one) => one.faults);
  throwFindings(`the stand-ins of ${example}`, faults);
  return read.flatMap((one) =>
    one.provisioners.map((provisioner) =>
      provisioner.file.startsWith("examples/")
        ? provisioner
        : withMetadata(provisioner, resources.get(provisioner.type)),
    ),
  );
}

function namedImages({ workloads }: ProjectState): Set<string> {
  return new Set(
    [...workloads.values()].flatMap(({ spec }) =>
      [...spec.containers.values()].map(({ image }) => image),
    ),
  );
}

/** The same fault of one file is found for each target. */
function unique(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}
