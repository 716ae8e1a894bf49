/** Examples of a version: their files, and what they rendered when it was published. */
import { type ExampleRendering, parseExampleRendering } from "../core/recipe/example-rendering.js";
import type { RecipePackage } from "../core/recipe/package.js";
import type { Target } from "../core/score/project-state.js";
import { getBlobs } from "../store/blobs.js";
import { type ExampleRow, listExamples } from "../store/recipes.js";
import type { Caller } from "./caller.js";
import { FlowError } from "./error.js";
import type { Registry } from "./registry.js";
import { readVersion } from "./version-content.js";
import { visibleVersion } from "./visible.js";

export interface ExampleSummary {
  /** The folder's name under `examples/`. */
  readonly name: string;
  /** Paths in the recipe's folder. */
  readonly files: readonly string[];
  /** For which it was rendered. */
  readonly targets: readonly Target[];
}

export interface Example {
  readonly name: string;
  readonly files: readonly { readonly path: string; readonly content: Uint8Array }[];
  readonly renderings: readonly (ExampleRendering & { readonly target: Target })[];
}

/** The examples of a version, in the order of its files. */
export function summarizeExamples(
  recipe: RecipePackage,
  rows: readonly ExampleRow[],
): ExampleSummary[] {
  return [...filesByExample(recipe)].map(([name, files]) => ({
    name,
    files: files.map(({ path }) => path),
    targets: rows.filter(({ example }) => example === name).map(({ target }) => target),
  }));
}

/**
 * One example, with its renderings for all targets or for one.
 * @throws {FlowError} version_unknown, example_unknown
 */
export async function readExample(
  registry: Registry,
  caller: Caller,
  asked: { recipe: string; version: string; example: string; target: Target | undefined },
): Promise<Example> {
  const { recipe, version, example, target } = asked;
  const row = await visibleVersion(registry, caller, recipe, version);
  const examples = filesByExample(await readVersion(registry, row.digest));
  const files = examples.get(example);
  if (files === undefined) {
    throw new FlowError("example_unknown", `${recipe} ${version} has no example ${example}`, {
      hint: `it has ${[...examples.keys()].join(", ") || "none"}`,
    });
  }
  const rendered = (await listExamples(registry.db, row.digest)).filter(
    (one) => one.example === example && (target === undefined || one.target === target),
  );
  if (target !== undefined && rendered.length === 0) {
    throw new FlowError("example_unknown", `the example ${example} was not rendered for ${target}`);
  }
  const blobs = await getBlobs(
    registry.db,
    rendered.map(({ rendering }) => rendering),
  );
  return {
    name: example,
    files,
    renderings: rendered.map(({ target: of, rendering }) => ({
      target: of,
      ...parseExampleRendering(blobs.get(rendering) ?? new Uint8Array()),
    })),
  };
}

/** By the folder under `examples/`. */
function filesByExample({ files }: RecipePackage): Map<string, Example["files"][number][]> {
  const examples = new Map<string, Example["files"][number][]>();
  for (const { role, content } of files) {
    if (role.kind !== "example") continue;
    const [, name = ""] = role.path.split("/", 2);
    examples.set(name, [...(examples.get(name) ?? []), { path: role.path, content }]);
  }
  return examples;
}
