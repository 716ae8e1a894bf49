/** Renders the examples of a version by the service's workers, before it is published. */
import { sha256Digest } from "../core/codec/digest.js";
import { formatExampleRendering } from "../core/recipe/example-rendering.js";
import type { InspectedPackage } from "../core/recipe/package.js";
import {
  type ExampleFailure,
  type ExampleJob,
  type ExampleOutcome,
  exampleProblems,
  planExamples,
  unrenderedExamples,
} from "../core/render/example.js";
import { TARGETS, type Target } from "../core/score/project-state.js";
import { BackbarError, type Problem } from "../errors.js";
import type { ExampleRow } from "../store/recipes.js";
import type { Registry } from "./registry.js";

export interface RenderedExamples {
  /** What failed, with the render's own messages and places. */
  readonly problems: readonly Problem[];
  /** What stays without a rendering, and why. */
  readonly warnings: readonly Problem[];
  readonly rows: readonly ExampleRow[];
  /** The renderings as stored, by digest. */
  readonly blobs: ReadonlyMap<string, Uint8Array>;
  /** Images that they run and their Score files do not name, sorted. */
  readonly images: Readonly<Partial<Record<Target, readonly string[]>>>;
}

/** Examples of one version that are rendered at once: the workers serve others too. */
const AT_ONCE = 2;
/** After one of these no further example is tried: each would take as long. */
const EXHAUSTED = new Set(["render_timeout", "render_memory"]);

/**
 * Renders the examples for the targets that are `sound`.
 * @throws {RendererError} render_overloaded
 */
export async function renderExamples(
  registry: Registry,
  recipe: InspectedPackage,
  sound: ReadonlySet<Target>,
): Promise<RenderedExamples> {
  const { jobs, problems } = planExamples(recipe, sound);
  const outcomes: { readonly job: ExampleJob; readonly outcome: ExampleOutcome }[] = [];
  const failures: ExampleFailure[] = [];
  for (let at = 0; at < jobs.length && !failures.some(isExhausted); at += AT_ONCE) {
    const some = jobs.slice(at, at + AT_ONCE).map(async (job) => {
      try {
        outcomes.push({ job, outcome: await registry.renderer.renderExample(job) });
      } catch (error) {
        if (!(error instanceof BackbarError) || error.code === "render_overloaded") throw error;
        failures.push({ job, error });
      }
    });
    await Promise.all(some);
  }
  const blobs = new Map<string, Uint8Array>();
  const rows = outcomes.map(({ job: { example, target }, outcome }) => {
    const content = formatExampleRendering(outcome.rendering);
    const rendering = sha256Digest(content);
    blobs.set(rendering, content);
    return { example, target, rendering };
  });
  const images = TARGETS.flatMap((target): [Target, string[]][] => {
    const own = outcomes.filter(({ job }) => job.target === target);
    const all = new Set(own.flatMap(({ outcome }) => outcome.images));
    return all.size === 0 ? [] : [[target, [...all].sort()]];
  });
  return {
    problems: [...problems, ...exampleProblems(failures)],
    warnings: unrenderedExamples(failures),
    rows,
    blobs,
    images: Object.fromEntries(images),
  };
}

function isExhausted({ error }: ExampleFailure): boolean {
  return EXHAUSTED.has(error.code);
}
